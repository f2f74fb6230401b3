"""Membership in groups: as of each period, or fixed as of one day."""

from sqlalchemy import Boolean, and_, exists, func, not_, or_

from service.analytics.scope import QueryScope
from service.analytics.sql.calendar import first_day_of_month
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.types import SqlExpression
from service.models import AreaMember


def is_member(month: SqlExpression, scope: QueryScope) -> SqlExpression:
    """Return the SQL condition that a row of `area_member` is in force on the first day of `month`.

    Where the request fixes the composition of groups as of one day, the condition is that the row is in force on that
    day.
    """
    return _is_in_force(month, month, scope)


def group_exists(partner_id: SqlExpression, period: SqlExpression, scope: QueryScope) -> SqlExpression:
    """Return the SQL condition that a partner has members in a period; true for partners that are no computed group."""
    last_month = period + (scope.period_months - scope.source_period_months)
    has_members = exists().where(AreaMember.group_id == partner_id, _is_in_force(period, last_month, scope))
    return or_(not_(matches_any_key(partner_id, scope.groups)), has_members)


def members_differ(members: SqlExpression, *, base_members: SqlExpression) -> SqlExpression:
    """Return the SQL condition that two arrays of members differ; false where either is null, as for a single area."""
    same = and_(*(_contains(one, other) for one, other in ((members, base_members), (base_members, members))))
    return func.coalesce(not_(same), False)


def _contains(array: SqlExpression, subset: SqlExpression) -> SqlExpression:
    return array.op("@>", return_type=Boolean())(subset)


def _is_in_force(first_month: SqlExpression, last_month: SqlExpression, scope: QueryScope) -> SqlExpression:
    """Return whether a row of `area_member` is in force on the first day of any month of the range."""
    fixed = scope.composition
    first = first_day_of_month(first_month) if fixed is None else fixed
    last = first_day_of_month(last_month) if fixed is None else fixed
    return and_(AreaMember.valid_from <= last, or_(AreaMember.valid_to.is_(None), AreaMember.valid_to > first))
