"""Partners that come into existence, cease to exist or change their members, and the effects on growth."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from sqlalchemy import FromClause, and_, false, or_

from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.types import SqlExpression

PartnerMonth = tuple[int, int]


def is_area_break(
    row: FromClause, scope: QueryScope, *, months_back: int, base_obs_status: SqlExpression
) -> SqlExpression:
    """Return the SQL condition that a row has no comparable base, because one area succeeded another in between.

    The base is `months_back` months before the row, `base_obs_status` its status, null where there is no base figure.
    If the partner is a successor, it took the place of the former area after the base period began, and either there is
    no base figure, or the change is within the base period. If the partner is a group, any of its members took the
    place of another area after the base period began. `row` has partner_id and period.
    """
    base = row.c.period - months_back

    def is_since_change(month: int) -> SqlExpression:
        return and_(base < month, row.c.period + scope.period_months > month)

    def is_break(month: int) -> SqlExpression:
        contains_change = base + scope.period_months > month
        return and_(is_since_change(month), or_(base_obs_status.is_(None), contains_change))

    return or_(_matches(row, scope.successors, is_break), _matches(row, scope.groups_with_successors, is_since_change))


def has_other_members(row: FromClause, scope: QueryScope, *, months_back: int) -> SqlExpression:
    """Return the SQL condition that a row is of a group that had other members in a part of the base period.

    The base period is `months_back` months before the row. The group is one that the source publishes itself.
    """
    base = row.c.period - months_back
    return _matches(
        row, scope.recomposed_groups, lambda month: and_(base < month, row.c.period + scope.period_months > month)
    )


def is_outside_lifetime(row: FromClause, scope: QueryScope, *, months_back: int = 0) -> SqlExpression:
    """Return the SQL condition that the partner of a row did not exist at any time in a period.

    The period is `months_back` months before that of the row. A missing figure of such a period does not count as zero.
    """
    period = row.c.period - months_back
    return or_(
        _matches(row, scope.successors, lambda month: period + scope.period_months <= month),
        _matches(row, scope.former_partners, lambda month: period >= month),
    )


def is_changed_area(row: FromClause, scope: QueryScope) -> SqlExpression:
    """Return the SQL condition that the partner of a row differs from the previous period.

    The row is of the first whole period of a successor to another area, or its partner is a group that the source
    publishes and whose members changed since the previous period began.
    """
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
    partners_by_month = defaultdict[int, list[int]](list)
    for partner, month in partner_months:
        partners_by_month[month].append(partner)
    return or_(
        false(),
        *(
            and_(matches_any_key(row.c.partner_id, partners), condition(month))
            for month, partners in partners_by_month.items()
        ),
    )
