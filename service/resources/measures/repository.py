"""Trade measures with the commodities and partners that they affect."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from service.api.database.context import Context
from service.api.resolution.reference_data import Reference
from service.domain.periods import month_number
from service.domain.suggestions import suggestion_sentence
from service.errors import NotFound
from service.models import Measure
from service.resources.measures.queries import announced_measures, commodities_of_measures, partners_of_measures


@dataclass(frozen=True)
class AffectedCommodity:
    """A commodity code that represents goods affected by a measure, with the certainty of the mapping."""

    classification: str
    commodity: str
    certainty: str
    note: str | None


@dataclass(frozen=True)
class MeasureWithScope:
    """A measure with its affected commodities and partners.

    `partners` are primary keys of areas; an empty sequence means that the measure affects all partners.
    """

    measure: Measure
    commodities: Sequence[AffectedCommodity]
    partners: Sequence[int]

    @property
    def active_months(self) -> tuple[int, int | None]:
        """Return the month of the announcement and the last month in force.

        The last month is null for a measure without an end.
        """
        ended_on = self.measure.ended_on
        last_month = None if ended_on is None else month_number(ended_on - timedelta(days=1))
        return month_number(self.measure.announced_on), last_month

    def affects(self, area_id: int, reference: Reference) -> bool:
        """Return whether the measure affects trade with the area, by itself or as a member of a group."""
        day = self.measure.in_force_on or self.measure.announced_on
        members = (reference.group_members(partner, day) for partner in self.partners)
        return not self.partners or area_id in self.partners or any(area_id in group for group in members)


def fetch_measures(context: Context, *, as_of: date | None) -> list[MeasureWithScope]:
    """Return all measures that were announced by the day of `as_of`, ordered by code."""
    session = context.session
    commodities: dict[str, list[AffectedCommodity]] = defaultdict(list)
    for code, *columns in session.execute(commodities_of_measures()):
        commodities[code].append(AffectedCommodity(*columns))
    partners: dict[str, list[int]] = defaultdict(list)
    for code, area_id in session.execute(partners_of_measures()):
        partners[code].append(area_id)
    measures = session.scalars(announced_measures(as_of=as_of))
    return [MeasureWithScope(measure, commodities[measure.code], partners[measure.code]) for measure in measures]


def fetch_measure(context: Context, code: str, *, as_of: date | None) -> MeasureWithScope:
    """Return the measure that has the code `code`.

    :raises NotFound: the code is unknown, or the measure was not announced by the day of `as_of`.
    """
    measures = {scoped_measure.measure.code: scoped_measure for scoped_measure in fetch_measures(context, as_of=as_of)}
    if code not in measures:
        date_phrase = "" if as_of is None else f" announced by {as_of}"
        suggestion = suggestion_sentence(code, measures, list_path="/v1/measures")
        raise NotFound(f"There is no measure {code}{date_phrase}. {suggestion}")
    return measures[code]
