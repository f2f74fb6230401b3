"""What a briefing says, section by section."""

from collections.abc import Iterator

from service.resources.briefings.data_source import Facts
from service.resources.briefings.request import Asked
from service.resources.briefings.sections.balances import tell_balances
from service.resources.briefings.sections.commodities import tell_goods
from service.resources.briefings.sections.indicators import tell_indicators
from service.resources.briefings.sections.measures import tell_measures
from service.resources.briefings.sections.partners import found_partners, tell_contributions, tell_partners
from service.resources.briefings.sections.second_currency import tell_second_currency
from service.resources.briefings.sections.totals import found_totals, tell_totals
from service.resources.briefings.statement import Statement, missing
from service.resources.briefings.text import STATUS_WORDS

NOTHING_WORDS = STATUS_WORDS | {
    "not_covered": "no dataset of it is loaded for such periods",
    "not_published": "the period is not published, or not by that day",
}


def statements(facts: Facts, asked: Asked) -> Iterator[Statement]:
    """Yield all statements of a briefing, in the order of its sections.

    :raises DataMoved: the data changed meanwhile.
    """
    totals = found_totals(facts)
    if not totals:
        why = NOTHING_WORDS[facts.meta["empty_reason"] or "not_published"]
        sentence = f"Nothing can be said of {asked.reporter_name} in {asked.when}: {why}."
        yield missing("totals", sentence, link=facts.link("/v1/series", flow="X,M"))
        return
    yield from tell_totals(facts, asked, totals)
    partners = found_partners(facts)
    yield from tell_balances(facts, asked, partners["X"].rows[: asked.top])
    yield from tell_partners(facts, asked, partners)
    yield from tell_second_currency(facts, asked, totals, partners)
    yield from tell_contributions(facts, totals, partners)
    yield from tell_goods(facts, asked, partners)
    yield from tell_measures(facts, asked, totals, partners)
    yield from tell_indicators(facts, totals)
