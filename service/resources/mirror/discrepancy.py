"""The discrepancy between two reports of one flow, and its possible reasons."""

from collections.abc import Mapping
from typing import Any

from service.domain.rounding import rounded_ratio

REPORT_STATUSES = (
    "ok",
    "not_covered",
    "not_published",
    "value_missing",
    "suppressed",
    "incomplete_period",
    "incomplete_total",
    "no_exchange_rate",
)
DISCREPANCY_NOTES = {
    "valuation": "the sides value goods differently, as with and without freight and insurance",
    "trade_system": "one side counts goods in free zones and warehouses that the other does not",
    "origin": "imports are by country of origin, exports by last known destination, so that goods through third "
    "countries are in one report alone",
    "time_lag": "goods that leave in one period may arrive in the next",
    "exchange_rate": "the sides report in different currencies",
    "revisions": "a figure is provisional or estimated",
}
"""Reasons for a discrepancy, by the codes in the column `notes`, with their meanings."""
PRELIMINARY_STATUSES = {"P", "E"}

ReportColumns = Mapping[str, Any]


def discrepancy_columns(
    reporter_report: ReportColumns, partner_report: ReportColumns, *, frequency: str
) -> dict[str, Any]:
    """Return the columns gap, in the currency of both values, gap_pct, in percent of the reporter's value, and notes.

    The gap is null, and there are no notes, unless both sides report a figure of the whole period.
    """
    if not reporter_report["value_status"] == partner_report["value_status"] == "ok":
        return {"gap": None, "gap_pct": None, "notes": []}
    gap: int = partner_report["value"] - reporter_report["value"]
    exact_gap = partner_report["exact_value"] - reporter_report["exact_value"]
    return {
        "gap": gap,
        "gap_pct": rounded_ratio(exact_gap, total=reporter_report["exact_value"], scale=100),
        "notes": _discrepancy_notes(reporter_report, partner_report, frequency),
    }


def _discrepancy_notes(reporter_report: ReportColumns, partner_report: ReportColumns, frequency: str) -> list[str]:
    applies = {
        "valuation": reporter_report["valuation"] != partner_report["valuation"],
        "trade_system": reporter_report["trade_system"] != partner_report["trade_system"],
        "origin": True,
        "time_lag": frequency != "A",
        "exchange_rate": reporter_report["reported_currency"] != partner_report["reported_currency"],
        "revisions": bool({reporter_report["obs_status"], partner_report["obs_status"]} & PRELIMINARY_STATUSES),
    }
    return [note for note in DISCREPANCY_NOTES if applies[note]]
