"""Facts that a text leaves out about its first growth rate."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.resources.checks.verdicts.judge import Verdict


def omitted_facts(context: Context, verdicts: Sequence[Verdict], published: date | None) -> list[dict[str, Any]]:
    """Return the facts that put the first growth rate of a text in context and that the text does not state.

    The list is empty for a text without a growth rate whose official figure is known. Partners and commodities that the
    text names are not repeated.
    """
    outcomes = [each.outcome for each in verdicts if each.outcome is not None and each.outcome.figure is not None]
    readings = [outcome.reading for outcome in outcomes]
    main = next((each for each in readings if each.measure == "yoy_pct"), None)
    if main is None:
        return []
    named_codes = {code for each in readings for code in (each.partner, each.commodity.rpartition("/")[2])}
    days = [outcome.cell.as_of for outcome in outcomes]
    newest_day = max((day for day in days if day is not None), default=published)
    parameters = {
        "reporter": main.reporter,
        "partner": main.partner,
        "flow": main.flow,
        "commodity": main.commodity.rpartition("/")[2],
        "period": main.period,
        "frequency": {"-Q": "Q", "-H": "H", "": "A"}.get(main.period[4:6], "M"),
        "named": ",".join(sorted(named_codes - {WORLD_CODE, TOTAL_CODE})) or None,
        "as_of": None if newest_day is None else newest_day.isoformat(),
    }
    facts: list[dict[str, Any]] = context.fetch_resource(build_url("/v1/omitted", parameters)).rows()
    return facts
