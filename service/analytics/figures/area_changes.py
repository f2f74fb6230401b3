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
    """Return the SQL condition that a row cannot be compared with its base because one area succeeded another.

    `row` has partner_id and period. The base is the figure `months_back` months earlier; `base_obs_status` is its
    status, null where there is no such figure. There are two cases. First, the partner is a successor that took the
    place of a former area after the base period began, and either there is no base figure, or the change is within the
    base period. Second, the partner is a group, and any of its members took the place of another area after the base
    period began.
    """
    base = row.c.period - months_back

    def is_since_change(month: int) -> SqlExpression:
        return and_(base < month, row.c.period + scope.period_months > month)

    def is_break(month: int) -> SqlExpression:
        contains_change = base + scope.period_months > month
        return and_(is_since_change(month), or_(base_obs_status.is_(None), contains_change))

    return or_(_matches(row, scope.successors, is_break), _matches(row, scope.groups_with_successors, is_since_change))


def has_member_change(row: FromClause, scope: QueryScope, *, months_back: int) -> SqlExpression:
    """Return the SQL condition that the partner of a row is a group whose members changed after the base period began.

    The base period is `months_back` months before the row. Only groups that the source publishes itself are meant.
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
    """Return the SQL condition that the partner of a row is not comparable with the partner in the previous period.

    It is true in the first whole period of a successor to another area, and for a group that the source publishes and
    whose members changed after the previous period began.
    """
    return or_(
        _matches(
            row,
            scope.successors,
            lambda month: and_(row.c.period >= month, row.c.period - scope.period_months < month),
        ),
        has_member_change(row, scope, months_back=scope.period_months),
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
