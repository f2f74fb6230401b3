"""Tidy files, read by a mapping: what is loaded, and what is refused."""

import gzip

import pytest

from service.errors import BadFile
from tests.ingest.conftest import HEADER, MAPPING

ROW = "2024-01,export,CHN,all,125\n"
JANUARY = 2024 * 12


def defects(load, content, **options):
    before = load.rows("SELECT (SELECT count(*) FROM observation), (SELECT version FROM data_version)")
    with pytest.raises(BadFile) as refused:
        load(content, **options)
    assert load.rows("SELECT (SELECT count(*) FROM observation), (SELECT version FROM data_version)") == before
    return [str(defect) for defect in refused.value.defects]


def test_each_row_becomes_a_figure_in_the_dataset_of_the_mapping(load):
    loaded = load(HEADER + ROW + "2024-01,import,USA,fruit,-7\n")

    assert (loaded.release, loaded.rows, loaded.notes) == ("jpn-test-2024-02-28", 2, ())
    assert load.figures() == [(1, "CHN", "TOTAL", JANUARY, 125), (2, "USA", "F", JANUARY, -7)]


def test_thousands_are_multiplied_out_in_the_answer(load, client):
    load(HEADER + ROW)

    answer = client.get("/v1/flows?reporter=JPN&partner=CHN&flow=X").json["data"]

    assert [(row["value"], row["currency"], row["release"]) for row in answer] == [
        (125_000, "JPY", "jpn-test-2024-02-28")
    ]


def test_columns_may_come_in_any_order_beside_others(load):
    load("value,remark,good,country,direction,month\n125,fine,all,CHN,export,2024-01\n")

    assert load.figures() == [(1, "CHN", "TOTAL", JANUARY, 125)]


@pytest.mark.parametrize(
    "wrap", [lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: text.replace("\n", "\r\n")]
)
def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(load, wrap):
    load(wrap(HEADER + ROW))

    assert load.figures() == [(1, "CHN", "TOTAL", JANUARY, 125)]


def test_a_compressed_file_is_read_whatever_its_name(load):
    load(gzip.compress((HEADER + ROW).encode()), name="2024-02-28.csv")

    assert len(load.figures()) == 1


def test_the_same_bytes_again_are_nothing_new(load):
    load(HEADER + ROW)
    version = load.rows("SELECT version FROM data_version")

    assert load(HEADER + ROW).release is None
    assert load.rows("SELECT version FROM data_version") == version


def test_files_of_one_day_are_one_release(load):
    one = load.write(HEADER + ROW, name="2024-02-28-a.csv")
    other = load.write(HEADER + "2024-01,export,USA,all,9\n", name="2024-02-28-b.csv")
    load.files([other, one])

    assert load.rows("SELECT file_name, rows FROM release") == [("2024-02-28-a.csv, 2024-02-28-b.csv", 2)]


def test_another_file_of_a_day_that_is_loaded_is_refused_with_advice(load):
    load(HEADER + ROW)

    (defect,) = defects(load, HEADER + "2024-01,export,CHN,all,126\n")

    assert "loaded already" in defect
    assert "--published" in defect


def test_rows_with_an_unknown_code_are_left_out_and_named(load):
    loaded = load(HEADER + ROW + "2024-01,export,XXX,all,1\n2024-01,export,XXX,fruit,1\n2024-01,export,CHN,stone,1\n")

    assert loaded.rows == 1
    assert loaded.notes == (
        '2024-02-28.csv: unknown partner "XXX", first in line 3: 2 rows left out',
        '2024-02-28.csv: unknown commodity "stone", first in line 5: 1 rows left out',
    )


def test_a_dry_run_reads_everything_and_keeps_nothing(load):
    loaded = load(HEADER + ROW, dry_run=True)

    assert loaded.rows == 1
    assert load.figures() == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("frequency = ", "frequenzy = "), "lacks frequency"),
        (('value = "value"', ""), "[columns] lacks value"),
        (('export = "X"', 'export = "E"'), "is no flow"),
        (("goods.csv", "absent.csv"), "not readable"),
        (("[dataset]", "[dataset"), "not readable TOML"),
        (('"JPN"', '"JPX"'), "not the code of a reporter"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_in_words(load, change, rule):
    assert any(rule in defect for defect in defects(load, HEADER + ROW, mapping=MAPPING.replace(*change)))


def test_a_dataset_cannot_change_its_units(load):
    load(HEADER + ROW)

    found = defects(load, HEADER + ROW, name="2024-03-28.csv", mapping=MAPPING.replace("exponent = 3", "exponent = 6"))

    assert found == ['"6" dataset jpn-test has 3 as unit_exponent; give another code']


def test_a_file_whose_name_tells_no_day_asks_for_it(load):
    assert "--published" in defects(load, HEADER + ROW, name="january.csv")[0]


def test_parts_that_do_not_add_up_to_a_printed_total_are_told(load):
    exhaustive = MAPPING.replace("exhaustive = false", "exhaustive = true")
    loaded = load(HEADER + ROW + "2024-01,export,CHN,fruit,120\n2024-01,export,WLD,all,125\n", mapping=exhaustive)

    # Of the World, fruit is computed: 120, which does not make 125 either.
    assert loaded.notes == (
        "flow 1, 2024-01: TOTAL with CHN is printed as 125, but its parts add up to 120",
        "flow 1, 2024-01: TOTAL with WLD is printed as 125, but its parts add up to 120",
    )


def test_figures_that_a_release_leaves_out_and_totals_that_move_are_told(load):
    load(HEADER + ROW + "2024-01,export,WLD,all,200\n")
    loaded = load(HEADER + "2024-01,export,WLD,all,250\n", name="2024-03-28.csv")

    assert loaded.notes == (
        "1 figures that stood are left out by this release, and withdrawn by it",
        "flow 1, 2024-01: the total moves from 200 to 250, by more than 20 %",
    )


def test_a_release_that_is_older_than_what_stands_leaves_nothing_out(load):
    load(HEADER + ROW + "2024-01,export,WLD,all,200\n", name="2024-03-28.csv")

    assert load(HEADER + "2024-01,export,WLD,all,250\n", name="2024-02-28.csv").notes == ()


def test_a_code_of_another_edition_is_left_out_and_named(load):
    # 8517.12, telephones for cellular networks, was split into 8517.13 and 8517.14 in 2022.
    of_2022 = MAPPING.replace('"T"', '"H6"').replace('[commodity]\nlist = "goods.csv"\n', "")
    content = HEADER + "2024-01,export,CHN,851713,7\n2024-01,export,CHN,851712,9\n"

    loaded = load(content, mapping=of_2022)

    assert loaded.rows == 1
    assert loaded.notes == ('2024-02-28.csv: unknown commodity "851712", first in line 3: 1 rows left out',)


def test_bytes_that_are_published_again_replace_what_stood_between(load):
    first, other = HEADER + ROW, HEADER + "2024-01,export,CHN,all,126\n"
    for content, name in ((first, "2024-02-28.csv"), (other, "2024-03-28.csv"), (first, "2024-04-28.csv")):
        assert load(content, name=name).release is not None

    assert load.figures() == [(1, "CHN", "TOTAL", JANUARY, 125)]


def test_bytes_whose_day_is_only_that_of_the_load_are_nothing_new(load):
    load(HEADER + ROW)

    assert load(HEADER + ROW, name="2024-03-28.csv", day_is_said=False).release is None
