"""Partners that begin, end, or get other members: what absent figures mean, and where growth has no base."""

from collections.abc import Callable, Sequence

from sqlalchemy import FromClause, and_, false, or_

from service.analytics.scope import QueryScope
from service.analytics.sql.types import SqlExpression

PartnerMonth = tuple[int, int]


def is_area_break(
    row: FromClause, scope: QueryScope, *, months_back: int, base_obs_status: SqlExpression
) -> SqlExpression:
    """Return whether a row is of a successor, and its base of a period with a predecessor.

    That is where a source has no figure of the successor before the change, or the change is within the base period;
    for a group wherever a member succeeded another area since the base period. `row` has partner_id and period;
    `base_obs_status` is null where the base does not exist.
    """
    base = row.c.period - months_back

    def is_since_change(month: int) -> SqlExpression:
        return and_(base < month, row.c.period + scope.period_months > month)

    def is_break(month: int) -> SqlExpression:
        contains_change = base + scope.period_months > month
        return and_(is_since_change(month), or_(base_obs_status.is_(None), contains_change))

    return or_(_matches(row, scope.successors, is_break), _matches(row, scope.groups_with_successors, is_since_change))


def has_other_members(row: FromClause, scope: QueryScope, *, months_back: int) -> SqlExpression:
    """Return whether a row is of a group to which its source gave other members in a part of the base period."""
    base = row.c.period - months_back
    return _matches(
        row, scope.recomposed_groups, lambda month: and_(base < month, row.c.period + scope.period_months > month)
    )


def is_outside_lifetime(row: FromClause, scope: QueryScope, *, months_back: int = 0) -> SqlExpression:
    """Return whether the partner of a row did not exist in the whole period `months_back` months before the row's.

    A missing figure of such a period does not count as zero.
    """
    period = row.c.period - months_back
    return or_(
        _matches(row, scope.successors, lambda month: period + scope.period_months <= month),
        _matches(row, scope.former_partners, lambda month: period >= month),
    )


def is_changed_area(row: FromClause, scope: QueryScope) -> SqlExpression:
    """Return whether a row is of the first whole period of a successor, or of a group with new members."""
    return or_(
        _matches(
            row,
            scope.successors,
            lambda month: and_(row.c.period >= month, row.c.period - scope.period_months < month),
        ),
        has_other_members(row, scope, months_back=scope.period_months),
    )


def _matches(
    row: FromClause, partner_months: Sequence[PartnerMonth], condition: Callable[[int], SqlExpression]
) -> SqlExpression:
    return or_(false(), *(and_(row.c.partner_id == partner, condition(month)) for partner, month in partner_months))
