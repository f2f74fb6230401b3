"""Trade measures announced or in force, and trade in the goods that they affect."""

from collections.abc import Iterator, Mapping

from service.resources.briefings.data_source import Facts, Row
from service.resources.briefings.request import ALL_ROWS, FLOWS, Asked
from service.resources.briefings.sections.affected_trade import Affected, Trade
from service.resources.briefings.sections.partners import Partners
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import Statement, source_of
from service.resources.briefings.text import area_words, day_words


def tell_measures(
    facts: Facts, asked: Asked, totals: Mapping[str, Total], partners: Mapping[str, Partners]
) -> Iterator[Statement]:
    """Yield each measure, and trade in what it affects with the partners that it names, or else the main ones."""
    question = {"period": asked.period, "limit": ALL_ROWS}
    for measure in facts.rows_at(facts.link_beside("/v1/measures", "reporter", "as_of", **question)):
        link = facts.link_beside(f"/v1/measures/{measure['measure']}", "as_of")
        yield _measure(measure, asked, link=link)
        for affected in _affected(measure):
            told = Trade(facts, asked, affected)
            rows = told.rows(partners[FLOWS[affected.flow]]) if _is_answered(facts, affected, totals) else []
            if not rows:
                yield told.missing(link=link)
            for row in rows:
                yield told.in_period(row)
                yield from told.since(row)


def _affected(measure: Row) -> Iterator[Affected]:
    for flow in (flow for flow, code in FLOWS.items() if code in measure["flows"]):
        for good in measure["goods"]:
            yield Affected(measure, flow, *good.split(":"))


def _measure(measure: Row, asked: Asked, *, link: str) -> Statement:
    what = f"{measure['title']} ({measure['authority']}); it affects {_trade_words(measure)}"
    description = f" {measure['description']}" if measure["description"] else ""
    sentence = f"{_when(measure, asked)}: {what}.{description}"
    return Statement(f"measure-{measure['measure']}", "measures", sentence, link, source=source_of(measure))


def _trade_words(measure: Row) -> str:
    """Return `exports to all partners`, `imports from China and the European Union`."""
    *others, last = [area_words(name) for name in measure["partner_names"]] or ["all partners"]
    whom = f"{', '.join(others)} and {last}" if others else last
    ways = {"exports": f"exports to {whom}", "imports": f"imports from {whom}"}
    return " and ".join(ways[flow] for flow, code in FLOWS.items() if code in measure["flows"])


def _when(measure: Row, asked: Asked) -> str:
    """Return since when it is in force, as seen from the end of the period."""
    announced, in_force, ended = (measure[name] for name in ("announced_on", "in_force_on", "ended_on"))
    known_since = day_words(announced)
    if in_force is None:
        return f"Announced on {known_since}, without a day set to take effect"
    if in_force[:7] > asked.last_month:
        return f"Announced on {known_since}, to take effect on {day_words(in_force)}"
    until = "" if ended is None else f" until {day_words(ended)}"
    return f"In force since {day_words(in_force)}{until} (announced on {known_since})"


def _is_answered(facts: Facts, affected: Affected, totals: Mapping[str, Total]) -> bool:
    """Return whether the goods are in the classification that the briefing is bound to, where it is to one."""
    bound = facts.same.get("dataset") or facts.same.get("classification")
    editions = {row["classification"] for row, _ in totals.values()}
    return not bound or affected.classification in editions
