"""The ETag of a response depends on its data and its request only, and a client that has the response gets 304."""

import shutil

import pytest
from sqlalchemy import NullPool, create_engine

from service.api.caching.build import SERVICE_FOLDER, folder_digest
from service.api.caching.response_cache import plan_etag
from service.app import create_app
from service.domain.data_state import DataState
from tests.support.databases import end_sessions
from tests.support.publisher import Publisher

QUERY = {"reporter": "JPN", "flow": "X,M", "partner": "CHN,USA", "period": "2024-01"}


def test_a_matching_etag_is_304(demo):
    etag = demo.get("/v1/flows", query_string=QUERY).headers["ETag"]

    for held in (etag, f"W/{etag}", f'"other", {etag}'):
        answer = demo.get("/v1/flows", query_string=QUERY, headers={"If-None-Match": held})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert {"Cache-Control", "Vary"} <= set(answer.headers.keys())


def test_parameter_and_list_order_change_neither_etag_nor_response(demo):
    one = demo.get("/v1/flows?reporter=JPN&partner=CHN,USA&flow=X,M&period=2023-12,2024-01&fields=yoy_pct,value")
    other = demo.get("/v1/flows?period=2024-01,2023-12&fields=value,yoy_pct&flow=M,X&partner=USA,CHN&reporter=JPN")

    assert one.headers["ETag"] == other.headers["ETag"]
    assert one.json["data"] == other.json["data"]


def test_a_different_query_or_format_has_a_different_etag(demo):
    tags = {
        demo.get("/v1/flows", query_string=QUERY | given).headers["ETag"]
        for given in (
            {},
            {"limit": "1"},
            {"period": "2023-12"},
            {"format": "csv"},
            {"sort": "value"},
            {"sort": "-value"},
        )
    }

    assert len(tags) == 6


def test_new_data_change_the_etag(client, figures):
    figures({"2020": 100})
    question = {"reporter": "JPN", "frequency": "A"}
    before = client.get("/v1/flows", query_string=question).headers["ETag"]
    figures({"2021": 100}, published="2024-03-01")

    answer = client.get("/v1/flows", query_string=question, headers={"If-None-Match": before})

    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


@pytest.mark.parametrize("parameters", [{}, {"as_of": "2024-02-28"}, {"format": "csv"}])
def test_every_response_is_revalidated(demo, parameters):
    response = demo.get("/v1/flows", query_string=QUERY | parameters)

    assert response.headers["Cache-Control"] == "public, no-cache"


def test_a_release_loaded_after_its_day_changes_the_response_as_of_that_day(client, figures):
    figures({"2020": 100}, published="2024-02-28")
    question = {"reporter": "JPN", "frequency": "A", "as_of": "2024-03-15"}
    first = client.get("/v1/flows", query_string=question)
    figures({"2020": 110}, published="2024-03-10")

    again = client.get("/v1/flows", query_string=question, headers={"If-None-Match": first.headers["ETag"]})

    assert [answer.json["data"][0]["value"] for answer in (first, again)] == [100, 110]


def test_another_build_has_other_etags_on_the_same_data(tmp_path):
    state = DataState(1, "token")
    copy = shutil.copytree(SERVICE_FOLDER, tmp_path / "service", ignore=shutil.ignore_patterns("__pycache__"))
    unchanged = folder_digest(copy)
    (copy / "domain" / "rounding.py").write_text("# another rule")

    etags = [plan_etag(["plan"], data_state=state, build_digest=each) for each in (unchanged, folder_digest(copy))]

    assert folder_digest(SERVICE_FOLDER) == unchanged
    assert folder_digest(copy, packages=["msgspec 1"]) != folder_digest(copy, packages=["msgspec 2"])
    assert etags[0] != etags[1]


def test_a_restored_copy_repeats_no_etag_of_other_data(client, engine, figures, create_database):
    figures({"2020": 100})
    question = {"reporter": "JPN", "frequency": "A"}
    engine.dispose()
    client.get("/v1/flows", query_string=question)
    end_sessions(engine.url)
    restored = create_engine(create_database("restored", template=engine.url.database), poolclass=NullPool)
    figures({"2020": 110}, published="2024-03-01")
    Publisher(restored)({"2020": 120}, published="2024-03-01")
    original = client.get("/v1/flows", query_string=question)

    copy = (
        create_app(restored)
        .test_client()
        .get("/v1/flows", query_string=question, headers={"If-None-Match": original.headers["ETag"]})
    )

    assert original.headers["Data-Version"] == copy.headers["Data-Version"]
    assert [answer.json["data"][0]["value"] for answer in (original, copy)] == [110, 120]


def test_two_services_on_one_database_have_equal_etags_before_and_after_a_load(client, engine, figures):
    other_client = create_app(engine).test_client()
    question = {"reporter": "JPN", "frequency": "A"}
    responses = []
    for value in (100, 110):
        figures({"2020": value}, published=f"2024-03-{value - 99:02}")
        responses.append([each.get("/v1/flows", query_string=question) for each in (client, other_client)])

    etags = [{response.headers["ETag"] for response in pair} for pair in responses]
    assert [len(each) for each in etags] == [1, 1]
    assert etags[0] != etags[1]
    assert [[r.json["data"][0]["value"] for r in pair] for pair in responses] == [[100, 100], [110, 110]]


def test_a_response_includes_data_loaded_since_the_last_request(client, figures):
    yearly = {"reporter": "JPN", "frequency": "A", "period": "all"}
    figures({"2020": 100})
    before = client.get("/v1/flows", query_string=yearly).json["data"]
    figures({"2021": 150}, published="2024-03-01")

    after = client.get("/v1/flows", query_string=yearly).json["data"]

    assert [(row["period"], row["value"]) for row in before] == [("2020", 100)]
    found = [(row["period"], row["value"], row["yoy_pct"]) for row in after]
    assert found == [("2020", 100, None), ("2021", 150, 50.0)]
    assert None not in {row["release"] for row in after}


def test_an_invalid_request_succeeds_after_its_data_are_loaded(client, figures):
    monthly = {"reporter": "JPN", "dataset": "test-m", "period": "2020-01"}
    figures({"2020": 100})
    before = client.get("/v1/flows", query_string=monthly)
    figures({"2020-01": 30})

    after = client.get("/v1/flows", query_string=monthly)

    assert (before.status_code, before.json["errors"][0]["parameter"]) == (422, "dataset")
    assert [row["value"] for row in after.json["data"]] == [30]


def test_an_etag_of_older_data_does_not_match(client, figures):
    figures({"2020": 100})
    question = {"reporter": "JPN", "frequency": "A", "period": "2020"}
    first = client.get("/v1/flows", query_string=question)
    figures({"2020": 110}, published="2024-03-01")

    again = client.get("/v1/flows", query_string=question, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.json["data"][0]["value"]) == (200, 110)
    assert int(again.headers["Data-Version"]) > int(first.headers["Data-Version"])
