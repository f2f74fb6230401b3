"""Responses are cached within bounds, and only while the data are unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from service.api.caching.response_cache import ENTRY_OVERHEAD_BYTES, ResponseCache
from service.app import create_app

QUERY = {"reporter": "JPN", "flow": "X,M", "partner": "CHN,USA", "period": "2024-01"}


@pytest.fixture
def statements(demo_engine):
    """Yield a list that each statement which is executed is added to."""
    executed = []

    def note(_connection, _cursor, statement, *_):
        executed.append(statement)

    event.listen(demo_engine, "before_cursor_execute", note)
    yield executed
    event.remove(demo_engine, "before_cursor_execute", note)


def test_a_cached_response_queries_only_the_data_version(demo_engine, statements):
    client = create_app(demo_engine).test_client()
    first = client.get("/v1/flows", query_string=QUERY)
    statements.clear()

    again = client.get("/v1/flows", query_string=QUERY)

    assert again.data == first.data
    assert not [statement for statement in statements if "observation" in statement or "release" in statement]


def test_new_data_invalidate_cached_responses(client, figures):
    figures({"2020": 100, "2021": 110})
    question = {"reporter": "JPN", "frequency": "A", "flow": "X", "period": "2021"}
    before = client.get("/v1/flows", query_string=question).json["data"][0]["value"]
    figures({"2020": 100, "2021": 111}, published="2024-03-01")

    after = client.get("/v1/flows", query_string=question).json["data"][0]["value"]

    assert (before, after) == (110, 111)


def test_parameter_order_does_not_change_the_response(demo):
    orders = (
        "reporter=JPN&partner=CHN,USA&flow=X,M&period=2024-01,2023-12",
        "period=2023-12,2024-01&flow=M,X&partner=USA,CHN&reporter=JPN",
    )

    one, other = (demo.get(f"/v1/flows?{order}") for order in orders)

    assert (one.headers["ETag"], one.data) == (other.headers["ETag"], other.data)
    assert demo.get(one.json["links"]["self"]).data == one.data


def test_an_encoded_value_is_not_parsed_as_a_parameter(demo):
    searched, narrowed = (
        demo.get(f"/v1/classifications/H6?search=meat{rest}") for rest in ("%26level%3D2", "&level=2")
    )

    assert searched.headers["ETag"] != narrowed.headers["ETag"]
    assert (searched.json["data"], narrowed.json["data"][0]["code"]) == ([], "02")


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40_000))))
def test_the_cache_respects_its_size_limit(entries):
    answers, newest = ResponseCache(100_000), {}

    for key, size in entries:
        answers.put(key, size, size_bytes=size)
        newest[key] = size

    found = {key: size for key in newest if (size := answers.get(key)) is not None}
    assert sum(size + ENTRY_OVERHEAD_BYTES for size in found.values()) <= 100_000
    assert all(size + ENTRY_OVERHEAD_BYTES <= 25_000 for size in found.values())


def test_the_least_recently_used_response_is_evicted_first():
    answers = ResponseCache(4 * (1000 + ENTRY_OVERHEAD_BYTES))
    for name in "abcd":
        answers.put(name, name, size_bytes=1000)

    answers.get("a")
    answers.put("e", "e", size_bytes=1000)

    assert [answers.get(name) for name in "abcde"] == ["a", None, "c", "d", "e"]
