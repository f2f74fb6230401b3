"""Releases and revisions: what was published when, and how figures and their growth changed."""

import pytest
from sqlalchemy import create_engine

from service.api.database.request_context import DATABASE_EXTENSION
from service.app import create_app
from service.resources.revisions import service as revisions_service
from tests.support.ingest.loading import load_mapped_files

MAPPING_PATH = "docs/examples/japan-annual.toml"
QUERY = {"reporter": "JPN", "flow": "X", "frequency": "A"}


def test_each_change_of_a_figure_or_of_its_base_is_a_row(client, figures):
    figures({"2021": 100, "2022": 120}, published="2023-01-28")
    figures({"2022": 126}, published="2023-04-27")
    figures({"2021": 105}, published="2023-05-27")  # which changes the growth of 2022, too
    figures({"2022": 126, "2023": 130}, published="2024-01-30")  # which repeats 2022

    rows = client.get("/v1/revisions", query_string=QUERY | {"period": "2022"}).json["data"]

    columns = ("known_from", "release", "value", "revision", "revision_pct", "yoy_pct", "yoy_revision_pp")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("2023-01-28", "test-a-2023-01-28", 120, None, None, 20.0, None),
        ("2023-04-27", "test-a-2023-04-27", 126, 6, 5.0, 26.0, 6.0),
        ("2023-05-27", "test-a-2023-04-27", 126, 0, 0.0, 20.0, -6.0),
    ]
    assert {(row["mean_abs_revision_pct"], row["largest_abs_revision_pct"]) for row in rows} == {(5.0, 5.0)}


def test_mean_and_largest_revision_are_of_all_periods_of_the_series(client, figures):
    figures({"2021": 100, "2022": 200}, published="2023-01-28")
    figures({"2021": 98, "2022": 212}, published="2024-01-28")

    rows = client.get("/v1/revisions", query_string=QUERY | {"period": "all"}).json["data"]

    # 2% down and 6% up: 4 on average, 6 at most.
    assert {(row["mean_abs_revision_pct"], row["largest_abs_revision_pct"]) for row in rows} == {(4.0, 6.0)}


def test_statistics_are_of_periods_that_were_published_twice(client, figures):
    figures({"2021": 100, "2022": 200}, published="2023-01-28")
    figures({"2023": 300}, published="2024-01-28")
    names = ("count", "mean_pct", "mean_abs_pct", "max_abs_pct", "up_share_pct")

    def fetch_statistics():
        rows = client.get("/v1/revisions", query_string=QUERY | {"period": "all"}).json["data"]
        return {tuple(row[f"revision_{name}"] for name in names) for row in rows}

    assert fetch_statistics() == {(0, None, None, None, None)}
    figures({"2022": 206}, published="2024-03-13")
    assert fetch_statistics() == {(1, 3.0, 3.0, 3.0, 100.0)}


def test_revisions_are_paginated_by_day(client, figures):
    figures({"2022": 120}, published="2023-01-28")
    figures({"2022": 126}, published="2023-04-27")
    question = QUERY | {"period": "2022", "limit": "1"}

    first = client.get("/v1/revisions", query_string=question).json
    second = client.get(first["links"]["next"]).json

    assert [page["data"][0]["known_from"] for page in (first, second)] == ["2023-01-28", "2023-04-27"]
    assert second["links"]["next"] is None


def test_releases_list_publication_days_and_periods(client, figures):
    figures({"2021": 100, "2022": 120}, published="2023-01-28")
    figures({"2022": 126}, published="2023-04-27")

    rows = client.get("/v1/releases?reporter=JPN").json["data"]

    columns = ("release", "dataset", "published_on", "state", "first_period", "last_period", "rows")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("test-a-2023-01-28", "test-a", "2023-01-28", "published", "2021", "2022", 2),
        ("test-a-2023-04-27", "test-a", "2023-04-27", "published", "2022", "2022", 1),
    ]
    assert client.get("/v1/releases/test-a-2023-04-27").json["data"] == rows[1:]
    assert client.get("/v1/releases?reporter=FRA").json["data"] == []


