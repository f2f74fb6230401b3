"""However an answer is made, it is the same: from memory, the fast way, or by the libraries that describe it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.app import create_app
from tests.worlds import COUNTRIES, GOODS, YEARS, worlds


def some(words, **bounds):
    return st.lists(st.sampled_from(words), min_size=1, unique=True, **bounds).map(",".join)


PERIODS = {
    "M": some(
        ["2023-01", "2023-12", "2024-01", "latest", "2023-10..2024-01", "2021-07", "2023-02..2023-03"], max_size=2
    ),
    "Q": some(["2023-Q1", "2023-Q4", "2023-Q1..2023-Q3", "latest"], max_size=2),
    "A": some(["2022", "2023", "2024", "latest"], max_size=2),
}
OFTEN = {
    "flow": some(["X", "M"]),
    "as_of": st.sampled_from(["2024-02-28", "2024-01-15", "2023-06-30"]),
    "currency": st.sampled_from(["USD", "EUR", "JPY"]),
    "labels": st.sampled_from(["true", "false"]),
    "limit": st.sampled_from(["1", "3", "20", "1000"]),
    "fields": some(["value", "yoy_pct", "pop_status", "release"], max_size=3),
    "count": st.just("exact"),
    "partner": some(["CHN", "USA", "EU", "ASEAN", "WLD", "all", "NZL"], max_size=3),
    "commodity": some(["TOTAL", "IC", "MACHINERY", "all"], max_size=1),
    "level": some(["0", "1", "2"]),
}
OWN = {
    "/v1/flows": {"sort": st.sampled_from(["-value", "yoy_pct", "-yoy_change,value"])},
    "/v1/series": {"sort": st.sampled_from(["-value", "streak_length", "cagr_pct"])},
    "/v1/partners": {"rest": st.just("true"), "sort": st.sampled_from(["rank", "-partner_contribution_pp"])},
    "/v1/commodities": {"rest": st.just("true"), "sort": st.sampled_from(["rank", "-commodity_share_pct"])},
    "/v1/balances": {"sort": st.sampled_from(["-balance", "rank"])},
    "/v1/revisions": {},
}


@st.composite
def questions(draw):
    path, frequency = draw(st.sampled_from(list(OWN))), draw(st.sampled_from(list(PERIODS)))
    optional = OFTEN | OWN[path] | {"period": PERIODS[frequency]}
    if path == "/v1/balances":
        del optional["flow"]
    asked = draw(st.fixed_dictionaries({}, optional=optional))
    return path, {"reporter": "JPN", "frequency": frequency} | asked


OF_WORLDS = {
    "flow": some(["X", "M"]),
    "partner": some([*COUNTRIES, "WLD", "BRICS", "EU", "all"], max_size=4),
    "commodity": some([*GOODS, "all"], max_size=2),
    "level": some(["0", "1", "2"], max_size=2),
    "as_of": st.sampled_from(["2022-02-15", "2022-03-01", "2021-12-31"]),
    "period": some([*YEARS, "2017", "latest", "2019..2021"], max_size=2),
    "limit": st.sampled_from(["1", "2", "7"]),
    "count": st.just("exact"),
    "fields": some(["value", "yoy_pct", "pop_status", "partner_share_pct", "commodity_contribution_pp"], max_size=2),
}
SORTS = {
    "/v1/flows": ["-value", "yoy_pct", "-yoy_change,value"],
    "/v1/series": ["-value", "streak_length"],
    "/v1/partners": ["rank", "-partner_share_pct"],
    "/v1/commodities": ["rank", "-commodity_contribution_pp"],
    "/v1/balances": ["-balance", "rank"],
}


@st.composite
def questions_of_worlds(draw):
    path = draw(st.sampled_from(list(SORTS)))
    optional = OF_WORLDS | {"sort": st.sampled_from(SORTS[path])}
    if path == "/v1/balances":
        del optional["flow"], optional["fields"]
    return path, draw(st.fixed_dictionaries({}, optional=optional))


def both_ways(engine):
    """Return clients of two services on the same data: one answers the fast way, the other by the libraries."""
    return [create_app(engine, hot_reads=hot).test_client() for hot in (True, False)]


@pytest.fixture(scope="module")
def ways(demo_engine):
    """Return both clients on the demo."""
    return both_ways(demo_engine)


def pages(client, path, asked, *, most=4):
    """Return the rows of the first pages, each found by the link of the one before, or the status of what is none."""
    found, following = [], None
    for _ in range(most):
        response = client.get(following) if following else client.get(path, query_string=asked)
        if response.status_code != 200:
            return response.status_code
        found.append(response.json["data"])
        following = response.json["links"]["next"]
        if following is None:
            break
    return found


@given(question=questions())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_question_gets_the_same_answer_whichever_way_it_is_made(ways, question):
    path, asked = question
    fast, by_libraries = ways

    made, kept, described = (client.get(path, query_string=asked) for client in (fast, fast, by_libraries))

    assert made.status_code == kept.status_code == described.status_code
    if made.status_code == 200:
        assert made.data == kept.data
        assert made.headers["ETag"] == kept.headers["ETag"] == described.headers["ETag"]
        assert made.json == described.json


@pytest.fixture
def ways_to_worlds(engine):
    """Return both clients on a database of the test's own."""
    return both_ways(engine)


@given(world=worlds(), asked=st.lists(questions_of_worlds(), min_size=6, max_size=6))
def test_so_it_is_with_groups_gaps_revisions_and_page_after_page(ways_to_worlds, figures, world, asked):
    dataset, (fast, by_libraries) = world.publish(figures), ways_to_worlds

    for path, question in asked:
        made, described = (pages(client, path, question | dataset) for client in (fast, by_libraries))

        assert made == described
