"""The resource /v1/omitted: the facts that a headline on the growth of a series leaves out."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from service.api.database.context import Context
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan, explicit_frequency
from service.resources.omitted.context_facts import begun_measures, partner_figures
from service.resources.omitted.facts import Fact, SeriesFacts
from service.resources.omitted.growth_facts import base_effect, calendar_effect, growth_by_currency
from service.resources.omitted.trade_facts import largest_movers, other_flow, price_and_quantity, reliability

SERIES_PARAMETERS = ("reporter", "partner", "flow", "commodity", "period", "frequency", "dataset", "classification")


@dataclass(frozen=True)
class OmittedFacts:
    """The facts that put one figure in context, by descending importance, and the `meta` of the response."""

    facts: list[Fact]
    meta: dict[str, Any]
    url: str

    @property
    def row_count(self) -> int:
        """Return the number of facts."""
        return len(self.facts)

    def rows(self) -> list[dict[str, Any]]:
        """Return the facts as rows of the response."""
        return [asdict(fact) | {"figures": [asdict(figure) for figure in fact.figures]} for fact in self.facts]


def load_omitted_facts(context: Context, plan: Plan) -> OmittedFacts:
    """Return the facts that put one figure of a series in context. The validated request (`plan`) selects the figure.

    :raises InvalidRequest: a code is unknown.
    """
    query = plan.request.query
    parameters = {name: query.get(name) for name in (*SERIES_PARAMETERS, "as_of")}
    parameters["flow"] = plan.request.parameters["flow"][0]
    parameters["frequency"] = explicit_frequency(plan.request)
    facts = SeriesFacts(context, parameters, {})
    result = context.fetch_resource(facts.link("/v1/series", labels="true"))
    rows = [row for row in result.rows() if row["value"] is not None]
    meta = dict(result.meta)
    if not rows:
        return OmittedFacts([], meta | {"count": 0}, plan.request.url)
    row = rows[-1]
    facts = SeriesFacts(context, parameters | {"period": row["period"]}, row)
    named_codes = frozenset(plan.request.parameters["named"]) - {row["partner"], row["commodity"]}
    found_facts = list(_facts(facts, named_codes))
    return OmittedFacts(found_facts, meta | {"count": len(found_facts)}, plan.request.url)


def _facts(facts: SeriesFacts, named_codes: frozenset[str]) -> Iterator[Fact]:
    """Yield the facts in the order of their weight."""
    yield from growth_by_currency(facts)
    yield from base_effect(facts)
    yield from calendar_effect(facts)
    yield from largest_movers(facts, named_codes)
    yield from other_flow(facts)
    yield from reliability(facts)
    yield from price_and_quantity(facts)
    yield from partner_figures(facts)
    yield from begun_measures(facts)


OMITTED = DocumentResource(load_omitted_facts, ("json",))
