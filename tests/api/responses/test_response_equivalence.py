"""However an answer is made, it is the same: from memory, the fast way, or by the libraries that describe it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.app import create_app
from tests.support.strategies import COMMODITY_CODES, PARTNER_CODES, YEARS, trade_data


def value_lists(values, **bounds):
    return st.lists(st.sampled_from(values), min_size=1, unique=True, **bounds).map(",".join)


PERIOD_LISTS = {
    "M": value_lists(
        ["2023-01", "2023-12", "2024-01", "latest", "2023-10..2024-01", "2021-07", "2023-02..2023-03"], max_size=2
    ),
    "Q": value_lists(["2023-Q1", "2023-Q4", "2023-Q1..2023-Q3", "latest"], max_size=2),
    "A": value_lists(["2022", "2023", "2024", "latest"], max_size=2),
}
COMMON_PARAMETERS = {
    "flow": value_lists(["X", "M"]),
    "as_of": st.sampled_from(["2024-02-28", "2024-01-15", "2023-06-30"]),
    "currency": st.sampled_from(["USD", "EUR", "JPY"]),
    "labels": st.sampled_from(["true", "false"]),
    "limit": st.sampled_from(["1", "3", "20", "1000"]),
    "fields": value_lists(["value", "yoy_pct", "pop_status", "release"], max_size=3),
    "count": st.just("exact"),
    "partner": value_lists(["CHN", "USA", "EU", "ASEAN", "WLD", "all", "NZL"], max_size=3),
    "commodity": value_lists(["TOTAL", "IC", "MACHINERY", "all"], max_size=1),
    "level": value_lists(["0", "1", "2"]),
}
RESOURCE_PARAMETERS = {
    "/v1/flows": {"sort": st.sampled_from(["-value", "yoy_pct", "-yoy_change,value"])},
    "/v1/series": {"sort": st.sampled_from(["-value", "streak_length", "cagr_pct"])},
    "/v1/partners": {"rest": st.just("true"), "sort": st.sampled_from(["rank", "-partner_contribution_pp"])},
    "/v1/commodities": {"rest": st.just("true"), "sort": st.sampled_from(["rank", "-commodity_share_pct"])},
    "/v1/balances": {"sort": st.sampled_from(["-balance", "rank"])},
    "/v1/revisions": {},
}


@st.composite
def demo_requests(draw):
    path, frequency = draw(st.sampled_from(list(RESOURCE_PARAMETERS))), draw(st.sampled_from(list(PERIOD_LISTS)))
    optional = COMMON_PARAMETERS | RESOURCE_PARAMETERS[path] | {"period": PERIOD_LISTS[frequency]}
    if path == "/v1/balances":
        del optional["flow"]
    asked = draw(st.fixed_dictionaries({}, optional=optional))
    return path, {"reporter": "JPN", "frequency": frequency} | asked


GENERATED_DATA_PARAMETERS = {
    "flow": value_lists(["X", "M"]),
    "partner": value_lists([*PARTNER_CODES, "WLD", "BRICS", "EU", "all"], max_size=4),
    "commodity": value_lists([*COMMODITY_CODES, "all"], max_size=2),
    "level": value_lists(["0", "1", "2"], max_size=2),
    "as_of": st.sampled_from(["2022-02-15", "2022-03-01", "2021-12-31"]),
    "period": value_lists([*YEARS, "2017", "latest", "2019..2021"], max_size=2),
    "limit": st.sampled_from(["1", "2", "7"]),
    "count": st.just("exact"),
    "fields": value_lists(
        ["value", "yoy_pct", "pop_status", "partner_share_pct", "commodity_contribution_pp"], max_size=2
    ),
}
SORT_ORDERS = {
    "/v1/flows": ["-value", "yoy_pct", "-yoy_change,value"],
    "/v1/series": ["-value", "streak_length"],
    "/v1/partners": ["rank", "-partner_share_pct"],
    "/v1/commodities": ["rank", "-commodity_contribution_pp"],
    "/v1/balances": ["-balance", "rank"],
}


@st.composite
def generated_data_requests(draw):
    path = draw(st.sampled_from(list(SORT_ORDERS)))
    optional = GENERATED_DATA_PARAMETERS | {"sort": st.sampled_from(SORT_ORDERS[path])}
    if path == "/v1/balances":
        del optional["flow"], optional["fields"]
    return path, draw(st.fixed_dictionaries({}, optional=optional))


def create_client_pair(engine):
    """Return clients of two services on the same data: one answers the fast way, the other by the libraries."""
    return [create_app(engine, hot_reads=hot).test_client() for hot in (True, False)]


@pytest.fixture(scope="module")
def demo_client_pair(demo_engine):
    """Return both clients on the demo."""
    return create_client_pair(demo_engine)


def fetch_first_pages(client, path, query, *, max_pages=4):
    """Return the rows of the first pages, each found by the link of the one before, or the status of what is none."""
    found, following = [], None
    for _ in range(max_pages):
        response = client.get(following) if following else client.get(path, query_string=query)
        if response.status_code != 200:
            return response.status_code
        found.append(response.json["data"])
        following = response.json["links"]["next"]
        if following is None:
            break
    return found


@given(question=demo_requests())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cached_and_uncached_responses_are_equal(demo_client_pair, question):
    path, asked = question
    fast, by_libraries = demo_client_pair

    made, kept, described = (client.get(path, query_string=asked) for client in (fast, fast, by_libraries))

    assert made.status_code == kept.status_code == described.status_code
    if made.status_code == 200:
        assert made.data == kept.data
        assert made.headers["ETag"] == kept.headers["ETag"] == described.headers["ETag"]
        assert made.json == described.json


@pytest.fixture
def empty_client_pair(engine):
    """Return both clients on a database of the test's own."""
    return create_client_pair(engine)


@given(generated_data=trade_data(), asked=st.lists(generated_data_requests(), min_size=6, max_size=6))
def test_responses_to_generated_data_are_equal_page_by_page(empty_client_pair, figures, generated_data, asked):
    dataset, (fast, by_libraries) = generated_data.publish(figures), empty_client_pair

    for path, question in asked:
        made, described = (fetch_first_pages(client, path, question | dataset) for client in (fast, by_libraries))

        assert made == described
