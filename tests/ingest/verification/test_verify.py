"""Every release is verified against its archived files, figure by figure, and differences are listed."""

from datetime import date

import pytest
from sqlalchemy import select, text

from service.errors import InvalidFile
from service.ingest.release.load_session import open_load_session
from service.ingest.release.withdraw import withdraw_release
from service.ingest.verification.validity_intervals import inconsistent_intervals
from service.ingest.verification.verify import PARSER_UNKNOWN_MESSAGE, verify_release
from service.models import Dataset, Release
from tests.ingest.conftest import COMMODITIES_CSV, CSV_HEADER, MAPPING_TOML

QUANTITY_COLUMNS = '[columns]\nquantity = "pieces"\nquantity_unit = "unit"\nnet_weight_kg = "kg"\nobs_status = "status"'
FULL_MAPPING = MAPPING_TOML.replace("[columns]", QUANTITY_COLUMNS)
FULL_CSV_HEADER = CSV_HEADER.strip() + ",pieces,unit,kg,status\n"
EXHAUSTIVE_MAPPING = MAPPING_TOML.replace("exhaustive = false", "exhaustive = true")


def verification_results(load, **options):
    """Return what there is to say about each release, by its day."""
    with open_load_session(load.engine) as session:
        of_all = select(Release).order_by(Release.published_on)
        return {
            str(release.published_on): verify_release(
                session, release, archive_folder=load.folder / "archive", **options
            )
            for release in session.scalars(of_all).all()
        }


def verification_faults(load, **options):
    """Return what is wrong with each release, by its day, and with the times at which figures stood."""
    found = {day: list(verdict.errors) for day, verdict in verification_results(load, **options).items()}
    with open_load_session(load.engine) as session:
        at_times = [
            fault for dataset in session.scalars(select(Dataset)) for fault in inconsistent_intervals(session, dataset)
        ]
    return found | ({"times": at_times} if at_times else {})


def change_database(load, statement):
    """Change the database behind the back of all commands."""
    with load.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0


def withdraw_on_day(load, day, *, withdrawn_on):
    with open_load_session(load.engine) as session:
        withdraw_release(session, f"jpn-test-{day}", withdrawal_date=date.fromisoformat(withdrawn_on))
        session.commit()


def test_a_release_is_verified_with_its_figure_count(load):
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n2024-01,import,USA,all,30\n")

    (verdict,) = verification_results(load).values()

    assert (verdict.errors, verdict.figure_count, verdict.skip_reason) == ([], 2, None)


@pytest.mark.parametrize(
    ("column", "new_value", "message"),
    [
        ("value", "126", "value 125 in its files, 126 in the database"),
        (
            "value",
            "NULL, obs_status = 'M'",
            "value 125 in its files, none in the database, obs_status P in its files, M in the database",
        ),
        ("quantity", "12.51", "quantity 12.5 in its files, 12.51 in the database"),
        ("quantity_unit", "'KG'", "quantity_unit NO in its files, KG in the database"),
        ("net_weight_kg", "8", "net_weight_kg 7 in its files, 8 in the database"),
        ("obs_status", "'A'", "obs_status P in its files, A in the database"),
    ],
)
def test_a_changed_figure_is_reported_with_both_values(load, column, new_value, message):
    load(
        FULL_CSV_HEADER + "2024-01,export,CHN,all,125,12.5,NO,7,P\n2024-01,export,USA,all,9,,,,A\n",
        mapping=FULL_MAPPING,
    )
    assert verification_faults(load) == {"2024-02-28": []}
    change_database(load, f"UPDATE observation SET {column} = {new_value} WHERE value = 125")

    assert verification_faults(load) == {"2024-02-28": [f"X CHN TOTAL 2024-01: {message}"]}


def test_missing_and_additional_figures_are_reported(load):
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n2024-01,import,USA,all,30\n")
    change_database(load, "UPDATE observation SET flow = 2 WHERE flow = 1")

    assert verification_faults(load) == {
        "2024-02-28": [
            "X CHN TOTAL 2024-01: value 125 in its files, nothing in the database",
            "M CHN TOTAL 2024-01: nothing in its files, value 125 in the database",
        ]
    }


def test_twenty_differences_are_listed_and_the_others_counted(load):
    countries = [
        code for (code,) in load.query_rows("SELECT code FROM area WHERE kind = 'country' ORDER BY id LIMIT 25")
    ]
    load(CSV_HEADER + "".join(f"2024-01,export,{country},all,5\n" for country in countries))
    change_database(load, "UPDATE observation SET value = 6")

    (found,) = verification_faults(load).values()

    assert len(found) == 21
    assert found[0] == f"X {countries[0]} TOTAL 2024-01: value 5 in its files, 6 in the database"
    assert found[-1] == "5 more figures differ"


