"""Sums in another currency: each month is converted at its own rate, then added up (growth.md, rule 10)."""

import pytest

QUERY = {"reporter": "JPN", "flow": "X"}
DAYS = {"2024-01": "31", "2024-02": "29", "2024-03": "31"}


def fetch_rows(client, query, path="/v1/flows"):
    response = client.get(path, query_string=QUERY | query)
    assert response.status_code == 200, response.json
    return response.json["data"]


@pytest.fixture
def quarter(figures):
    """Publish 100 dollars in each month of a quarter; a euro is 2 dollars, then 1, then 4."""
    rates = [
        f"('{currency}', '{month}-{day}', {per_euro})"
        for (month, last), dollars in zip(DAYS.items(), (2, 1, 4), strict=True)
        for currency, per_euro in (("EUR", 1), ("USD", dollars))
        for day in ("01", last)
    ]
    figures.execute(f"INSERT INTO exchange_rate (currency, day, per_euro) VALUES {', '.join(rates)}")
    flows = {("X", "WLD", "TOTAL", month): 100 for month in DAYS}
    figures(flows | {("M", "WLD", "TOTAL", month): 200 * n for n, month in enumerate(DAYS)}, published="2024-04-30")


@pytest.mark.usefixtures("quarter")
def test_a_quarter_is_the_sum_of_its_months_in_any_currency(client):
    months = fetch_rows(client, {"currency": "EUR", "period": "2024-01..2024-03"})
    quarters = [fetch_rows(client, {"currency": "EUR", "frequency": "Q"}, path) for path in ("/v1/flows", "/v1/series")]

    assert [(row["value"], row["exchange_rate"]) for row in months] == [(50, 0.5), (100, 1.0), (25, 0.25)]
    # 175 euros for 300 dollars are 0.58333 euros a dollar; the mean of the daily rates would have given 0.58333 as
    # well with equal months, and another rate for the imports of 0, 200 and 400 dollars: 300 euros for 600 dollars.
    for rows in quarters:
        assert [(row["value"], row["exchange_rate"]) for row in rows] == [(175, 0.583333333333)]


@pytest.mark.usefixtures("quarter")
def test_the_effective_rate_depends_on_the_flow(client):
    imports = fetch_rows(client, {"flow": "M", "currency": "EUR", "frequency": "Q"})
    balance_query = {"reporter": "JPN", "currency": "EUR", "frequency": "Q"}
    balance = client.get("/v1/balances", query_string=balance_query).json["data"]

    # 0 x 0.5 + 200 x 1 + 400 x 0.25 = 300 euros for 600 dollars; both flows: 475 euros for 900 dollars.
    assert [(row["value"], row["exchange_rate"]) for row in imports] == [(300, 0.5)]
    names = ("exports_value", "imports_value", "balance", "exchange_rate")
    assert [tuple(row[name] for name in names) for row in balance] == [(175, 300, -125, 0.527777777778)]


@pytest.mark.usefixtures("quarter")
def test_a_year_equals_the_year_to_date_of_its_last_month(client):
    month = fetch_rows(client, {"currency": "EUR", "period": "2024-03"}, "/v1/series")
    year = fetch_rows(client, {"currency": "EUR", "frequency": "A"}, "/v1/flows")

    assert [row["ytd_value"] for row in month] == [row["value"] for row in year] == [175]


@pytest.mark.usefixtures("quarter")
@pytest.mark.parametrize(("basis", "value", "rate"), [("end", 175, 0.583333333333), ("2024-01-31", 150, 0.5)])
def test_the_basis_of_the_rate_applies_to_each_month(client, basis, value, rate):
    rows = fetch_rows(client, {"currency": "EUR", "fx": basis, "frequency": "Q"})

    assert [(row["value"], row["exchange_rate"]) for row in rows] == [(value, rate)]


@pytest.mark.usefixtures("quarter")
def test_a_quarter_with_a_month_without_a_rate_is_null(client, figures):
    figures.execute("DELETE FROM exchange_rate WHERE day > '2024-03-01'")

    rows = fetch_rows(client, {"currency": "EUR", "frequency": "Q"})

    assert [(row["value"], row["exchange_rate"]) for row in rows] == [(None, None)]
