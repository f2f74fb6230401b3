"""Rows are what their schema promises, in the form that is asked for."""

import csv
import io

import pytest
from sqlalchemy import text

from service.resources.commodities.schemas import CommodityRow
from service.resources.flows.schemas import FlowRow
from service.resources.partners.schemas import PartnerRow
from service.resources.series.schemas import SeriesRow
from tests.forms import rows_of

QUESTION = {"reporter": "JPN", "flow": "X,M", "partner": "all", "period": "2023-10..2024-01"}


def lines(answer):
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/v1/flows", FlowRow),
        ("/v1/series", SeriesRow),
        ("/v1/partners", PartnerRow),
        ("/v1/commodities", CommodityRow),
    ],
)
def test_rows_are_what_their_schema_promises_field_by_field(demo, path, schema):
    rows = demo.get(
        path, query_string=QUESTION | {"labels": "true"} | ({} if path != "/v1/commodities" else {"partner": "WLD"})
    ).json["data"]

    assert list(rows[0]) == list(schema().fields)
    assert schema(many=True).dump(schema(many=True).load(rows)) == rows


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("json", "application/json"),
        ("csv", "text/csv; charset=utf-8"),
        ("ndjson", "application/x-ndjson"),
        ("parquet", "application/vnd.apache.parquet"),
    ],
)
def test_a_form_is_asked_for_by_name_or_by_the_accept_header(demo, form, content_type):
    accept = {"Accept": content_type.partition(";")[0]}

    named = demo.get("/v1/series", query_string=QUESTION | {"format": form, "partner": "WLD"})
    accepted = demo.get("/v1/series", query_string=QUESTION | {"partner": "WLD"}, headers=accept)

    assert (named.content_type, accepted.content_type) == (content_type, content_type)
    assert rows_of(named, form, SeriesRow) == rows_of(accepted, form, SeriesRow) != []


def test_a_file_is_named_after_what_is_in_it(demo):
    answer = demo.get("/v1/partners/CHN?reporter=JPN&format=parquet")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="partners-CHN-JPN.parquet"'


def test_an_accept_header_that_nothing_fits_is_refused(demo):
    answer = demo.get("/v1/flows", query_string=QUESTION, headers={"Accept": "image/png"})

    assert (answer.status_code, answer.json["type"]) == (406, "/problems/not-acceptable")


def test_csv_without_a_limit_gives_all_rows(demo):
    everything = {"reporter": "JPN", "partner": "all", "commodity": "all", "period": "all"}

    found = lines(demo.get("/v1/flows", query_string=everything | {"format": "csv"}))

    total = demo.get("/v1/flows", query_string=everything | {"limit": "1", "count": "exact"}).json["meta"]["total"]
    assert len(found) == total > 10_000


def test_only_the_columns_asked_for_come_with_the_key(demo):
    (row,) = demo.get("/v1/flows", query_string={"reporter": "JPN", "flow": "X", "fields": "yoy_pct,value"}).json[
        "data"
    ]

    assert list(row) == [
        "reporter", "partner", "flow", "commodity", "classification", "frequency", "period", "value", "yoy_pct",
    ]  # fmt: skip


def test_names_come_with_labels(demo):
    (row,) = demo.get(
        "/v1/flows", query_string={"reporter": "JPN", "flow": "X", "partner": "KOR", "labels": "true"}
    ).json["data"]

    assert (row["partner_name"], row["commodity_name"]) == ("South Korea", "Total, all commodities")


def test_text_that_a_spreadsheet_would_run_is_defused(client, figures):
    figures({("X", "WLD", "A", "2020"): -5})
    figures.execute("UPDATE commodity SET name = '=1+1' WHERE code = 'A'")
    question = {"reporter": "JPN", "frequency": "A", "flow": "X", "commodity": "A", "format": "csv", "labels": "true"}

    (row,) = lines(client.get("/v1/flows", query_string=question))

    assert (row["commodity_name"], row["value"]) == ("'=1+1", "-5")


@pytest.mark.parametrize("name", ['Nuts, "salted"', "two\r\nlines", "тab\there", "\\N", "back\\slash"])
@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_odd_letters_come_through_unchanged(client, figures, engine, form, name):
    figures({("X", "WLD", "A", "2020"): 5})
    with engine.begin() as connection:
        connection.execute(text("UPDATE commodity SET name = :name WHERE code = 'A'"), {"name": name})
    question = {"reporter": "JPN", "frequency": "A", "flow": "X", "commodity": "A", "labels": "true"}

    (row,) = rows_of(client.get("/v1/flows", query_string=question | {"format": form}), form, FlowRow)

    assert row["commodity_name"] == name
