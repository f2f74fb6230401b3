"""The reading of a claim in words."""

from service.domain.codes import TOTAL_CODE
from service.resources.checks.claims import Reading

FLOW_PHRASES = {"X": "exports to", "M": "imports from"}
READING_PHRASES = {
    "value": "value",
    "yoy_pct": "growth from a year earlier",
    "yoy_change": "change from a year earlier",
    "pop_pct": "growth on the period before",
    "two_year_pct": "growth over two years",
    "ytd_value": "value of the year to date",
    "ytd_pct": "growth of the year to date",
    "partner_share_pct": "share of the total",
    "commodity_share_pct": "share of the total",
    "partner_contribution_pp": "contribution to growth",
    "commodity_contribution_pp": "contribution to growth",
    "streak_length": "months of growth in one direction",
    "months_since_as_high": "months since a value as high",
    "months_since_as_low": "months since a value as low",
    "months_since_growth_as_high": "months since growth as high",
    "months_since_growth_as_low": "months since growth as low",
    "months_since_balance_as_high": "months since a balance as high",
    "months_since_balance_as_low": "months since a balance as low",
    "months_since_rise": "months since the last rise",
    "months_since_decline": "months since the last decline",
    "months_since_surplus": "months since the last surplus",
    "months_since_deficit": "months since the last deficit",
    "fytd_value": "value of the fiscal year to date",
    "fytd_pct": "growth of the fiscal year to date",
    "r12_value": "value of 12 months",
    "r12_pct": "growth of 12 months",
    "ratio": "multiple of",
    "excess_pct": "percent more than",
    "excess": "more than",
    "rank": "rank among partners",
    "balance": "value",
    "balance_magnitude_pct": "change in percent from a year earlier",
    "balance_size_change": "change from a year earlier",
}


def reading_text(reading: Reading, partner_name: str) -> str:
    """Return a reading in words, such as `exports to World, growth from a year earlier, 2024-01`."""
    commodity = reading.commodity.rpartition("/")[2]
    parts = [
        f"{FLOW_PHRASES.get(reading.flow, 'trade balance with')} {partner_name}",
        "" if commodity == TOTAL_CODE else f"commodity {commodity}",
        READING_PHRASES.get(reading.measure, reading.measure),
        reading.period,
    ]
    return ", ".join(filter(None, parts))
