"""What was answered before is given again from memory, within bounds, and only while it is true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from service.api.caching.response_cache import OVERHEAD, Answers
from service.app import create_app

QUESTION = {"reporter": "JPN", "flow": "X,M", "partner": "CHN,USA", "period": "2024-01"}


@pytest.fixture
def statements(demo_engine):
    """Yield a list that each statement which is executed is added to."""
    executed = []

    def note(_connection, _cursor, statement, *_):
        executed.append(statement)

    event.listen(demo_engine, "before_cursor_execute", note)
    yield executed
    event.remove(demo_engine, "before_cursor_execute", note)


def test_an_answer_is_made_once_and_then_costs_no_more_than_the_version_of_the_data(demo_engine, statements):
    client = create_app(demo_engine).test_client()
    first = client.get("/v1/flows", query_string=QUESTION)
    statements.clear()

    again = client.get("/v1/flows", query_string=QUESTION)

    assert again.data == first.data
    assert not [statement for statement in statements if "observation" in statement or "release" in statement]


def test_new_data_are_answered_at_once(client, figures):
    figures({"2020": 100, "2021": 110})
    question = {"reporter": "JPN", "frequency": "A", "flow": "X", "period": "2021"}
    before = client.get("/v1/flows", query_string=question).json["data"][0]["value"]
    figures({"2020": 100, "2021": 111}, published="2024-03-01")

    after = client.get("/v1/flows", query_string=question).json["data"][0]["value"]

    assert (before, after) == (110, 111)


def test_the_same_question_in_another_order_is_answered_with_the_same_bytes(demo):
    orders = (
        "reporter=JPN&partner=CHN,USA&flow=X,M&period=2024-01,2023-12",
        "period=2023-12,2024-01&flow=M,X&partner=USA,CHN&reporter=JPN",
    )

    one, other = (demo.get(f"/v1/flows?{order}") for order in orders)

    assert (one.headers["ETag"], one.data) == (other.headers["ETag"], other.data)
    assert demo.get(one.json["links"]["self"]).data == one.data


def test_a_value_that_reads_like_another_parameter_is_not_taken_for_it(demo):
    searched, narrowed = (
        demo.get(f"/v1/classifications/H6?search=meat{rest}") for rest in ("%26level%3D2", "&level=2")
    )

    assert searched.headers["ETag"] != narrowed.headers["ETag"]
    assert (searched.json["data"], narrowed.json["data"][0]["code"]) == ([], "02")


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40_000))))
def test_what_is_kept_stays_within_its_bounds(kept):
    answers, newest = Answers(100_000), {}

    for key, size in kept:
        answers.keep(key, size, size=size)
        newest[key] = size

    found = {key: size for key in newest if (size := answers.get(key)) is not None}
    assert sum(size + OVERHEAD for size in found.values()) <= 100_000
    assert all(size + OVERHEAD <= 25_000 for size in found.values())


def test_what_was_not_asked_for_the_longest_is_forgotten_first():
    answers = Answers(4 * (1000 + OVERHEAD))
    for name in "abcd":
        answers.keep(name, name, size=1000)

    answers.get("a")
    answers.keep("e", "e", size=1000)

    assert [answers.get(name) for name in "abcde"] == ["a", None, "c", "d", "e"]
