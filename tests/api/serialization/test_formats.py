"""Rows have the types of their schema, in the requested format."""

import csv
import io

import pytest
from sqlalchemy import text

from service.resources.commodities.schemas import CommodityRow
from service.resources.flows.schemas import FlowRow
from service.resources.partners.schemas import PartnerRow
from service.resources.series.schemas import SeriesRow
from tests.support.decode_formats import decode_rows

QUERY = {"reporter": "JPN", "flow": "X,M", "partner": "all", "period": "2023-10..2024-01"}


def parse_csv_rows(response):
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/v1/flows", FlowRow),
        ("/v1/series", SeriesRow),
        ("/v1/partners", PartnerRow),
        ("/v1/commodities", CommodityRow),
    ],
)
def test_rows_match_their_schema(demo, path, schema):
    rows = demo.get(
        path, query_string=QUERY | {"labels": "true"} | ({} if path != "/v1/commodities" else {"partner": "WLD"})
    ).json["data"]

    assert list(rows[0]) == list(schema().fields)
    assert schema(many=True).dump(schema(many=True).load(rows)) == rows


@pytest.mark.parametrize(
    ("format_name", "content_type"),
    [
        ("json", "application/json"),
        ("csv", "text/csv; charset=utf-8"),
        ("ndjson", "application/x-ndjson"),
        ("parquet", "application/vnd.apache.parquet"),
    ],
)
def test_a_format_is_selected_by_parameter_or_accept_header(demo, format_name, content_type):
    accept = {"Accept": content_type.partition(";")[0]}

    named = demo.get("/v1/series", query_string=QUERY | {"format": format_name, "partner": "WLD"})
    accepted = demo.get("/v1/series", query_string=QUERY | {"partner": "WLD"}, headers=accept)

    assert (named.content_type, accepted.content_type) == (content_type, content_type)
    assert decode_rows(named, format_name, SeriesRow) == decode_rows(accepted, format_name, SeriesRow) != []


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json; charset=utf-8", "application/json"),
        ("*", "application/json"),
        ("text/csv; charset=utf-8", "text/csv; charset=utf-8"),
        ("text/csv;header=present;q=0.5, application/json;charset=utf-8", "application/json"),
    ],
)
def test_parameters_of_an_accepted_media_type_are_ignored(demo, accept, content_type):
    answer = demo.get("/v1/series", query_string=QUERY, headers={"Accept": accept})

    assert (answer.status_code, answer.content_type) == (200, content_type)


def test_an_export_file_is_named_after_its_content(demo):
    answer = demo.get("/v1/partners/CHN?reporter=JPN&format=parquet")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="jpn-partners-chn.parquet"'


def test_an_unsupported_accept_header_is_406(demo):
    answer = demo.get("/v1/flows", query_string=QUERY, headers={"Accept": "image/png"})

    assert (answer.status_code, answer.json["type"]) == (406, "/problems/not-acceptable")


def test_csv_without_a_limit_returns_all_rows(demo):
    everything = {"reporter": "JPN", "partner": "all", "commodity": "all", "period": "all"}

    found = parse_csv_rows(demo.get("/v1/flows", query_string=everything | {"format": "csv"}))

    total = demo.get("/v1/flows", query_string=everything | {"limit": "1", "count": "exact"}).json["meta"]["total"]
    assert len(found) == total > 10_000


def test_only_key_and_requested_columns_are_returned(demo):
    (row,) = demo.get("/v1/flows", query_string={"reporter": "JPN", "flow": "X", "fields": "yoy_pct,value"}).json[
        "data"
    ]

    assert list(row) == [
        "reporter", "partner", "flow", "commodity", "classification", "frequency", "period", "value", "yoy_pct",
    ]  # fmt: skip


def test_labels_add_names(demo):
    (row,) = demo.get(
        "/v1/flows", query_string={"reporter": "JPN", "flow": "X", "partner": "KOR", "labels": "true"}
    ).json["data"]

    assert (row["partner_name"], row["commodity_name"]) == ("South Korea", "Total, all commodities")


def test_spreadsheet_formulas_are_escaped(client, figures):
    figures({("X", "WLD", "A", "2020"): -5})
    figures.execute("UPDATE commodity SET name = '=1+1' WHERE code = 'A'")
    question = {"reporter": "JPN", "frequency": "A", "flow": "X", "commodity": "A", "format": "csv", "labels": "true"}

    (row,) = parse_csv_rows(client.get("/v1/flows", query_string=question))

    assert (row["commodity_name"], row["value"]) == ("'=1+1", "-5")


@pytest.mark.parametrize("name", ['Nuts, "salted"', "\\N", "back\\slash"])
@pytest.mark.parametrize("format_name", ["csv", "ndjson", "parquet"])
def test_special_characters_are_preserved(client, figures, engine, format_name, name):
    figures({("X", "WLD", "A", "2020"): 5})
    with engine.begin() as connection:
        connection.execute(text("UPDATE commodity SET name = :name WHERE code = 'A'"), {"name": name})
    question = {"reporter": "JPN", "frequency": "A", "flow": "X", "commodity": "A", "labels": "true"}

    (row,) = decode_rows(client.get("/v1/flows", query_string=question | {"format": format_name}), format_name, FlowRow)

    assert row["commodity_name"] == name
