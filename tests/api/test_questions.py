"""Questions of one shape share a statement; what makes another statement is another shape."""

import os

import pytest

from service.api.database.request_context import EXTENSION

STATEMENTS = b"SELECT count(*) FROM pg_prepared_statements WHERE statement ~ 'FROM observatio[n]'"
MONTH = {"reporter": "JPN", "partner": "CHN", "commodity": "TOTAL", "period": "2024-01"}


@pytest.fixture
def prepared(client, figures):
    """Return a function that asks for months and returns how many statements on figures are prepared by then."""
    if os.environ.get("HOT_READS") == "off":
        pytest.skip("HOT_READS=off asks by no prepared statements")
    figures({("X", partner, good, "2024-01"): 1 for partner in ("WLD", "CHN", "USA") for good in ("TOTAL", "A", "B")})

    def ask(path, **changes):
        flow = {} if path == "/v1/balances" else {"flow": "X"}
        response = client.get(path, query_string=MONTH | flow | changes)
        assert response.status_code == 200
        (reads,) = client.application.extensions[EXTENSION].reads.values()
        return reads.read(STATEMENTS).rows[0][0]

    return ask


ONE_SERIES_AND_SEVERAL = 2
SHAPES = {
    "/v1/flows": 1,
    "/v1/series": ONE_SERIES_AND_SEVERAL,
    "/v1/partners": 1,
    "/v1/commodities": 1,
    "/v1/balances": 1,
}


@pytest.mark.parametrize(("path", "shapes"), SHAPES.items())
def test_other_codes_periods_and_limits_are_asked_by_the_same_statement(prepared, path, shapes):
    asked = [
        prepared(path, partner=partner, commodity=good, period=period, limit=limit)
        for partner in ("CHN", "USA,CHN")
        for good in ("A", "A,B")
        for period in ("2024-01", "2023-12..2024-01")
        for limit in ("1", "20")
    ]

    assert set(asked) == set(range(1, shapes + 1))


def test_another_order_is_another_statement(prepared):
    assert [prepared("/v1/flows"), prepared("/v1/flows", sort="-value")] == [1, 2]
