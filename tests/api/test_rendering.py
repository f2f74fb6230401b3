"""JSON and CSV carry the same rows under the same names."""

import csv
import io

import pytest

from service.resources.commodities.schemas import CommodityRow
from service.resources.flows.schemas import FlowRow
from service.resources.partners.schemas import PartnerRow
from service.resources.series.schemas import SeriesRow

QUESTION = {"reporter": "JPN", "flow": "X,M", "partner": "all", "period": "2023-10..2024-01"}


def lines(answer):
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def as_csv(value):
    if value is None:
        return ""
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("path", ["/v1/flows", "/v1/series", "/v1/partners", "/v1/commodities"])
def test_csv_and_json_hold_the_same_rows(demo, path):
    question = QUESTION if path != "/v1/commodities" else QUESTION | {"partner": "CHN,WLD"}
    rows = demo.get(path, query_string=question | {"limit": "10000"}).json["data"]

    found = lines(demo.get(path, query_string=question | {"format": "csv"}))

    assert found == [{name: as_csv(value) for name, value in row.items()} for row in rows]


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


def test_csv_is_asked_for_by_the_accept_header_too(demo):
    answer = demo.get("/v1/flows", query_string=QUESTION, headers={"Accept": "text/csv"})

    assert answer.content_type == "text/csv; charset=utf-8"


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
