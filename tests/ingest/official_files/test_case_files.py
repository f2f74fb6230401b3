"""Small files of kinds that were once loaded wrong or refused, loaded as they are; the figures are worked by hand."""

from datetime import date
from functools import partial

import pytest
from sqlalchemy import create_engine

from service.app import create_app
from service.errors import InvalidFile
from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.pipeline.load_files import FileLoader
from service.ingest.pipeline.parser import Parser
from service.ingest.sources import baci, comtrade, us_census
from service.ingest.sources.tidy.parser import tidy_parser

PUBLISHED = {"census_time_column.json": date(2024, 3, 13)}
"""Days of publication that are not 2024-06-01: a day has one complete release of a dataset."""
COMTRADE, CENSUS = Parser("a test", comtrade.describe), Parser("a test", us_census.describe)
BACI_OF_FINLAND = Parser("a test", partial(baci.describe, reporter="246"))
SOURCES = {
    "census_hs2017_codes.json": CENSUS,
    "census_time_column.json": CENSUS,
    "blx.csv": COMTRADE,
    "BACI_HS92_Y1998.zip": BACI_OF_FINLAND,
    "two_editions.csv": COMTRADE,
    "pandas_utf8.csv": COMTRADE,
    "zero_weight.csv": COMTRADE,
    "ct_nodesc_absent.json": COMTRADE,
}
MISSING_WORDS = '[numbers]\nmissing = ["", ":", "NA"]\n'
TIDY = {
    "t_zeros": "",
    "t_total_word": "",
    "t_decimalcomma": '[numbers]\ndecimal = ","\nround = true\n',
    "t_empty": MISSING_WORDS,
    "t_colon": MISSING_WORDS,
    "t_na": MISSING_WORDS,
    "t_iso2": '[partner]\nscheme = "iso2"\n',
    "t_period_M": "",
    "t_period_ym": "",
    "t_semi": "",
    "t_zip": "",
}
"""Additions to the mapping of each tidy file: they say what the file means."""
ADDED_KEYS = {"t_semi": ("[file]", '[file]\ndelimiter = ";"')}


def tidy_case(folder, name, added=None):
    """Return the file and the mapping of a case; dataset codes are lower case."""
    mapping = (folder / f"{name}.toml").read_text().replace(f'code = "{name}"', "")
    mapping = mapping.replace('"t-period-M"', '"t-period-m"').replace(*ADDED_KEYS.get(name, ("", "")))
    return folder / (f"{name}.zip" if name == "t_zip" else f"{name}.csv"), mapping + (
        TIDY[name] if added is None else added
    )


class CaseLoader:
    """Loads a file of the folder of cases, and returns its load reports."""

    def __init__(self, engine, cases, folder):
        self.engine, self.cases, self.folder = engine, cases, folder

    def load_source(self, name, parser):
        return self._load(self.cases / name, parser)

    def load_tidy(self, name, added=None):
        path, mapping = tidy_case(self.cases, name, added)
        (self.folder / f"{name}.toml").write_text(mapping)
        return self._load(path, tidy_parser(read_mapping(self.folder / f"{name}.toml")))

    def _load(self, path, parser):
        reports = []
        FileLoader(
            engine=self.engine,
            parser=parser,
            find_publication_date=lambda name: PUBLISHED.get(name, date(2024, 6, 1)),
            stage="provisional",
            archive_folder=self.folder / "archive",
            publication_callback=reports.append,
        )([path])
        return reports


@pytest.fixture(scope="module")
def loader(create_database, template, shared_data, tmp_path_factory):
    """Yield a loader for a database with all files that are accepted."""
    engine = create_engine(create_database("cases", template=template))
    loader = CaseLoader(engine, shared_data / "cases", tmp_path_factory.mktemp("cases"))
    for name, parser in SOURCES.items():
        loader.load_source(name, parser)
    for name in TIDY:
        loader.load_tidy(name)
    yield loader
    engine.dispose()


@pytest.fixture(scope="module")
def cases(loader):
    """Return a client of a service with all files that are accepted."""
    return create_app(loader.engine).test_client()


def fetch(client, path="/v1/flows", **query):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def fetch_columns(client, *names, **query):
    return [tuple(row[name] for name in names) for row in fetch(client, **query)["data"]]


GROWTH = ("commodity", "period", "value", "yoy_pct", "yoy_status")


def test_codes_of_another_edition_are_counted_in_totals_and_named(cases):
    query = {
        "reporter": "USA",
        "flow": "M",
        "partner": "CHN",
        "commodity": "TOTAL,85,8517",
        "period": "2021-12,2022-12",
    }

    answer = fetch(cases, **query)

    assert [tuple(row[name] for name in GROWTH) for row in answer["data"]] == [
        ("TOTAL", "2021-12", 10_000, None, "base_missing"),
        ("85", "2021-12", 8000, None, "base_missing"),
        ("8517", "2021-12", 8000, None, "base_missing"),
        ("TOTAL", "2022-12", 10_000, 0.0, "ok"),
        ("85", "2022-12", 8000, 0.0, "ok"),
        ("8517", "2022-12", 8000, 0.0, "ok"),
    ]
    assert [(code["code"], code["parent"]) for code in answer["meta"]["unmapped"]] == [("851712", "8517")]
    assert "unmapped" not in fetch(cases, **query | {"commodity": "84"})["meta"]


