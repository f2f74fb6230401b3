"""The gap between two reports of one flow, and why there is one."""

from collections.abc import Mapping
from typing import Any

from service.domain.ratios import quotient

REPORT_STATUSES = (
    "ok",
    "not_covered",
    "not_published",
    "value_missing",
    "suppressed",
    "incomplete_period",
    "no_exchange_rate",
)
NOTES = {
    "valuation": "the sides value goods differently, as with and without freight and insurance",
    "trade_system": "one side counts goods in free zones and warehouses that the other does not",
    "origin": "imports are by country of origin, exports by last known destination, so that goods through third "
    "countries are in one report alone",
    "time_lag": "what leaves in one period may arrive in the next",
    "exchange_rate": "the sides report in different currencies",
    "revisions": "a figure is provisional or estimated",
}
"""Why two reports of one flow differ: what the rows call it, and what that means."""
TO_BE_REVISED = {"P", "E"}

Report = Mapping[str, Any]


def gap_between(own: Report, mirror: Report, *, frequency: str) -> dict[str, Any]:
    """Return the gap, in the currency of both values, in percent of the reporter's own, and the notes on why.

    Null, and no notes, unless both report a figure of the whole period.
    """
    if not own["value_status"] == mirror["value_status"] == "ok":
        return {"gap": None, "gap_pct": None, "notes": []}
    gap: int = mirror["value"] - own["value"]
    return {
        "gap": gap,
        "gap_pct": quotient(gap, whole=own["value"], scale=100),
        "notes": _notes(own, mirror, frequency),
    }


def _notes(own: Report, mirror: Report, frequency: str) -> list[str]:
    applies = {
        "valuation": own["valuation"] != mirror["valuation"],
        "trade_system": own["trade_system"] != mirror["trade_system"],
        "origin": True,
        "time_lag": frequency != "A",
        "exchange_rate": own["reported_currency"] != mirror["reported_currency"],
        "revisions": bool({own["obs_status"], mirror["obs_status"]} & TO_BE_REVISED),
    }
    return [note for note in NOTES if applies[note]]