@pytest.mark.parametrize(
    ("path", "status", "suggestion"),
    [
        ("/v1/releases/test-a-2023-04-28", 404, "test-a-2023-04-27"),
        ("/v1/releases?dataset=test", 422, "test-a"),
        ("/v1/releases?reporter=japn", 422, "JPN"),
    ],
)
def test_unknown_releases_and_datasets_are_rejected_with_suggestions(client, figures, path, status, suggestion):
    figures({"2022": 126}, published="2023-04-27")

    answer = client.get(path)

    assert answer.status_code == status
    assert suggestion in answer.text


@pytest.fixture(scope="module")
def annual_client(create_database, template, shared_data, pytestconfig, tmp_path_factory):
    """Return a client of a service that holds Japan's years as they stood at five publications."""
    engine = create_engine(create_database("years", template=template))
    mapping, archive = pytestconfig.rootpath / MAPPING_PATH, tmp_path_factory.mktemp("archive")
    files = sorted((shared_data / "japan" / "annual").iterdir(), reverse=True)
    load_mapped_files(engine, files, mapping=mapping, codelist_folder=shared_data / "japan", archive_folder=archive)
    yield create_app(engine).test_client()
    engine.dispose()


@pytest.mark.parametrize(
    ("day", "billions", "growth"),
    [("2023-01-28", 118_164.2, 39.2), ("2023-04-27", 118_141.0, 39.2), ("2024-01-30", 118_503.2, 39.6)],
)
def test_japans_imports_of_2022_are_as_of_the_day(annual_client, day, billions, growth):
    question = {"reporter": "JPN", "flow": "M", "frequency": "A", "period": "2022", "as_of": day}
    (row,) = annual_client.get("/v1/flows", query_string=question).json["data"]

    assert round(row["value"] / 1e9, 1) == billions
    assert row["yoy_pct"] == pytest.approx(growth, abs=0.35)
    assert row["yoy_base"] == pytest.approx(84_875e9, rel=0.002)  # the ministry's 84,875 billion for 2021


def test_the_revisions_of_japans_imports_of_2022_are_listed(annual_client):
    question = {"reporter": "JPN", "flow": "M", "frequency": "A", "period": "2022"}
    rows = annual_client.get("/v1/revisions", query_string=question).json["data"]

    assert [(row["known_from"], round(row["value"] / 1e9, 1)) for row in rows][:3] == [
        ("2023-01-28", 118_164.2),
        ("2023-04-27", 118_141.0),
        ("2024-01-30", 118_503.2),
    ]


def test_one_prepared_statement_serves_any_number_of_days(client, figures):
    query = {"reporter": "JPN", "flow": "X", "partner": "ASEAN", "period": "all"}
    for day in range(1, 10):
        figures({("X", partner, "TOTAL", "2023-01"): day for partner in ("IDN", "MYS")}, published=f"2024-03-0{day}")
        rows = client.get("/v1/revisions", query_string=query).json["data"]
        assert [row["value"] for row in rows] == [2 * n for n in range(1, day + 1)]

    (read_pool,) = client.application.extensions[DATABASE_EXTENSION].read_pools.values()
    assert read_pool.read(b"SELECT count(*) FROM pg_prepared_statements WHERE statement ~ 'vintage_of_da[y]'") == [(1,)]


def test_a_request_for_too_many_states_names_the_limit(client, figures, monkeypatch):
    monkeypatch.setattr(revisions_service, "MAX_STATES", 5)
    for day in (1, 2):
        figures({"2023-01": day, "2023-02": day, "2023-03": day}, published=f"2024-03-0{day}")
    query = {"reporter": "JPN", "flow": "X"}

    refused, allowed = (
        client.get("/v1/revisions", query_string=query | {"period": period}) for period in ("all", "latest")
    )

    assert (refused.status_code, refused.json["type"]) == (422, "/problems/request-too-large")
    assert "6 states" in refused.json["detail"]
    assert "period=latest" in refused.json["detail"]
    assert (allowed.status_code, len(allowed.json["data"])) == (200, 2)
