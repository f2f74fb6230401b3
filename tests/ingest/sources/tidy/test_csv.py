"""Tidy CSV files with a mapping: loaded figures and refused files."""

import gzip

import pytest

from service.errors import InvalidFile
from tests.ingest.conftest import CSV_HEADER, MAPPING_TOML

CSV_ROW = "2024-01,export,CHN,all,125\n"
JANUARY_2024 = 2024 * 12


def load_defects(load, content, **options):
    before = load.query_rows("SELECT (SELECT count(*) FROM observation), (SELECT version FROM data_version)")
    with pytest.raises(InvalidFile) as refused:
        load(content, **options)
    assert load.query_rows("SELECT (SELECT count(*) FROM observation), (SELECT version FROM data_version)") == before
    return [str(defect) for defect in refused.value.file_errors]


def test_each_row_becomes_a_figure_in_the_dataset_of_the_mapping(load):
    loaded = load(CSV_HEADER + CSV_ROW + "2024-01,import,USA,fruit,-7\n")

    assert (loaded.release_code, loaded.row_count, loaded.warnings) == ("jpn-test-2024-02-28", 2, ())
    assert load.current_figures() == [(1, "CHN", "TOTAL", JANUARY_2024, 125), (2, "USA", "F", JANUARY_2024, -7)]


def test_the_response_applies_the_unit_exponent(load, client):
    load(CSV_HEADER + CSV_ROW)

    answer = client.get("/v1/flows?reporter=JPN&partner=CHN&flow=X").json["data"]

    assert [(row["value"], row["currency"], row["release"]) for row in answer] == [
        (125_000, "JPY", "jpn-test-2024-02-28")
    ]


def test_columns_may_be_in_any_order_among_others(load):
    load("value,remark,good,country,direction,month\n125,fine,all,CHN,export,2024-01\n")

    assert load.current_figures() == [(1, "CHN", "TOTAL", JANUARY_2024, 125)]


@pytest.mark.parametrize(
    "wrap", [lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: text.replace("\n", "\r\n")]
)
def test_a_byte_order_mark_and_windows_line_endings_are_accepted(load, wrap):
    load(wrap(CSV_HEADER + CSV_ROW))

    assert load.current_figures() == [(1, "CHN", "TOTAL", JANUARY_2024, 125)]


def test_a_compressed_file_is_detected_by_content(load):
    load(gzip.compress((CSV_HEADER + CSV_ROW).encode()), name="2024-02-28.csv")

    assert len(load.current_figures()) == 1


def test_reloading_the_same_bytes_is_idempotent(load):
    load(CSV_HEADER + CSV_ROW)
    version = load.query_rows("SELECT version FROM data_version")

    assert load(CSV_HEADER + CSV_ROW).release_code is None
    assert load.query_rows("SELECT version FROM data_version") == version


def test_files_of_one_day_form_one_release(load):
    one = load.write(CSV_HEADER + CSV_ROW, name="2024-02-28-a.csv")
    other = load.write(CSV_HEADER + "2024-01,export,USA,all,9\n", name="2024-02-28-b.csv")
    load.load_files([other, one])

    assert load.query_rows("SELECT file_name, rows FROM release") == [("2024-02-28-a.csv, 2024-02-28-b.csv", 2)]


def test_another_file_for_a_loaded_day_is_rejected_with_advice(load):
    load(CSV_HEADER + CSV_ROW)

    (defect,) = load_defects(load, CSV_HEADER + "2024-01,export,CHN,all,126\n")

    assert "dataset jpn-test has release jpn-test-2024-02-28" in defect
    assert "--published" in defect


def test_figures_of_unmapped_codes_are_kept_and_reported(load):
    loaded = load(
        CSV_HEADER + CSV_ROW + "2024-01,export,XXX,all,1\n2024-01,export,XXX,fruit,1\n2024-01,export,CHN,stone,1\n"
    )

    assert loaded.row_count == 4
    assert [(each.dimension, each.source_code, each.code, each.parent, each.rows) for each in loaded.unmapped] == [
        ("commodity", "stone", "stone", "UNMAPPED", 1),
        ("partner", "XXX", "jpn-test:XXX", None, 2),
    ]


