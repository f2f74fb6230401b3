"""Changes of requested partners in the published periods: areas that begin or end, and groups with other members."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from service.analytics.figures.area_changes import PartnerMonth
from service.api.resolution.reference_data import Reference
from service.domain.periods import month_number


@dataclass(frozen=True)
class AreaChanges:
    """Partners with the month in which they change; see `QueryScope` on each."""

    successors: tuple[PartnerMonth, ...] = ()
    former_partners: tuple[PartnerMonth, ...] = ()
    groups_with_successors: tuple[PartnerMonth, ...] = ()
    recomposed_groups: tuple[PartnerMonth, ...] = ()


def area_changes(
    reference: Reference,
    partners: Sequence[int],
    groups: Collection[int],
    span: tuple[int, int] | None,
    *,
    source: str,
) -> AreaChanges:
    """Return the changes of partners and of the members of groups after the first month of `span` and up to its last.

    `groups` are those that are sums of members; `source` prints the others. `span` is null where nothing was published.
    """
    if span is None:
        return AreaChanges()
    first, last = span

    def select_months(entries: Iterable[PartnerMonth]) -> tuple[PartnerMonth, ...]:
        return tuple(sorted({(key, month) for key, month in entries if first < month <= last}))

    start_months = {entry.successor_id: month_number(entry.changed_on) for entry in reference.successions}
    former_areas = ((key, reference.areas[key].valid_to) for key in partners)
    return AreaChanges(
        successors=select_months((key, start_months[key]) for key in partners if key in start_months),
        former_partners=select_months((key, _end_month(day)) for key, day in former_areas if day is not None),
        groups_with_successors=select_months(
            (group, start_months[entry.member_id])
            for group in groups
            for entry in reference.members_by_group.get(group, ())
            if entry.member_id in start_months
        ),
        recomposed_groups=select_months(
            (key, _end_month(day))
            for key in set(partners).difference(groups)
            for day in reference.composition_days.get((source, key), ())
        ),
    )


def _end_month(day: date) -> int:
    """Return the first whole month after an area has ended; `day` is the first on which it did not exist."""
    return month_number(day) + (day.day > 1)
