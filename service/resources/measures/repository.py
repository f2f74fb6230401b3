"""Measures with what they affect, as a request sees them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from service.api.database.context import Context
from service.api.resolution.reference_data import Reference
from service.domain.periods import month_number
from service.domain.suggestions import closest_words
from service.errors import NotFound
from service.models import Measure
from service.resources.measures.queries import announced_measures, commodities_of_measures, partners_of_measures


@dataclass(frozen=True)
class AffectedCommodity:
    """A commodity that stands for goods which a measure affects."""

    classification: str
    commodity: str
    certainty: str
    note: str | None


@dataclass(frozen=True)
class MeasureWithScope:
    """A measure, and what it affects; no `partners` (keys of areas) means all."""

    measure: Measure
    commodities: Sequence[AffectedCommodity]
    partners: Sequence[int]

    @property
    def active_months(self) -> tuple[int, int | None]:
        """Return the first and the last month in which it was announced or in force; null for no end."""
        ended = self.measure.ended_on
        return month_number(self.measure.announced_on), None if ended is None else month_number(
            ended - timedelta(days=1)
        )

    def affects(self, area_id: int, reference: Reference) -> bool:
        """Return whether it affects trade with that area, named or as a member of a group that is."""
        day = self.measure.in_force_on or self.measure.announced_on
        members = (reference.group_members(partner, day) for partner in self.partners)
        return not self.partners or area_id in self.partners or any(area_id in group for group in members)


def fetch_measures(context: Context, *, as_of: date | None) -> list[MeasureWithScope]:
    """Return all measures that were announced by the day of `as_of`, by code."""
    session = context.session
    goods: dict[str, list[AffectedCommodity]] = defaultdict(list)
    for code, *good in session.execute(commodities_of_measures()):
        goods[code].append(AffectedCommodity(*good))
    partners: dict[str, list[int]] = defaultdict(list)
    for code, area in session.execute(partners_of_measures()):
        partners[code].append(area)
    known = session.scalars(announced_measures(as_of=as_of))
    return [MeasureWithScope(measure, goods[measure.code], partners[measure.code]) for measure in known]


def fetch_measure(context: Context, code: str, *, as_of: date | None) -> MeasureWithScope:
    """Return the measure of that code.

    :raises NotFound: there is none, or none that was announced by the day of `as_of`.
    """
    known = {own.measure.code: own for own in fetch_measures(context, as_of=as_of)}
    if code not in known:
        by_then = "" if as_of is None else f" announced by {as_of}"
        near = ", ".join(closest_words(code, known)) or "one of /v1/measures"
        raise NotFound(f"There is no measure {code}{by_then}; did you mean {near}?")
    return known[code]
