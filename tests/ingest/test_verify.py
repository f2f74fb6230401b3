"""Every release is proved from its archived files, figure by figure; what differs is named."""

from datetime import date

import pytest
from sqlalchemy import select, text

from service.errors import BadFile
from service.ingest.release.publish import in_one_transaction
from service.ingest.release.withdraw import withdraw_release
from service.ingest.verification.validity_intervals import astray
from service.ingest.verification.verify import NOT_KEPT, verify
from service.models import Dataset, Release
from tests.ingest.conftest import GOODS, HEADER, MAPPING

QUANTITIES = '[columns]\nquantity = "pieces"\nquantity_unit = "unit"\nnet_weight_kg = "kg"\nobs_status = "status"'
FULL = MAPPING.replace("[columns]", QUANTITIES)
FULL_HEADER = HEADER.strip() + ",pieces,unit,kg,status\n"
WHOLE = MAPPING.replace("exhaustive = false", "exhaustive = true")


def verdicts(load, **how):
    """Return what there is to say about each release, by its day."""
    with in_one_transaction(load.engine) as session:
        of_all = select(Release).order_by(Release.published_on)
        return {
            str(release.published_on): verify(session, release, archive_folder=load.folder / "archive", **how)
            for release in session.scalars(of_all).all()
        }


def faults(load, **how):
    """Return what is wrong with each release, by its day, and with the times at which figures stood."""
    found = {day: list(verdict.faults) for day, verdict in verdicts(load, **how).items()}
    with in_one_transaction(load.engine) as session:
        at_times = [fault for dataset in session.scalars(select(Dataset)) for fault in astray(session, dataset)]
    return found | ({"times": at_times} if at_times else {})


def change(load, statement):
    """Change the database behind the back of all commands."""
    with load.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0


def withdraw(load, day, *, on):
    with in_one_transaction(load.engine) as session:
        withdraw_release(session, f"jpn-test-{day}", on=date.fromisoformat(on))
        session.commit()


def test_a_release_is_proved_with_its_number_of_figures(load):
    load(HEADER + "2024-01,export,CHN,all,125\n2024-01,import,USA,all,30\n")

    (verdict,) = verdicts(load).values()

    assert (verdict.faults, verdict.figures, verdict.unread) == ([], 2, None)