def test_computed_totals_are_recomputed(load):
    load(CSV_HEADER + "2024-01,export,CHN,fruit,100\n2024-01,export,USA,fruit,25\n", mapping=EXHAUSTIVE_MAPPING)
    change_database(
        load,
        "UPDATE observation SET value = 124 FROM commodity AS good WHERE good.id = commodity_id AND good.code = 'F' "
        "AND value = 125",
    )

    assert verification_faults(load) == {"2024-02-28": ["X WLD F 2024-01: value 125 in its files, 124 in the database"]}


def test_a_changed_digest_is_reported(load):
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n")
    change_database(load, "UPDATE release SET figures_digest = 'sha256:0'")

    (found,) = verification_faults(load)["2024-02-28"]

    assert found.startswith("the digest of the figures in its files is sha256:")
    assert found.endswith(", not sha256:0")


def test_changed_archived_bytes_are_reported(load):
    path = load.write(CSV_HEADER + "2024-01,export,CHN,all,125\n")
    load.load_files([path])
    (kept,) = (file for file in (load.folder / "archive").rglob("*") if file.is_file() and b"125" in file.read_bytes())
    kept.write_text(CSV_HEADER + "2024-01,export,CHN,all,126\n")

    assert verification_faults(load) == {
        "2024-02-28": [f"the archived bytes of {path.name} are not those that were loaded: {kept}"]
    }


@pytest.mark.parametrize("name", ["2024-02-28.csv", "mapping.toml", "goods.csv", "jpn-test.json"])
def test_a_missing_archived_file_is_reported(load, name):
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n")
    ((sha256,),) = load.query_rows(f"SELECT sha256 FROM release_file WHERE name = '{name}'")
    (load.folder / "archive" / sha256[:2] / sha256).unlink()

    assert verification_faults(load) == {"2024-02-28": [f"the archive lacks the bytes of {name}, {sha256}"]}


def test_a_missing_release_period_is_reported(load):
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n2024-01,import,CHN,all,30\n")
    change_database(load, "DELETE FROM release_period WHERE flow = 2")

    found = verification_faults(load)

    assert found["2024-02-28"][0] == "its files have 2 periods by flow, of which 1 differ from the database"
    assert found["2024-02-28"][1] == "M CHN TOTAL 2024-01: value 30 in its files, nothing in the database"


@pytest.fixture
def revised_load(load):
    """Return a loader of a month, of its revision, and of a second revision, which leaves out a figure."""
    load(CSV_HEADER + "2024-01,export,CHN,all,100\n2024-01,export,USA,all,50\n", name="2024-02-28.csv")
    load(CSV_HEADER + "2024-01,export,CHN,all,110\n2024-01,export,USA,all,50\n", name="2024-03-28.csv")
    load(CSV_HEADER + "2024-01,export,CHN,all,110\n", name="2024-04-28.csv")
    assert verification_faults(load) == {"2024-02-28": [], "2024-03-28": [], "2024-04-28": []}
    return load


def test_a_changed_superseded_figure_is_reported(revised_load):
    change_database(revised_load, "UPDATE observation_history SET value = 101 WHERE value = 100")

    assert verification_faults(revised_load) == {
        "2024-02-28": ["X CHN TOTAL 2024-01: value 100 in its files, 101 in the database"],
        "2024-03-28": [],
        "2024-04-28": [],
    }


def test_missing_history_is_reported_for_every_affected_release(revised_load):
    change_database(revised_load, "DELETE FROM observation_history WHERE value = 50")

    gone = ["X USA TOTAL 2024-01: value 50 in its files, nothing in the database"]
    assert verification_faults(revised_load) == {"2024-02-28": gone, "2024-03-28": gone, "2024-04-28": []}


def test_a_restored_omitted_figure_is_reported(revised_load):
    change_database(revised_load, "UPDATE observation_history SET known_until = '9999-01-01' WHERE value = 50")

    assert verification_faults(revised_load) == {
        "2024-02-28": [],
        "2024-03-28": [],
        "2024-04-28": ["X USA TOTAL 2024-01: nothing in its files, value 50 in the database"],
        "times": [
            "X USA TOTAL 2024-01: value 50 was valid from 2024-02-28 until 9999-01-01, "
            "without a release or withdrawal on these dates"
        ],
    }


@pytest.mark.parametrize("column", ["known_from = known_from + 1", "known_until = known_until - 1", "release_id = 3"])
def test_an_unexplained_validity_interval_is_reported(revised_load, column):
    change_database(revised_load, f"UPDATE observation_history SET {column} WHERE value = 100")

    (found,) = verification_faults(revised_load)["times"]

    assert found.startswith("X CHN TOTAL 2024-01: value 100 was valid from 2024-02-2")
    assert found.endswith("without a release or withdrawal on these dates")


def test_overlapping_validity_intervals_are_reported(revised_load):
    change_database(
        revised_load,
        """INSERT INTO observation_history (dataset_id, flow, partner_id, commodity_id, period, value, obs_status,
                                            release_id, known_from, known_until)
           SELECT dataset_id, flow, partner_id, commodity_id, period, value, obs_status,
                  release_id, known_from, '2024-04-28'
           FROM observation WHERE value = 110""",
    )

    assert len(verification_faults(revised_load)["times"]) == 1


