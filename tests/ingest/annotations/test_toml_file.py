"""Measures and indicators are loaded from strict TOML files, each entry as a whole."""

import pytest
from sqlalchemy import text

from service.errors import InvalidFile
from service.ingest.annotations.indicators import load_indicators_file
from service.ingest.annotations.measures import load_measures_file
from tests.support.ingest.annotations import SOURCE_TOML, load_annotations_text

MEASURE_TOML = f"""
[[measure]]
id = "tariff-on-apples"
title = "A tariff on apples"
reporter = "JPN"
authority = "A ministry"
kind = "tariff"
flows = ["M"]
announced = 2023-01-10
in_force = 2023-03-01
partners = ["CHN", "USA"]
goods = [{{ classification = "H6", code = "0808", certainty = "broader" }}]
{SOURCE_TOML}
"""
INDICATOR_TOML = f"""
[[indicator]]
id = "orders"
title = "Orders of machine tools"
kind = "context"
topic = "orders"
period = "2023-12"
published = 2024-01-11
publisher = "An association"
unit = "%"
figures = [{{ id = "foreign", label = "from abroad", value = -9.7 }}]
{SOURCE_TOML}
"""


@pytest.fixture
def load_annotations(engine, tmp_path):
    """Return a function that enters the entries of a file, and returns in words what became of them."""
    return lambda content, loader=load_measures_file, **how: load_annotations_text(
        engine, tmp_path / "entries.toml", content, loader=loader, **how
    )


@pytest.fixture
def find_defects(demo_engine, tmp_path):
    """Return a function that gives what is wrong with a file, of which nothing is kept."""

    def found(content, loader=load_measures_file):
        with pytest.raises(InvalidFile) as raised:
            load_annotations_text(demo_engine, tmp_path / "entries.toml", content, loader=loader)
        assert fetch_row(demo_engine, "SELECT count(*) FROM measure WHERE code = 'tariff-on-apples'") == (0,)
        return [str(defect) for defect in raised.value.file_errors]

    return found


def fetch_row(engine, query):
    with engine.begin() as connection:
        return tuple(connection.execute(text(query)).one())


def data_version(engine):
    return fetch_row(engine, "SELECT version FROM data_version")[0]


def test_reloading_an_unchanged_measure_does_not_change_the_data_version(load_annotations, engine):
    before = data_version(engine)

    assert load_annotations(MEASURE_TOML) == "1 new"
    assert load_annotations(MEASURE_TOML) == "1 as before"
    assert data_version(engine) == before + 1
    assert load_annotations(MEASURE_TOML.replace('["CHN", "USA"]', '["CHN"]')) == "1 changed"
    assert data_version(engine) == before + 2
    assert fetch_row(engine, "SELECT count(*) FROM measure_partner") == (1,)


def test_omitted_entries_are_removed_only_by_replace(load_annotations, engine):
    load_annotations(MEASURE_TOML)
    other = MEASURE_TOML.replace("tariff-on-apples", "tariff-on-pears")

    assert load_annotations(other) == "1 new"
    assert fetch_row(engine, "SELECT count(*) FROM measure") == (2,)
    assert load_annotations(other, replace=True) == "1 as before, 1 removed"
    assert fetch_row(engine, "SELECT max(code), count(*) FROM measure") == ("tariff-on-pears", 1)


def test_an_indicator_value_is_stored_exactly(load_annotations, engine):
    assert load_annotations(INDICATOR_TOML, load_indicators_file) == "1 new"

    # December 2023 is month 2023 * 12 + 11.
    kept = fetch_row(engine, "SELECT value::text, first_month, months FROM indicator_figure, indicator")
    assert kept == ("-9.7", 24287, 1)


@pytest.mark.parametrize(
    ("original", "replacement", "defect"),
    [
        ("kind = ", "sort = ", "measure 1, kind: is required"),
        (
            '"tariff"\n',
            '"tarif"\n',
            "measure 1, kind: should be one of export_control, import_control, tariff, quota, trade_defence, sanction, "
            "subsidy, agreement, other",
        ),
        ("2023-03-01", '"2023-02-30"', "measure 1, in_force: should be a valid date, as 2023-07-23"),
        ("2023-03-01", "2023-01-09", "measure 1, in_force: is before announced"),
        ('"https://example.org/gazette"', '"page 3"', "measure 1, source, address: should be a URL, https://..."),
        (
            '"JPN"',
            '"JPM"',
            '"JPM" is not an area code; use ISO 3166-1 alpha-3 or a group code',
        ),
        ('"0808"', '"0898"', 'measure 1, goods 1, code: "0898" is not a code of H6'),
        ('"H6"', '"H99"', '"H99" is not a known classification; load figures in it first'),
        ("[[measure]]", "[[tariff]]", "has no table [[measure]]"),
        ('title = "A tariff', "title = A tariff", "is not readable TOML: Invalid value (at line 4, column 9)"),
        ('"A tariff on apples"', '""', "measure 1, title: is empty"),
        ('["M"]', "[]", "measure 1, flows: is empty"),
        (
            '"tariff-on-apples"',
            '"Tariff on apples"',
            "measure 1, id: should consist of lower-case letters, digits and single hyphens",
        ),
    ],
)
def test_a_measure_defect_is_reported_with_its_location(find_defects, original, replacement, defect):
    found = find_defects(MEASURE_TOML.replace(original, replacement, 1))

    assert any(defect in one for one in found), found


def test_duplicate_ids_are_rejected(find_defects):
    assert find_defects(MEASURE_TOML + MEASURE_TOML) == ['measure 2: "tariff-on-apples" is the id of an earlier entry']


def test_all_defects_are_reported_together(find_defects):
    found = find_defects(MEASURE_TOML.replace('"CHN", "USA"', '"CHN", "XXX", "YYY"').replace("0808", "0898"))

    assert [defect.split(":")[0] for defect in found] == [
        "measure 1, partners 2",
        "measure 1, partners 3",
        "measure 1, goods 1, code",
    ]


@pytest.mark.parametrize(
    ("original", "replacement", "defect"),
    [
        ("-9.7", '"many"', "indicator 1, figures 1, value: should be a number"),
        ("-9.7", "nan", "indicator 1, figures 1, value: should be a number"),
        ('"2023-12"', '"2023-13"', "indicator 1, period: is not a period: months are 01 to 12"),
        ("published = 2024-01-11", "", "indicator 1, published: is required"),
        ('publisher = "', 'respondents = 0\npublisher = "', "indicator 1, respondents: should be above zero"),
        ("figures = [", 'figures = [{ id = "foreign", label = "again", value = 1 }, ', "has the id foreign twice"),
        ('topic = "orders"', 'topic = "orders"\npartner = "CHM"', '"CHM" is not an area code'),
    ],
)
def test_an_indicator_defect_is_reported_with_its_location(find_defects, original, replacement, defect):
    found = find_defects(INDICATOR_TOML.replace(original, replacement, 1), load_indicators_file)

    assert any(defect in one for one in found), found
