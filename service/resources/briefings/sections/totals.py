"""Statements on total exports and imports: value, growth, streak, and the sums of the year and fiscal year to date."""

from collections.abc import Iterator, Mapping, Sequence

from service.domain.text import (
    describe_growth,
    format_growth,
    format_money,
    format_period,
    format_row_period,
    format_sentence,
    format_value,
    ordinal,
    possessive,
)
from service.domain.unrounded_rates import unrounded_rate
from service.resources.briefings.data_source import BriefingData, QueryParameters, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT, BriefingRequest
from service.resources.briefings.statement import Statement, missing_statement, statement_for_row

PERIOD_UNIT_NAMES = {"M": "month", "Q": "quarter", "H": "half-year", "A": "year"}
Total = tuple[ResponseRow, QueryParameters]


def fetch_totals(briefing_data: BriefingData) -> dict[str, Total]:
    """Return the published totals by flow code, each with the parameters of its request."""
    totals: dict[str, Total] = {}
    for code in FLOW_CODE_BY_NAME.values():
        rows, parameters = briefing_data.fetch_known_rows("/v1/series", flow=code)
        if rows:
            totals[code] = rows[0], parameters
    return totals


def total_row(totals: Mapping[str, Total], flow_code: str) -> ResponseRow | None:
    """Return the row with total exports (`X`) or total imports (`M`); null where it is not published."""
    return totals[flow_code][0] if flow_code in totals else None


def totals_section(
    briefing_data: BriefingData, request: BriefingRequest, totals: Mapping[str, Total]
) -> Iterator[Statement]:
    """Yield the statements on total exports and imports. `totals` has those of each flow by its code: `X` or `M`."""
    for flow, code in FLOW_CODE_BY_NAME.items():
        if code not in totals:
            link = briefing_data.link("/v1/series", flow=code)
            yield missing_statement(flow, f"Total {flow} in {request.period_name} are not published.", link=link)
            continue
        row, parameters = totals[code]
        history = briefing_data.fetch_rows(
            "/v1/series", **{**parameters, "period": f"..{request.period}", "limit": MAX_LIMIT}
        )
        link = briefing_data.link("/v1/series", **parameters)
        yield _total_statement(row, flow=flow, request=request, history=history, link=link)
        yield from _cumulative_statements(row, flow=flow, request=request, history=history, link=link)


def _total_statement(
    row: ResponseRow, *, flow: str, request: BriefingRequest, history: Sequence[ResponseRow], link: str
) -> Statement:
    streak = _describe_streak(row, is_start_known=_is_streak_start_known(history, row))
    subject = f"{possessive(request.reporter_name)} {flow}"
    sentence = format_sentence(
        f"{subject} in {format_row_period(row)} were {format_value(row)}, {describe_growth(row)}{streak}"
    )
    return statement_for_row(row, flow, "totals", sentence, link, ("value", "yoy_base", "yoy_pct", "streak_length"))


def _cumulative_statements(
    row: ResponseRow, *, flow: str, request: BriefingRequest, history: Sequence[ResponseRow], link: str
) -> Iterator[Statement]:
    """Yield the sums of the year and of the fiscal year up to the period, and January with February in February."""
    last_month = format_period(request.last_month)
    base_row = next((each for each in history if each["period"] == row["yoy_base_period"]), {})
    subject = f"{possessive(request.reporter_name)} {flow}"
    for key, prefix, span in (
        ("year-to-date", "ytd", f"From January to {last_month}"),
        ("fiscal-year-to-date", "fytd", f"From the beginning of the fiscal year to {last_month}"),
    ):
        value, growth_pct = row.get(f"{prefix}_value"), row.get(f"{prefix}_pct")
        if value is None or value == row["value"]:
            continue
        base = base_row.get(f"{prefix}_value")
        growth_pct = unrounded_rate(growth_pct, None if base is None else value - base, base)
        growth = "" if growth_pct is None else f", {format_growth(growth_pct)} from the same months a year earlier"
        sentence = f"{span} {subject} came to {format_money(value, row['currency'])}{growth}."
        columns = (f"{prefix}_value", f"{prefix}_pct")
        yield statement_for_row(row, f"{flow}-{key}", "totals", sentence, link, columns)
    if row["jan_feb_pct"] is not None:
        growth = format_growth(_unrounded_jan_feb_pct(row, history))
        sentence = f"In January and February together {subject} were {growth} from a year earlier."
        yield statement_for_row(row, f"{flow}-january-february", "totals", sentence, link, ("jan_feb_pct",))


def _unrounded_jan_feb_pct(row: ResponseRow, history: Sequence[ResponseRow]) -> float:
    """Return the growth of January and February together, computed from the two months of the history."""
    january = f"{row['period'][:4]}-01"
    months = [each for each in history if january <= each["period"] <= row["period"]]
    value, base = (sum(each[name] or 0 for each in months) for name in ("value", "yoy_base"))
    return unrounded_rate(row["jan_feb_pct"], value - base, base)


def _is_streak_start_known(history: Sequence[ResponseRow], row: ResponseRow) -> bool:
    """Return whether the history has growth of another direction before the streak; else it may be longer."""
    position_before_streak = len(history) - 1 - (row["streak_length"] or 0)
    return position_before_streak >= 0 and history[position_before_streak]["streak_direction"] is not None


def _describe_streak(row: ResponseRow, *, is_start_known: bool) -> str:
    length, unit = row["streak_length"], PERIOD_UNIT_NAMES[row["frequency"]]
    word = {"up": "growth", "down": "decline"}.get(row["streak_direction"] or "")
    if not word or length < 2:
        return ""
    return f", the {ordinal(length)} {unit} of {word} in a row{'' if is_start_known else ' at least'}"
