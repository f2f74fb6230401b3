"""The coverage of releases: a selection concerns only the time series in it."""

from datetime import date

import pytest

from service.errors import InvalidFile
from service.ingest.release.load_session import open_load_session
from service.ingest.release.withdraw import withdraw_release
from service.ingest.verification.validity_intervals import inconsistent_intervals
from service.ingest.verification.verify import verify_release
from service.models import Dataset, Release
from tests.ingest.conftest import MAPPING_TOML

SELECTION_MAPPING = MAPPING_TOML.replace("[file]", '[file]\ncovers = "selection"')
CSV_HEADER = "month,direction,country,good,value\n"
CHIPS = "2024-01,export,CHN,fruit,5\n2024-02,export,CHN,fruit,6\n"
BICYCLES = "2024-01,export,USA,all,7\n2024-02,export,USA,all,8\n"


@pytest.fixture
def select(load):
    """Return a function that loads rows as a selection of a date."""

    def select(rows, published, **options):
        path = load.write(CSV_HEADER + rows, name=f"{published}-{abs(hash(rows))}.csv")
        (load.folder / "mapping.toml").write_text(SELECTION_MAPPING)
        return load.load_files([path], **options)

    select.load = load
    return select


def values(load, as_of=None):
    if as_of is None:
        return {(partner, period % 12 + 1): value for _, partner, _, period, value in load.current_figures()}
    query = f"""
        WITH validity AS (
            SELECT partner_id, period, value, known_from, CAST(NULL AS date) AS known_until FROM observation
            UNION ALL SELECT partner_id, period, value, known_from, known_until FROM observation_history)
        SELECT code, period, value FROM validity JOIN area ON area.id = partner_id
        WHERE known_from <= '{as_of}' AND (known_until IS NULL OR known_until > '{as_of}')"""
    return {(partner, period % 12 + 1): value for partner, period, value in load.query_rows(query)}


def assert_verified(load):
    with open_load_session(load.engine) as session:
        for release in session.query(Release).order_by(Release.published_on):
            result = verify_release(session, release, archive_folder=load.folder / "archive")
            assert (release.code, list(result.errors)) == (release.code, [])
        for dataset in session.query(Dataset):
            assert list(inconsistent_intervals(session, dataset)) == []
        session.rollback()


ALL = {("CHN", 1): 5, ("CHN", 2): 6, ("USA", 1): 7, ("USA", 2): 8}


def test_a_selection_withdraws_no_other_series(select):
    select(CHIPS, "2024-03-01")
    loaded = select(BICYCLES, "2024-03-02")

    assert (values(select.load), loaded.warnings) == (ALL, ())
    assert_verified(select.load)


def test_a_selection_withdraws_what_its_own_series_leave_out(select):
    select(CHIPS + BICYCLES, "2024-03-01")
    select("2024-01,export,CHN,fruit,5\n2024-02,export,USA,all,9\n", "2024-03-02")

    # In its months, January and February, it prints one month of each of the two series.
    assert values(select.load) == {("CHN", 1): 5, ("USA", 2): 9}
    assert values(select.load, as_of="2024-03-01") == ALL
    assert_verified(select.load)


def test_two_selections_of_one_date_complement_each_other(select):
    first = select(CHIPS, "2024-03-01")
    second = select(BICYCLES, "2024-03-01")

    assert (first.release_code, second.release_code) == ("jpn-test-2024-03-01", "jpn-test-2024-03-01-2")
    assert values(select.load) == ALL
    assert_verified(select.load)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_selections_do_not_depend_on_the_order_of_loading(select, order):
    releases = [
        (CHIPS, "2024-03-01"),
        (BICYCLES, "2024-03-02"),
        ("2024-01,export,CHN,fruit,50\n2024-02,export,CHN,fruit,6\n", "2024-03-03"),
    ]
    for index in order:
        select(*releases[index])

    assert values(select.load) == ALL | {("CHN", 1): 50}
    assert values(select.load, as_of="2024-03-02") == ALL
    assert values(select.load, as_of="2024-03-01") == {("CHN", 1): 5, ("CHN", 2): 6}
    assert_verified(select.load)


def test_a_complete_release_covers_every_series(select):
    select(CHIPS, "2024-03-01")
    select(BICYCLES, "2024-03-02")
    select("2024-01,export,CHN,fruit,5\n", "2024-03-03", covers="complete")

    assert values(select.load) == {("CHN", 1): 5, ("CHN", 2): 6, ("USA", 2): 8}
    assert_verified(select.load)


def test_the_withdrawal_of_a_selection_restores_its_series_only(select):
    select(CHIPS, "2024-03-01")
    select("2024-01,export,CHN,fruit,50\n", "2024-03-02")
    select(BICYCLES, "2024-03-03")
    with open_load_session(select.load.engine) as session:
        withdraw_release(session, "jpn-test-2024-03-02", withdrawal_date=date(2024, 3, 4))
        session.commit()

    assert values(select.load) == ALL
    assert_verified(select.load)


def test_different_figures_of_one_date_are_rejected_by_name(select):
    select(CHIPS, "2024-03-01")

    with pytest.raises(InvalidFile) as error:
        select("2024-01,export,CHN,fruit,50\n", "2024-03-01")

    assert [str(each) for each in error.value.file_errors] == [
        "X CHN F 2024-01 has value 50, but 5 in release jpn-test-2024-03-01 of the same date; "
        "add --published with the date of this file"
    ]


def test_two_complete_releases_of_one_date_are_rejected_by_name(load):
    load(CSV_HEADER + CHIPS, name="2024-03-01.csv")

    with pytest.raises(InvalidFile) as error:
        load(CSV_HEADER + BICYCLES, name="2024-03-01-again.csv")

    assert "dataset jpn-test has release jpn-test-2024-03-01 of 2024-03-01 already" in str(error.value.file_errors[0])


def test_a_selection_of_an_exhaustive_dataset_is_rejected(load):
    mapping = SELECTION_MAPPING.replace("exhaustive = false", "exhaustive = true")

    with pytest.raises(InvalidFile) as error:
        load(CSV_HEADER + CHIPS, mapping=mapping)

    assert "dataset jpn-test is exhaustive" in str(error.value.file_errors[0])
