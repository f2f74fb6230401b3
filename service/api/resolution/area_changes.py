"""Changes of the requested partners: areas that begin or cease to exist, groups that change their members."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from service.analytics.figures.area_changes import PartnerMonth
from service.api.resolution.reference_data import Reference


@dataclass(frozen=True)
class AreaChanges:
    """Pairs of a partner and the month in which it changes, by kind of change; `QueryScope` explains each kind."""

    successors: tuple[PartnerMonth, ...] = ()
    former_partners: tuple[PartnerMonth, ...] = ()
    groups_with_successors: tuple[PartnerMonth, ...] = ()
    recomposed_groups: tuple[PartnerMonth, ...] = ()


def area_changes(
    reference: Reference,
    partners: Sequence[int],
    groups: Collection[int],
    span: tuple[int, int],
    *,
    source: str,
) -> AreaChanges:
    """Return the changes of partners, and of the members of groups, in a span of months.

    They are later than the first month of `span` and not later than its last. `groups` are the requested groups that
    are computed as sums of members; other groups are published by `source`.
    """
    starts, ends = (_select_months(months, span) for months in (reference.start_months, reference.end_months))
    return AreaChanges(
        successors=tuple(sorted((key, starts[key]) for key in starts.keys() & partners)),
        former_partners=tuple(sorted((key, ends[key]) for key in ends.keys() & partners)),
        groups_with_successors=tuple(
            sorted(
                {
                    (group, starts[entry.member_id])
                    for group in groups
                    for entry in reference.members_by_group.get(group, ())
                    if entry.member_id in starts
                }
            )
        ),
        recomposed_groups=tuple(
            sorted(
                {
                    (key, month)
                    for key in set(partners).difference(groups)
                    for month in reference.composition_months.get((source, key), ())
                    if span[0] < month <= span[1]
                }
            )
        ),
    )


def _select_months(months: Mapping[int, int], span: tuple[int, int]) -> dict[int, int]:
    """Return the months after the first one of `span` and up to its last, by area."""
    first, last = span
    return {key: month for key, month in months.items() if first < month <= last}
