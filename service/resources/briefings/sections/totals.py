"""Statements on total exports and imports: value, growth, streak, and the sum of the year to date."""

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
from service.resources.briefings.data_source import BriefingData, QueryParameters, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT, BriefingRequest
from service.resources.briefings.statement import Statement, missing_statement, statement_for_row

PERIOD_UNIT_NAMES = {"M": "month", "Q": "quarter", "A": "year"}
Total = tuple[ResponseRow, QueryParameters]


def fetch_totals(briefing_data: BriefingData) -> dict[str, Total]:
    """Return the published totals by flow code, each with the parameters of its request."""
    totals: dict[str, Total] = {}
    for code in FLOW_CODE_BY_NAME.values():
        rows, parameters = briefing_data.fetch_known_rows("/v1/series", flow=code)
        if rows:
            totals[code] = rows[0], parameters
    return totals


def totals_section(
    briefing_data: BriefingData, request: BriefingRequest, totals: Mapping[str, Total]
) -> Iterator[Statement]:
    """Yield the statements on total exports and imports."""
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
        if row["ytd_value"] is not None and row["ytd_value"] != row["value"]:
            yield _year_to_date_statement(row, flow=flow, request=request, link=link)


def _total_statement(
    row: ResponseRow, *, flow: str, request: BriefingRequest, history: Sequence[ResponseRow], link: str
) -> Statement:
    streak = _describe_streak(row, is_start_known=_is_streak_start_known(history, row))
    subject = f"{possessive(request.reporter_name)} {flow}"
    sentence = format_sentence(
        f"{subject} in {format_row_period(row)} were {format_value(row)}, {describe_growth(row)}{streak}"
    )
    return statement_for_row(row, flow, "totals", sentence, link, ("value", "yoy_base", "yoy_pct", "streak_length"))


def _year_to_date_statement(row: ResponseRow, *, flow: str, request: BriefingRequest, link: str) -> Statement:
    growth = (
        f", {format_growth(row['ytd_pct'])} on the same months of the year before" if row["ytd_pct"] is not None else ""
    )
    amount = format_money(row["ytd_value"], row["currency"])
    last_month = format_period(request.last_month)
    sentence = f"From January to {last_month} {possessive(request.reporter_name)} {flow} came to {amount}{growth}."
    return statement_for_row(row, f"{flow}-year-to-date", "totals", sentence, link, ("ytd_value", "ytd_pct"))


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
