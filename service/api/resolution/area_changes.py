"""Changes of requested partners in the published periods: areas that begin or end, and groups with other members."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from service.analytics.figures.area_changes import PartnerMonth
from service.api.resolution.reference_data import Reference


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
    span: tuple[int, int],
    *,
    source: str,
) -> AreaChanges:
    """Return the changes of partners and of the members of groups after the first month of `span` and up to its last.

    `groups` are those that are sums of members; `source` prints the others.
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
