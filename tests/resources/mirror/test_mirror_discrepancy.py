"""The gap between two reports: shown in whole units, in percent from exact values."""

from decimal import Decimal

from service.resources.mirror.discrepancy import discrepancy_columns


def report(exact_value):
    columns = {"valuation": "FOB", "trade_system": "general", "reported_currency": "USD", "obs_status": "A"}
    value = round(exact_value)
    return columns | {"value_status": "ok", "value": value, "exact_value": exact_value}


def test_the_gap_in_percent_is_computed_from_exact_values():
    columns = discrepancy_columns(report(Decimal("1.4")), report(Decimal("2.6")), frequency="A")

    # Shown 3 - 1 = 2. Exact 100 x (2.6 - 1.4) / 1.4 = 85.7143, where the rounded values would give 200.
    assert (columns["gap"], columns["gap_pct"]) == (2, 85.7143)
