"""Changes of the requested partners: areas that begin or cease to exist, groups that change their members."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from service.analytics.figures.area_changes import PartnerMonth
from service.api.resolution.reference_data import Reference


@dataclass(frozen=True)
class AreaChanges:
    """The changes of requested partners, each a pair of the partner's key and the month of its change.

    `successors` come into existence in this month, `former_partners` have ceased to exist by then,
    `groups_with_successors` get a member that comes into existence, and `recomposed_groups` are published groups whose
    members the source changes.
    """

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
    """Return the changes of `partners` in the months after the first month of `span` until its last, inclusive.

    `partners` are keys of areas. Those in `groups` are groups whose figures are computed as sums of their members; the
    figures of any other group in `partners` are published by `source`.
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