def test_a_lost_leading_zero_and_a_printed_total_are_recognised(cases):
    zeros = fetch_columns(cases, *GROWTH, reporter="NZL", dataset="t-zeros", flow="X", period="all")

    assert zeros == [("TOTAL", "2023-01", 1000, None, "base_missing"), ("TOTAL", "2024-01", 1000, 0.0, "ok")]
    assert fetch_columns(cases, "value", reporter="NZL", dataset="t-total-word", flow="X") == [(12,)]


def test_belgium_luxembourg_is_no_base_of_its_successors(cases):
    query = {"reporter": "FIN", "flow": "X", "partner": "BLX,BEL,LUX", "period": "1998,1999"}

    rows = fetch_columns(cases, "partner", *GROWTH[1:], classification="H1", **query)

    assert sorted(rows) == [
        ("BEL", "1999", 900, None, "series_break"),
        ("BLX", "1998", 1000, None, "base_missing"),
        ("LUX", "1999", 200, None, "series_break"),
    ]


def test_a_baci_archive_loads_as_downloaded(cases):
    query = {"reporter": "FIN", "flow": "X", "partner": "all", "commodity": "all", "level": "6", "period": "1998"}

    rows = fetch_columns(cases, "partner", "commodity", "value", "net_weight_kg", classification="H0", **query)

    # 13.123, 1.5 and 1.5 thousand dollars; 2.25 tons; 490 is Taiwan, 516 Namibia
    assert sorted(rows) == [
        ("BLX", "854231", 13_123, None),
        ("NAM", "854231", 1500, 2250),
        ("TWN", "010121", 1500, 2250),
    ]


def test_a_series_over_two_editions_is_one(cases):
    rows = fetch_columns(cases, *GROWTH[1:], "classification", reporter="SWE", flow="X", period="all")

    assert rows[-2:] == [("2022", 1210, 10.0, "ok", "H6"), ("2023", 1331, 10.0, "ok", "H6")]
    assert fetch_columns(cases, "period", "value", reporter="SWE", flow="X") == [("2023", 1331)]


def test_files_of_comtrade_and_the_census_load(cases):
    assert fetch_columns(cases, "partner", "value", reporter="FIN", flow="X", period="2022", partner="CIV,WLD") == [
        ("CIV", 1234),
        ("WLD", 9000),
    ]
    assert fetch_columns(cases, "partner", "value", reporter="LVA", flow="X", partner="DEU,WLD") == [
        ("DEU", 100),
        ("WLD", 9000),
    ]
    assert fetch_columns(cases, "value", reporter="USA", flow="X", commodity="85", partner="CHN", period="2024-01") == [
        (1000,)
    ]


def test_a_quantity_of_zero_is_not_available(cases):
    columns = ("commodity", "value", "quantity", "net_weight_kg")

    rows = fetch_columns(cases, *columns, reporter="AUT", flow="X", commodity="TOTAL,85,8703", period="2022")

    assert sorted(rows) == [("85", 900, None, None), ("8703", 90, None, 1234.56), ("TOTAL", 1000, None, None)]


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("t-decimalcomma", [("AUS", 1234)]),  # 1234.5, rounded half to even
        ("t-empty", [("AUS", None)]),
        ("t-colon", [("AUS", None)]),
        ("t-na", [("AUS", None)]),
        ("t-iso2", [("AUS", 7), ("NAM", 5), ("USA", 100)]),
        ("t-period-m", [("AUS", 5)]),
        ("t-period-ym", [("AUS", 5)]),
        ("t-semi", [("AUS", 5)]),
        ("t-zip", [("AUS", 5)]),
    ],
)
def test_a_mapping_says_what_a_file_means(cases, name, figures):
    query = {"reporter": "NZL", "flow": "X", "dataset": name, "period": "2024-01", "commodity": "854231"}

    assert sorted(fetch_columns(cases, "partner", "value", partner="all", **query)) == figures


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("ct_truncated_count.json", "the response has 1 rows, but its count is 250000: it was cut off"),
        ("breakdowns_only.csv", "has no figure: all 2 rows are parts of a breakdown, and none is its total"),
    ],
)
def test_a_file_without_complete_figures_is_rejected(loader, name, rule):
    with pytest.raises(InvalidFile) as error:
        loader.load_source(name, COMTRADE)

    assert [str(each) for each in error.value.file_errors] == [rule]
