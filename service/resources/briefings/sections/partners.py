"""The main partners by value, and what partners brought of the growth of all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.resources.briefings.data_source import Facts, Question, Row
from service.resources.briefings.request import ALL_ROWS, FLOWS, Asked
from service.resources.briefings.sections.top_contributors import MOST_MOVERS, movers
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import Statement, missing, of_figure
from service.resources.briefings.text import (
    STATUS_WORDS,
    amount,
    growth_words,
    is_unchanged,
    of_whom,
    percent,
    points,
    size_of_points,
)

VALUES = ("value", "yoy_base", "yoy_pct", "partner_share_pct", "partner_contribution_pp", "rank")
CONTRIBUTIONS = ("partner_contribution_pp", "yoy_pct", "value")


@dataclass(frozen=True)
class Partners:
    """The single partners of one flow by falling value, and the question that they answer."""

    rows: Sequence[Row]
    question: Question

    def link(self, facts: Facts, row: Row) -> str:
        """Return the address of the row of one of them."""
        return facts.link(f"/v1/partners/{row['partner']}", **self.question)


def found_partners(facts: Facts) -> dict[str, Partners]:
    """Return the partners of each flow, by the flow's code."""
    found = {}
    for code in FLOWS.values():
        rows, question = facts.found("/v1/partners", flow=code, limit=ALL_ROWS)
        of_rows = {name: value for name, value in question.items() if name != "limit"}
        found[code] = Partners([row for row in rows if row["value"]], of_rows)
    return found


def tell_partners(facts: Facts, asked: Asked, partners: Mapping[str, Partners]) -> Iterator[Statement]:
    """Yield the trade with each of the main partners."""
    for flow, code in FLOWS.items():
        found = partners[code]
        if not found.rows:
            sentence = f"{flow.capitalize()} by partner are not loaded for {asked.when}."
            yield missing(f"{flow}-partners", sentence, link=facts.link("/v1/partners", flow=code))
        for row in found.rows[: asked.top]:
            share = row["partner_share_pct"]
            part = f", {percent(share)} of all {flow}" if share is not None else ""
            sentence = f"{_with(flow, row)} were {amount(row)}, {growth_words(row)}{part}."
            yield of_figure(row, f"{flow}-{row['partner']}", "partners", sentence, found.link(facts, row), VALUES)


def tell_contributions(
    facts: Facts, totals: Mapping[str, Total], partners: Mapping[str, Partners]
) -> Iterator[Statement]:
    """Yield how many points of the growth of all exports or imports single partners brought, and took off."""
    for flow, code in FLOWS.items():
        if code not in totals or not partners[code].rows:
            continue
        total, question = totals[code]
        if total["yoy_pct"] is None:
            why = STATUS_WORDS[total["yoy_status"]]
            link = facts.link("/v1/series", **question)
            yield missing(f"{flow}-growth", f"What moved {flow} cannot be told, as {why}.", link=link)
            continue
        for row in movers(partners[code].rows, "partner_contribution_pp", most=MOST_MOVERS):
            yield _contribution(row, flow=flow, growth=total["yoy_pct"], link=partners[code].link(facts, row))


def _contribution(row: Row, *, flow: str, growth: float, link: str) -> Statement:
    own = row["partner_contribution_pp"]
    size = size_of_points(own)
    who = f"{_with(flow, row)}, {growth_words(row)},"
    if is_unchanged(growth):
        did = f"moved all {flow}, unchanged as they were, by {points(own)} percentage points"
    elif (own > 0) == (growth > 0):
        did = f"made up {size} of the {size_of_points(growth)} percentage points by which {flow} {_went(growth)}"
    elif growth > 0:
        did = f"took {size} percentage points off the growth of {flow}"
    else:
        did = f"slowed the fall of {flow} by {size} percentage points"
    key = f"{flow}-contribution-{row['partner']}"
    return of_figure(row, key, "contributions", f"{who} {did}.", link, CONTRIBUTIONS)


def _went(growth: float) -> str:
    return "grew" if growth > 0 else "fell"


def _with(flow: str, row: Row) -> str:
    return f"{flow.capitalize()} {of_whom(flow, row['partner_name'])}"