def test_a_dry_run_parses_everything_and_stores_nothing(load):
    loaded = load(CSV_HEADER + CSV_ROW, dry_run=True)

    assert loaded.row_count == 1
    assert load.current_figures() == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("frequency = ", "frequenzy = "), "lacks frequency"),
        (('value = "value"', ""), "[columns] lacks value"),
        (('export = "X"', 'export = "E"'), "is not a flow"),
        (("goods.csv", "absent.csv"), "not readable"),
        (("[dataset]", "[dataset"), "not readable TOML"),
        (('"JPN"', '"JPX"'), "not the code of an area"),
    ],
)
def test_an_invalid_mapping_is_rejected_with_a_message(load, change, rule):
    assert any(
        rule in defect for defect in load_defects(load, CSV_HEADER + CSV_ROW, mapping=MAPPING_TOML.replace(*change))
    )


def test_a_dataset_cannot_change_its_units(load):
    load(CSV_HEADER + CSV_ROW)

    found = load_defects(
        load, CSV_HEADER + CSV_ROW, name="2024-03-28.csv", mapping=MAPPING_TOML.replace("exponent = 3", "exponent = 6")
    )

    assert found == ['"6" dataset jpn-test is loaded with unit_exponent = 3; keep it, or choose another dataset code']


def test_a_file_name_without_a_date_requires_published(load):
    assert "--published" in load_defects(load, CSV_HEADER + CSV_ROW, name="january.csv")[0]


def test_mismatched_published_totals_are_reported(load):
    exhaustive = MAPPING_TOML.replace("exhaustive = false", "exhaustive = true")
    loaded = load(
        CSV_HEADER + CSV_ROW + "2024-01,export,CHN,fruit,120\n2024-01,export,WLD,all,125\n", mapping=exhaustive
    )

    # Of the World, fruit is computed: 120, which does not make 125 either.
    assert loaded.warnings == (
        "X, 2024-01: TOTAL with CHN is printed as 125, but its parts add up to 120",
        "X, 2024-01: TOTAL with WLD is printed as 125, but its parts add up to 120",
    )


def test_withdrawn_figures_and_large_total_changes_are_reported(load):
    load(CSV_HEADER + CSV_ROW + "2024-01,export,WLD,all,200\n")
    loaded = load(CSV_HEADER + "2024-01,export,WLD,all,250\n", name="2024-03-28.csv")

    assert loaded.warnings == (
        "1 current figures are missing from this release, which withdraws them",
        "X, 2024-01: the total moves from 200 to 250, by more than 20%",
    )


def test_an_older_release_withdraws_no_figures(load):
    load(CSV_HEADER + CSV_ROW + "2024-01,export,WLD,all,200\n", name="2024-03-28.csv")

    assert load(CSV_HEADER + "2024-01,export,WLD,all,250\n", name="2024-02-28.csv").warnings == ()


def test_a_code_of_another_edition_is_kept_under_its_heading(load):
    # 8517.12, telephones for cellular networks, was split into 8517.13 and 8517.14 in 2022.
    of_2022 = MAPPING_TOML.replace('"T"', '"H6"').replace('[commodity]\nlist = "goods.csv"\n', "")
    content = CSV_HEADER + "2024-01,export,CHN,851713,7\n2024-01,export,CHN,851712,9\n"

    loaded = load(content, mapping=of_2022)

    assert loaded.row_count == 2
    assert [(each.source_code, each.parent) for each in loaded.unmapped] == [("851712", "8517")]


def test_republished_bytes_replace_intermediate_figures(load):
    first, other = CSV_HEADER + CSV_ROW, CSV_HEADER + "2024-01,export,CHN,all,126\n"
    for content, name in ((first, "2024-02-28.csv"), (other, "2024-03-28.csv"), (first, "2024-04-28.csv")):
        assert load(content, name=name).release_code is not None

    assert load.current_figures() == [(1, "CHN", "TOTAL", JANUARY_2024, 125)]


def test_reloaded_bytes_without_an_explicit_date_are_a_duplicate(load):
    load(CSV_HEADER + CSV_ROW)

    assert load(CSV_HEADER + CSV_ROW, name="2024-03-28.csv", explicit_date=False).release_code is None