def test_figures_restored_by_a_withdrawal_are_verified(revised_load):
    withdraw_on_day(revised_load, "2024-03-28", withdrawn_on="2024-04-01")
    withdraw_on_day(revised_load, "2024-04-28", withdrawn_on="2024-05-05")
    assert verification_faults(revised_load) == {"2024-02-28": [], "2024-03-28": [], "2024-04-28": []}
    change_database(revised_load, "UPDATE observation SET value = 51 WHERE value = 50 AND known_from = '2024-05-05'")

    assert verification_faults(revised_load) == {
        "2024-02-28": [],
        "2024-03-28": [],
        "2024-04-28": ["X USA TOTAL 2024-01: value 50 in the release before it, 51 in the database"],
    }


COMMODITIES_WITH_PEARS = COMMODITIES_CSV + "pear,P,Pears,2,F\n"


def test_later_codes_do_not_change_earlier_releases(load):
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n2024-01,export,CHN,P,25\n")
    (load.folder / "goods.csv").write_text(COMMODITIES_WITH_PEARS)
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n2024-01,export,CHN,P,25\n", name="2024-03-28.csv")

    assert {day: verdict.figure_count for day, verdict in verification_results(load).items()} == {
        "2024-02-28": 2,
        "2024-03-28": 2,
    }
    assert verification_faults(load) == {"2024-02-28": [], "2024-03-28": []}


def test_moved_commodities_are_aggregated_as_at_load_time(load):
    (load.folder / "goods.csv").write_text(COMMODITIES_WITH_PEARS)
    load(CSV_HEADER + "2024-01,export,CHN,pear,25\n", mapping=EXHAUSTIVE_MAPPING)
    (load.folder / "goods.csv").write_text(COMMODITIES_WITH_PEARS.replace("2,F", "1,TOTAL"))
    load(CSV_HEADER + "2024-02,export,CHN,pear,30\n", name="2024-03-28.csv")

    assert verification_faults(load) == {"2024-02-28": [], "2024-03-28": []}
    assert [row[2] for row in load.current_figures() if row[1] == "CHN" and row[3] == 2024 * 12] == ["F", "P", "TOTAL"]
    assert [row[2] for row in load.current_figures() if row[1] == "CHN" and row[3] == 2024 * 12 + 1] == ["P", "TOTAL"]


def test_a_release_of_an_earlier_version_is_verified_by_digest(load):
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n")
    change_database(load, "UPDATE release SET source = NULL, source_dataset = NULL, source_options = NULL")

    assert verification_results(load)["2024-02-28"].skip_reason == PARSER_UNKNOWN_MESSAGE
    assert verification_faults(load) == {"2024-02-28": []}
    change_database(load, "UPDATE observation SET value = 126")
    (found,) = verification_faults(load)["2024-02-28"]
    assert found.startswith("the figures differ from those published: digest sha256:")


def test_verification_with_digests_only_does_not_parse_files(load):
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n")
    assert verification_results(load, digests_only=True)["2024-02-28"].figure_count is None
    change_database(load, "UPDATE observation SET value = 126")

    (found,) = verification_faults(load, digests_only=True)["2024-02-28"]
    assert found.startswith("the figures differ from those published: digest sha256:")


def test_bytes_parsed_differently_require_another_day(load):
    content = CSV_HEADER + "2024-01,export,CHN,all,125\n"
    load(content)
    (load.folder / "goods.csv").write_text(COMMODITIES_CSV + "all,F,Fruit,1,TOTAL\n")

    with pytest.raises(InvalidFile) as refused:
        load(content)
    assert "another mapping parses other figures" in str(refused.value.file_errors[0])
    assert load.current_figures() == [(1, "CHN", "TOTAL", 24288, 125)]

    load(content, name="2024-03-05.csv")
    assert load.current_figures() == [(1, "CHN", "F", 24288, 125)]
    assert verification_faults(load) == {"2024-02-28": [], "2024-03-05": []}


def test_an_equivalent_mapping_is_a_duplicate_load(load):
    content = CSV_HEADER + "2024-01,export,CHN,all,125\n"
    load(content)

    assert load(content, mapping=MAPPING_TOML + "# a remark\n").release_code is None


def test_a_different_parser_version_is_reported_with_differences(load):
    load(CSV_HEADER + "2024-01,export,CHN,all,125\n")
    change_database(load, "UPDATE release SET parser_version = 'tidy-0'")
    assert verification_faults(load) == {"2024-02-28": []}
    change_database(load, "UPDATE observation SET value = 126")

    assert verification_faults(load)["2024-02-28"][1:] == [
        "its files are parsed by tidy-1 now, and were parsed by tidy-0"
    ]
