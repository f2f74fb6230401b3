"""No text that can be loaded breaks a page or a format, or is executed by the program that reads it."""

import csv
import re
from io import StringIO

import pytest
from lxml import etree
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from service.api.serialization.markdown import escape_markdown, web_address
from service.errors import InvalidFile
from service.ingest.annotations.indicators import load_indicators_file
from service.ingest.catalog.mapping_file import CommodityDefinition
from tests.support import publisher
from tests.support.ingest.annotations import load_annotations_text

HOSTILE_TEXTS = (
    "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "[x](javascript:alert(1)) ![y](http://z)",
    '=HYPERLINK("http://x")',
    'a;=HYPERLINK("http://x");b',
    "@SUM(A1)",
    "-2+3",
    "{{ 7 * 7 }} %s %(x)s ${x}",
    "]]> &amp; <!-- -->",
    "MiXeD cAsE é 日本 \u202e",
    "x" * 300,
)
REFUSED_TEXTS = ("a\x01b", "a\x7fb", "a\x9bb", "a\u2028b", "x" * 2001)
PATHS = (
    "/v1/flows?reporter=JPN&frequency=A&labels=true&partner=all&commodity=all",
    "/v1/series?reporter=JPN&frequency=A&labels=true&commodity=C0,C4",
    "/v1/partners?reporter=JPN&frequency=A",
    "/v1/commodities?reporter=JPN&frequency=A",
    "/v1/balances?reporter=JPN&frequency=A",
    "/v1/reporters?limit=10000",
    "/v1/releases?limit=10000",
    "/v1/indicators?limit=10000",
    "/v1/classifications/T?limit=10000",
)
XML_PATHS = ("/sdmx/2.1/dataflow/all/all/latest", "/sdmx/2.1/codelist/all/all/latest", "/sdmx/2.1/data/test-0")


@pytest.fixture
def hostile_client(client, engine, tmp_path, monkeypatch):
    """Return a client of a service in which every loaded text is hostile."""
    goods = [CommodityDefinition(f"C{n}", f"C{n}", name, 1, "TOTAL") for n, name in enumerate(HOSTILE_TEXTS)]
    monkeypatch.setattr(publisher, "TEST_COMMODITIES", goods)
    codes = ["TOTAL", *(commodity.code for commodity in goods)]
    for number, hostile in enumerate(HOSTILE_TEXTS):
        publisher.Publisher(engine)(
            {
                (flow, partner, code, year): 7
                for flow in "XM"
                for partner in ("WLD", "CHN")
                for code in (codes if number == 0 else codes[:1])
                for year in ("2022", "2023")
            },
            code=f"test-{number}",
            exhaustive=False,
            title=hostile,
            source=hostile,
            attribution=hostile,
        )
        quoted = hostile.replace("\\", "\\\\").replace('"', '\\"')
        load_annotations_text(
            engine,
            tmp_path / "entries.toml",
            f'''[[indicator]]
id = "i-{number}"
title = "{quoted}"
kind = "context"
topic = "orders"
period = "2023-12"
published = 2024-01-11
publisher = "{quoted}"
unit = "{quoted}"
note = "{quoted}"
figures = [{{ id = "f", label = "{quoted}", value = 1 }}]
source.title = "{quoted}"
source.address = "https://example.org/x?a=(b)"
source.date = 2024-01-02
''',
            loader=load_indicators_file,
        )
    return client


@pytest.mark.large
def test_hostile_texts_break_no_format_and_no_page(hostile_client):
    for path in PATHS:
        for format_name in ("json", "csv", "ndjson", "parquet"):
            response = hostile_client.get(f"{path}&format={format_name}" if "?" in path else path)
            assert response.status_code == 200, (path, format_name, response.text)
            if format_name == "csv":
                assert_no_formula(response.text)
    for path in XML_PATHS:
        response = hostile_client.get(path)
        assert response.status_code == 200, (path, response.text)
        etree.fromstring(response.data)
    titles = {row["title"] for row in hostile_client.get("/v1/reporters?limit=10000").json["data"]}
    assert titles == set(HOSTILE_TEXTS)

    for path in ("/", "/v1/briefings/JPN/2023?format=html"):
        response = hostile_client.get(path)
        assert response.status_code == 200, response.text
        assert not re.search(r"<script>alert|<img src=x|href=\"javascript", response.text, re.IGNORECASE)
        assert "49 %s" not in response.text
    markdown = hostile_client.get("/v1/briefings/JPN/2023?format=markdown")
    assert markdown.status_code == 200
    assert not re.search(r"(?<!\\)<|(?<!\\)\]\(javascript", markdown.text)


def assert_no_formula(content):
    """Check the cells as a spreadsheet of any locale separates them."""
    for delimiter in ",;\t":
        for row in csv.reader(StringIO(content), delimiter=delimiter):
            for cell in row if delimiter == "," or len(row) > 1 else ():
                assert re.fullmatch(r"-?[0-9.]*", cell) or cell[:1] not in "=+-@\t\r", (delimiter, cell)


@pytest.mark.parametrize("hostile", REFUSED_TEXTS)
def test_texts_with_control_characters_are_refused_at_load_and_by_the_database(figures, engine, tmp_path, hostile):
    with pytest.raises(InvalidFile):
        figures({"2023": 1}, title=hostile)
    figures({"2023": 1})
    entry = '[[indicator]]\nid = "i"\ntitle = "a\\u0001b"\n'
    with pytest.raises(InvalidFile) as raised:
        load_annotations_text(engine, tmp_path / "entries.toml", entry, loader=load_indicators_file)
    assert any("title: has a control" in str(error) for error in raised.value.file_errors)
    for statement in ("UPDATE dataset SET title = :text", "UPDATE commodity SET name = :text"):
        with pytest.raises(IntegrityError, match="text_check"), engine.begin() as connection:
            connection.execute(text(statement), {"text": hostile})


@pytest.mark.parametrize("code", ["NZL-Trade-A", "a b", "<script>", "a\n", "", "a" * 64, "é"])
def test_invalid_dataset_codes_are_refused_at_load_and_by_the_database(figures, engine, code):
    with pytest.raises(InvalidFile):
        figures({"2023": 1}, code=code)
    figures({"2023": 1})
    with pytest.raises(IntegrityError, match="dataset_code_check"), engine.begin() as connection:
        connection.execute(text("UPDATE dataset SET code = :code"), {"code": code})


def test_addresses_and_markdown_are_escaped():
    assert escape_markdown("a [b](c) *d* <e>") == r"a \[b\](c) \*d\* \<e\>"
    addresses = (
        "javascript:alert(1)",
        "JavaScript:x",
        "//evil.example",
        "data:text/html,x",
        "https://a/b (c)",
        "/v1?a=b",
    )
    assert [web_address(each) for each in addresses] == ["", "", "", "", "https://a/b%20%28c%29", "/v1?a=b"]


UNCHECKED_COLUMNS = [
    # from the service's reference tables
    *("area.iso2", "area.m49", "concordance.code", "concordance.target_code", "group_composition.source"),
    *("indicator.digest", "measure.digest", "release.figures_digest", "release.sha256", "release_file.sha256"),
    "release_unmapped.parent",  # the code of a commodity, which is checked
]


def test_every_text_column_is_checked_by_the_database(engine):
    # Written by the service itself, or checked by constraints of their own.
    unchecked = ["alembic_version", "api_key", "data_version", "exchange_rate", "observation", "observation_history"]
    query = """
        SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'text' AND NOT table_name = ANY(:unchecked)
          AND table_name !~ '_[0-9]+$'
          AND NOT EXISTS (
            SELECT FROM pg_constraint
            JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey)
            WHERE contype IN ('c', 'f') AND conrelid = table_name::regclass AND attname = column_name)
        ORDER BY 1"""
    with engine.connect() as connection:
        found = connection.execute(text(query), {"unchecked": unchecked}).scalars().all()

    assert found == UNCHECKED_COLUMNS
