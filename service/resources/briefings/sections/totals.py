"""Totals: all exports and imports, their growth, since when they have grown, and the year so far."""

from collections.abc import Iterator, Mapping, Sequence

from service.resources.briefings.data_source import Facts, Question, Row
from service.resources.briefings.request import ALL_ROWS, FLOWS, Asked
from service.resources.briefings.statement import Statement, missing, of_figure
from service.resources.briefings.text import (
    amount,
    growth_words,
    money,
    moved,
    ordinal,
    period_words,
    possessive,
    sentence_of,
)

UNIT_WORDS = {"M": "month", "Q": "quarter", "A": "year"}
Total = tuple[Row, Question]


def found_totals(facts: Facts) -> dict[str, Total]:
    """Return the total of each flow that is published, with the question that it answers, by the flow's code."""
    totals: dict[str, Total] = {}
    for code in FLOWS.values():
        rows, asked = facts.found("/v1/series", flow=code)
        if rows:
            totals[code] = rows[0], asked
    return totals


def tell_totals(facts: Facts, asked: Asked, totals: Mapping[str, Total]) -> Iterator[Statement]:
    """Yield what is to be said of all exports and imports."""
    for flow, code in FLOWS.items():
        if code not in totals:
            link = facts.link("/v1/series", flow=code)
            yield missing(flow, f"Total {flow} in {asked.when} are not published.", link=link)
            continue
        row, question = totals[code]
        history = facts.rows("/v1/series", **{**question, "period": f"..{asked.period}", "limit": ALL_ROWS})
        link = facts.link("/v1/series", **question)
        yield _total(row, flow=flow, asked=asked, history=history, link=link)
        if row["ytd_value"] is not None and row["ytd_value"] != row["value"]:
            yield _year_to_date(row, flow=flow, asked=asked, link=link)


def _total(row: Row, *, flow: str, asked: Asked, history: Sequence[Row], link: str) -> Statement:
    streak = _streak_words(row, begun=_streak_begun(history, row))
    whose = f"{possessive(asked.reporter_name)} {flow}"
    sentence = sentence_of(f"{whose} in {asked.when} were {amount(row)}, {growth_words(row)}{streak}")
    return of_figure(row, flow, "totals", sentence, link, ("value", "yoy_base", "yoy_pct", "streak_length"))


def _year_to_date(row: Row, *, flow: str, asked: Asked, link: str) -> Statement:
    growth = f", {moved(row['ytd_pct'])} on the same months of the year before" if row["ytd_pct"] is not None else ""
    came_to = money(row["ytd_value"], row["currency"])
    until = period_words(asked.last_month)
    sentence = f"From January to {until} {possessive(asked.reporter_name)} {flow} came to {came_to}{growth}."
    return of_figure(row, f"{flow}-year-to-date", "totals", sentence, link, ("ytd_value", "ytd_pct"))


def _streak_begun(history: Sequence[Row], row: Row) -> bool:
    """Return whether the beginning of a streak is known, or lies before the first growth that can be computed."""
    before = len(history) - 1 - (row["streak_length"] or 0)
    return before >= 0 and history[before]["streak_direction"] is not None


def _streak_words(row: Row, *, begun: bool) -> str:
    length, unit = row["streak_length"], UNIT_WORDS[row["frequency"]]
    word = {"up": "growth", "down": "decline"}.get(row["streak_direction"] or "")
    if not word or length < 2:
        return ""
    return f", the {ordinal(length)} {unit} of {word} in a row{'' if begun else ' at least'}"
