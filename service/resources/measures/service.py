"""Rows of /v1/measures."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from service.api.database.request_context import current_reference, current_session
from service.api.resolution.resolver import Resolver
from service.domain.periods import PeriodRange, ranges_within
from service.resources.measures.repository import Affecting, measures_found

AS_THEY_ARE = ("title", "authority", "kind", "flows", "description", "source_title", "source_address")
DAYS = ("announced_on", "in_force_on", "ended_on", "source_date")


def measures(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each measure that is asked for, by its code.

    :raises InvalidRequest: there is no such reporter or partner.
    """
    resolver = Resolver(current_session(), current_reference(), {})
    reporter, partner = (
        resolver.area(name, asked[name]).id if name in asked else None for name in ("reporter", "partner")
    )
    found = [
        own
        for own in measures_found(as_of=asked.get("as_of"))
        if reporter in (None, own.measure.reporter_id)
        and asked.get("kind") in (None, own.measure.kind)
        and (partner is None or own.affects(partner))
    ]
    return [measure_row(own) for own in (_of_periods(found, asked["period"]) if "period" in asked else found)]


def measure_row(own: Affecting) -> dict[str, Any]:
    """Return the row of one measure."""
    areas = current_reference().areas
    partners = sorted((areas[key] for key in own.partners), key=lambda area: area.code)
    notes = dict.fromkeys(good.note for good in own.goods if good.note)
    days: dict[str, date | None] = {name: getattr(own.measure, name) for name in DAYS}
    return {
        "measure": own.measure.code,
        "reporter": areas[own.measure.reporter_id].code,
        "partners": [area.code for area in partners],
        "partner_names": [area.name for area in partners],
        "goods": [f"{good.classification}:{good.commodity}:{good.certainty}" for good in own.goods],
        "mapping_note": " ".join(notes) or None,
        **{name: getattr(own.measure, name) for name in AS_THEY_ARE},
        **{name: None if day is None else str(day) for name, day in days.items()},
    }


def _of_periods(found: Sequence[Affecting], asked: Sequence[PeriodRange]) -> list[Affecting]:
    """Return those that were announced by the end of one of the periods, and had not ended before its beginning."""
    if not found:
        return []
    announced = [own.months[0] for own in found]
    ranges = ranges_within(asked, (min(announced), max(announced)), step=1)
    return [own for own in found if any(_overlap(own.months, range_) for range_ in ranges)]


def _overlap(months: tuple[int, int | None], range_: tuple[int, int]) -> bool:
    first, last = months
    return first <= range_[1] and (last is None or range_[0] <= last)
