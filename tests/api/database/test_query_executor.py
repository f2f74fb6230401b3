"""Queries of one shape share a prepared statement; a different statement has a different shape."""

import pytest

from service.api.database.request_context import DATABASE_EXTENSION

COUNT_PREPARED_STATEMENTS = b"SELECT count(*) FROM pg_prepared_statements WHERE statement ~ 'FROM observatio[n]'"
MONTH_QUERY = {"reporter": "JPN", "partner": "CHN", "commodity": "TOTAL", "period": "2024-01"}


@pytest.fixture
def count_statements(client, figures):
    """Return a function that asks for months and returns how many statements on figures are prepared by then."""
    figures({("X", partner, good, "2024-01"): 1 for partner in ("WLD", "CHN", "USA") for good in ("TOTAL", "A", "B")})

    def ask(path, **changes):
        flow = {} if path == "/v1/balances" else {"flow": "X"}
        response = client.get(path, query_string=MONTH_QUERY | flow | changes)
        assert response.status_code == 200
        (reads,) = client.application.extensions[DATABASE_EXTENSION].read_pools.values()
        return reads.read(COUNT_PREPARED_STATEMENTS)[0][0]

    return ask


SERIES_SHAPE_COUNT = 2
SHAPE_COUNTS = {
    "/v1/flows": 1,
    "/v1/series": SERIES_SHAPE_COUNT,
    "/v1/partners": 1,
    "/v1/commodities": 1,
    "/v1/balances": 1,
}


@pytest.mark.parametrize(("path", "shapes"), SHAPE_COUNTS.items())
def test_codes_periods_and_limits_share_a_prepared_statement(count_statements, path, shapes):
    asked = [
        count_statements(path, partner=partner, commodity=good, period=period, limit=limit)
        for partner in ("CHN", "USA,CHN")
        for good in ("A", "A,B")
        for period in ("2024-01", "2023-12..2024-01")
        for limit in ("1", "20")
    ]

    assert set(asked) == set(range(1, shapes + 1))


def test_a_different_sort_order_is_a_different_statement(count_statements):
    assert [count_statements("/v1/flows"), count_statements("/v1/flows", sort="-value")] == [1, 2]


def test_currencies_share_a_prepared_statement(count_statements, figures):
    figures.execute("""
        INSERT INTO exchange_rate (currency, day, per_euro)
        VALUES ('EUR', '2024-01-31', 1), ('USD', '2024-01-31', 1.1), ('JPY', '2024-01-31', 160)""")

    average = [count_statements("/v1/flows", currency=currency) for currency in ("EUR", "JPY")]
    fixed = [count_statements("/v1/flows", currency=currency, fx="2024-01-31") for currency in ("EUR", "JPY")]

    assert (average, fixed) == ([1, 1], [2, 2])