@pytest.mark.parametrize(
    ("column", "changed", "told"),
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
def test_whatever_is_changed_of_one_figure_is_named_with_both_values(load, column, changed, told):
    load(FULL_HEADER + "2024-01,export,CHN,all,125,12.5,NO,7,P\n2024-01,export,USA,all,9,,,,A\n", mapping=FULL)
    assert faults(load) == {"2024-02-28": []}
    change(load, f"UPDATE observation SET {column} = {changed} WHERE value = 125")

    assert faults(load) == {"2024-02-28": [f"X CHN TOTAL 2024-01: {told}"]}


def test_figures_that_vanished_or_were_slipped_in_are_named(load):
    load(HEADER + "2024-01,export,CHN,all,125\n2024-01,import,USA,all,30\n")
    change(load, "UPDATE observation SET flow = 2 WHERE flow = 1")

    assert faults(load) == {
        "2024-02-28": [
            "X CHN TOTAL 2024-01: value 125 in its files, nothing in the database",
            "M CHN TOTAL 2024-01: nothing in its files, value 125 in the database",
        ]
    }


def test_twenty_figures_are_named_and_the_others_counted(load):
    countries = [code for (code,) in load.rows("SELECT code FROM area WHERE kind = 'country' ORDER BY id LIMIT 25")]
    load(HEADER + "".join(f"2024-01,export,{country},all,5\n" for country in countries))
    change(load, "UPDATE observation SET value = 6")

    (found,) = faults(load).values()

    assert len(found) == 21
    assert found[0] == f"X {countries[0]} TOTAL 2024-01: value 5 in its files, 6 in the database"
    assert found[-1] == "5 more figures differ"


def test_totals_that_were_computed_are_computed_again(load):
    load(HEADER + "2024-01,export,CHN,fruit,100\n2024-01,export,USA,fruit,25\n", mapping=WHOLE)
    change(
        load,
        "UPDATE observation SET value = 124 FROM commodity AS good WHERE good.id = commodity_id AND good.code = 'F' "
        "AND value = 125",
    )

    assert faults(load) == {"2024-02-28": ["X WLD F 2024-01: value 125 in its files, 124 in the database"]}


def test_a_digest_that_was_changed_is_told(load):
    load(HEADER + "2024-01,export,CHN,all,125\n")
    change(load, "UPDATE release SET figures_digest = 'sha256:0'")

    (found,) = faults(load)["2024-02-28"]

    assert found.startswith("the digest of the figures in its files is sha256:")
    assert found.endswith(", not sha256:0")


def test_archived_bytes_that_were_changed_are_told_and_not_taken_for_the_release(load):
    path = load.write(HEADER + "2024-01,export,CHN,all,125\n")
    load.files([path])
    (kept,) = (file for file in (load.folder / "archive").rglob("*") if file.is_file() and b"125" in file.read_bytes())
    kept.write_text(HEADER + "2024-01,export,CHN,all,126\n")

    assert faults(load) == {"2024-02-28": [f"the archived bytes of {path.name} are not those that were loaded: {kept}"]}


@pytest.mark.parametrize("name", ["2024-02-28.csv", "mapping.toml", "goods.csv", "jpn-test.json"])
def test_an_archived_file_that_is_gone_is_told(load, name):
    load(HEADER + "2024-01,export,CHN,all,125\n")
    ((sha256,),) = load.rows(f"SELECT sha256 FROM release_file WHERE name = '{name}'")
    (load.folder / "archive" / sha256[:2] / sha256).unlink()

    assert faults(load) == {"2024-02-28": [f"the archive lacks the bytes of {name}, {sha256}"]}


def test_a_period_that_a_release_no_longer_speaks_of_is_told(load):
    load(HEADER + "2024-01,export,CHN,all,125\n2024-01,import,CHN,all,30\n")
    change(load, "DELETE FROM release_period WHERE flow = 2")

    found = faults(load)

    assert found["2024-02-28"][0] == "its files are of 2 periods of a flow, 1 of them not as in the database"
    assert found["2024-02-28"][1] == "M CHN TOTAL 2024-01: value 30 in its files, nothing in the database"


@pytest.fixture
def revised(load):
    """Return a loader of a month, of its revision, and of a second revision, which leaves out a figure."""
    load(HEADER + "2024-01,export,CHN,all,100\n2024-01,export,USA,all,50\n", name="2024-02-28.csv")
    load(HEADER + "2024-01,export,CHN,all,110\n2024-01,export,USA,all,50\n", name="2024-03-28.csv")
    load(HEADER + "2024-01,export,CHN,all,110\n", name="2024-04-28.csv")
    assert faults(load) == {"2024-02-28": [], "2024-03-28": [], "2024-04-28": []}
    return load


def test_a_superseded_figure_that_was_changed_is_named(revised):
    change(revised, "UPDATE observation_history SET value = 101 WHERE value = 100")

    assert faults(revised) == {
        "2024-02-28": ["X CHN TOTAL 2024-01: value 100 in its files, 101 in the database"],
        "2024-03-28": [],
        "2024-04-28": [],
    }


def test_history_that_was_forgotten_is_named_by_every_release_that_printed_it(revised):
    change(revised, "DELETE FROM observation_history WHERE value = 50")

    gone = ["X USA TOTAL 2024-01: value 50 in its files, nothing in the database"]
    assert faults(revised) == {"2024-02-28": gone, "2024-03-28": gone, "2024-04-28": []}


def test_a_figure_that_was_withdrawn_by_being_left_out_and_stands_again_is_named(revised):
    change(revised, "UPDATE observation_history SET known_until = '9999-01-01' WHERE value = 50")

    assert faults(revised) == {
        "2024-02-28": [],
        "2024-03-28": [],
        "2024-04-28": ["X USA TOTAL 2024-01: nothing in its files, value 50 in the database"],
        "times": [
            "X USA TOTAL 2024-01: value 50 stood from 2024-02-28 until 9999-01-01, "
            "which no release and no withdrawal accounts for"
        ],
    }


@pytest.mark.parametrize("column", ["known_from = known_from + 1", "known_until = known_until - 1", "release_id = 3"])
def test_a_figure_that_stood_on_days_which_nothing_accounts_for_is_named(revised, column):
    change(revised, f"UPDATE observation_history SET {column} WHERE value = 100")

    (found,) = faults(revised)["times"]

    assert found.startswith("X CHN TOTAL 2024-01: value 100 stood from 2024-02-2")
    assert found.endswith("which no release and no withdrawal accounts for")


def test_a_figure_that_stood_twice_at_one_time_is_named(revised):
    change(
        revised,
        """INSERT INTO observation_history (dataset_id, flow, partner_id, commodity_id, period, value, obs_status,
                                            release_id, known_from, known_until)
           SELECT dataset_id, flow, partner_id, commodity_id, period, value, obs_status,
                  release_id, known_from, '2024-04-28'
           FROM observation WHERE value = 110""",
    )

    assert len(faults(revised)["times"]) == 1


def test_what_stands_again_after_a_withdrawal_is_proved_too(revised):
    withdraw(revised, "2024-03-28", on="2024-04-01")
    withdraw(revised, "2024-04-28", on="2024-05-05")
    assert faults(revised) == {"2024-02-28": [], "2024-03-28": [], "2024-04-28": []}
    change(revised, "UPDATE observation SET value = 51 WHERE value = 50 AND known_from = '2024-05-05'")

    assert faults(revised) == {
        "2024-02-28": [],
        "2024-03-28": [],
        "2024-04-28": ["X USA TOTAL 2024-01: value 50 in the release before it, 51 in the database"],
    }


PEARS = GOODS + "pear,P,Pears,2,F\n"


def test_codes_that_became_known_later_do_not_change_what_a_release_said(load):
    load(HEADER + "2024-01,export,CHN,all,125\n2024-01,export,CHN,P,25\n")
    (load.folder / "goods.csv").write_text(PEARS)
    load(HEADER + "2024-01,export,CHN,all,125\n2024-01,export,CHN,P,25\n", name="2024-03-28.csv")

    assert {day: verdict.figures for day, verdict in verdicts(load).items()} == {"2024-02-28": 1, "2024-03-28": 2}
    assert faults(load) == {"2024-02-28": [], "2024-03-28": []}


def test_goods_that_moved_are_added_up_as_they_were_when_a_release_was_loaded(load):
    (load.folder / "goods.csv").write_text(PEARS)
    load(HEADER + "2024-01,export,CHN,pear,25\n", mapping=WHOLE)
    (load.folder / "goods.csv").write_text(PEARS.replace("2,F", "1,TOTAL"))
    load(HEADER + "2024-02,export,CHN,pear,30\n", name="2024-03-28.csv")

    assert faults(load) == {"2024-02-28": [], "2024-03-28": []}
    assert [row[2] for row in load.figures() if row[1] == "CHN" and row[3] == 2024 * 12] == ["F", "P", "TOTAL"]
    assert [row[2] for row in load.figures() if row[1] == "CHN" and row[3] == 2024 * 12 + 1] == ["P", "TOTAL"]


def test_a_release_of_an_earlier_version_is_said_to_be_known_by_its_digest_alone(load):
    load(HEADER + "2024-01,export,CHN,all,125\n")
    change(load, "UPDATE release SET source = NULL, source_dataset = NULL, source_options = NULL")

    assert verdicts(load)["2024-02-28"].unread == NOT_KEPT
    assert faults(load) == {"2024-02-28": []}
    change(load, "UPDATE observation SET value = 126")
    (found,) = faults(load)["2024-02-28"]
    assert found.startswith("the figures differ from those published: digest sha256:")


def test_digests_alone_are_compared_where_it_is_to_be_quick(load):
    load(HEADER + "2024-01,export,CHN,all,125\n")
    assert verdicts(load, quick=True)["2024-02-28"].figures is None
    change(load, "UPDATE observation SET value = 126")

    (found,) = faults(load, quick=True)["2024-02-28"]
    assert found.startswith("the figures differ from those published: digest sha256:")


def test_the_same_bytes_read_as_other_figures_are_refused_and_are_a_release_of_another_day(load):
    content = HEADER + "2024-01,export,CHN,all,125\n"
    load(content)
    (load.folder / "goods.csv").write_text(GOODS + "all,F,Fruit,1,TOTAL\n")

    with pytest.raises(BadFile) as refused:
        load(content)
    assert "another mapping read other figures in them" in str(refused.value.defects[0])
    assert load.figures() == [(1, "CHN", "TOTAL", 24288, 125)]

    load(content, name="2024-03-05.csv")
    assert load.figures() == [(1, "CHN", "F", 24288, 125)]
    assert faults(load) == {"2024-02-28": [], "2024-03-05": []}


def test_the_same_bytes_by_a_mapping_that_reads_them_alike_are_nothing_new(load):
    content = HEADER + "2024-01,export,CHN,all,125\n"
    load(content)

    assert load(content, mapping=MAPPING + "# a remark\n").release is None


def test_another_version_of_the_reader_is_named_where_figures_differ(load):
    load(HEADER + "2024-01,export,CHN,all,125\n")
    change(load, "UPDATE release SET parser_version = 'tidy-0'")
    assert faults(load) == {"2024-02-28": []}
    change(load, "UPDATE observation SET value = 126")

    assert faults(load)["2024-02-28"][1:] == ["its files are read by tidy-1 now, and were by tidy-0"]
