"""Groups as sums of their members, and quarters and years as sums of their months."""

from datetime import date

from sqlalchemy import (
    CTE,
    BigInteger,
    FromClause,
    Integer,
    SmallInteger,
    all_,
    and_,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.measures.observation_status import weakest_status
from service.analytics.scope import QueryScope
from service.analytics.sql.calendar import first_day_of_month, first_month_of_period
from service.analytics.sql.key_conditions import array_parameter, matches_any_key
from service.analytics.sql.types import ColumnFilter, Query, SqlExpression, sql_type
from service.models import AreaMember


def requested_period(period: SqlExpression, scope: QueryScope) -> SqlExpression:
    """Return the first month of the asked period in which the stored `period` lies."""
    if scope.period_months == scope.source_period_months:
        return period
    return cast(first_month_of_period(period, period_months=scope.period_months), SmallInteger)


def aggregate_figures(stored: FromClause, scope: QueryScope) -> CTE:
    """Return the stored figures that are asked for, added up to the groups and periods that are asked for."""
    areas = _requested_area_figures(select(stored, _null_member_id()), stored, scope)
    members = _requested_figures(
        _member_figures(stored).where(matches_any_key(AreaMember.group_id, scope.groups)), stored, scope
    )
    name = f"added_up_{scope.as_of:%Y%m%d}" if isinstance(scope.as_of, date) else "added_up"
    return _aggregate_query(union_all(areas, members).subquery("part"), scope).cte(name)


def aggregate_series(series: FromClause, stored: FromClause, scope: QueryScope, *, is_needed: ColumnFilter) -> Query:
    """Select the stored figures of `series`, added up to the groups and periods that are asked for.

    Amounts that are not needed are null in what is added up.
    """
    own = and_(*(stored.c[name] == series.c[name] for name in ("flow", "partner_id", "commodity_id")))
    areas = select(stored, _null_member_id()).select_from(series.join(stored, own))
    if scope.has_groups:
        same = and_(stored.c.flow == series.c.flow, stored.c.commodity_id == series.c.commodity_id)
        members = _member_figures(stored).join(series, and_(AreaMember.group_id == series.c.partner_id, same))
        both = union_all(areas, members.where(matches_any_key(AreaMember.group_id, scope.groups)))
        return _aggregate_query(both.subquery("part"), scope, is_needed=is_needed)
    return (
        areas
        if scope.period_months == scope.source_period_months
        else _aggregate_query(areas.subquery("part"), scope, is_needed=is_needed)
    )


def _aggregate_query(parts: FromClause, scope: QueryScope, *, is_needed: ColumnFilter = lambda _column: True) -> Query:
    """Select sums of figures by key and period.

    A sum is null where a part is missing or suppressed. Its status is the weakest of its parts, its
    release the newest; a quantity is added up only where all parts have one unit.
    """
    period = requested_period(parts.c.period, scope)
    one_unit = func.min(parts.c.quantity_unit) == func.max(parts.c.quantity_unit)
    amounts = {
        "quantity": case((one_unit, _sum_if_complete(parts.c.quantity))),
        "quantity_unit": case((one_unit, func.min(parts.c.quantity_unit))),
        "net_weight_kg": _sum_if_complete(parts.c.net_weight_kg),
    }
    # Where nothing is added up over time, a period and a member come once: telling them apart would need a sort.
    over_time = scope.period_months != scope.source_period_months
    months = (
        func.count(parts.c.period.distinct()) * scope.source_period_months
        if over_time
        else literal(scope.source_period_months)
    )
    member = parts.c.member_id.distinct() if over_time else parts.c.member_id
    sums = select(
        parts.c.flow,
        parts.c.partner_id,
        parts.c.commodity_id,
        period.label("period"),
        cast(_sum_if_complete(parts.c.value), BigInteger).label("value"),
        *(
            (amount if is_needed(name) else cast(null(), sql_type(amount))).label(name)
            for name, amount in amounts.items()
        ),
        weakest_status(parts.c.obs_status).label("obs_status"),
        func.max(parts.c.release_id).label("release_id"),
        months.label("months"),
        func.array_agg(member).filter(parts.c.member_id.is_not(None)).label("members"),
    ).group_by(parts.c.flow, parts.c.partner_id, parts.c.commodity_id, period)
    if not scope.has_groups or scope.exhaustive or scope.period_months == scope.source_period_months:
        return sums
    return _months_with_all_members(sums.add_columns(*_reported_columns(parts)).subquery("summed"), scope)


def _reported_columns(parts: FromClause) -> list[SqlExpression]:
    """Return the periods that a sum is of, and the members in each of them, as `_in_period` has them."""
    periods = func.array_agg(parts.c.period.distinct(), type_=ARRAY(SmallInteger))
    pairs = func.array_agg(_member_period_key(parts.c.member_id, parts.c.period), type_=ARRAY(Integer))
    return [periods.label("printed"), pairs.label("printed_of_members")]


def _member_period_key(member: SqlExpression, period: SqlExpression) -> SqlExpression:
    return cast(member, Integer) * 2**16 + period


def _months_with_all_members(sums: FromClause, scope: QueryScope) -> Query:
    """Select sums with, in `months`, how many months have a figure of each of those members who then were any.

    In a selection a month that a member lacks is not known to be without trade.
    """
    each = func.unnest(sums.c.printed).table_valued("number").render_derived(name="printed_period")
    period = cast(each.c.number, SmallInteger)
    lacks_one = (
        exists()
        .where(
            AreaMember.group_id == sums.c.partner_id,
            AreaMember.member_id == any_(sums.c.members),
            _is_member(period),
            _member_period_key(AreaMember.member_id, period) != all_(sums.c.printed_of_members),
        )
        .correlate(sums, each)
    )
    months = select(func.count()).select_from(each).where(not_(lacks_one)).correlate(sums).scalar_subquery()
    kept = [column for column in sums.c if column.name not in {"months", "printed", "printed_of_members"}]
    return select(*kept, cast(months * scope.source_period_months, Integer).label("months"))


def members_differ(
    group_id: SqlExpression,
    *,
    members: SqlExpression,
    base_members: SqlExpression,
    period: SqlExpression,
    base_period: SqlExpression,
) -> SqlExpression:
    """Return whether one of those who were members of the group in both periods is in the sum of only one of them."""
    in_one = (AreaMember.member_id == any_(members)) != (AreaMember.member_id == any_(base_members))
    return exists().where(AreaMember.group_id == group_id, _is_member(period), _is_member(base_period), in_one)


def _is_member(period: SqlExpression) -> SqlExpression:
    first_day = first_day_of_month(period)
    return and_(AreaMember.valid_from <= first_day, or_(AreaMember.valid_to.is_(None), AreaMember.valid_to > first_day))


def _null_member_id() -> SqlExpression:
    return null().cast(SmallInteger).label("member_id")


def _requested_area_figures(query: Query, stored: FromClause, scope: QueryScope) -> Query:
    partners, single = (
        array_parameter(scope.partners, SmallInteger),
        array_parameter(scope.individual_areas, SmallInteger),
    )
    wanted = func.array_append(func.array_cat(partners, single), cast(literal(scope.world_id), SmallInteger))
    return _requested_figures(query.where(stored.c.partner_id == any_(wanted)), stored, scope)


def _member_figures(stored: FromClause) -> Query:
    """Select the figures of members, each as one of the group that it was a member of then."""
    was_member = and_(AreaMember.member_id == stored.c.partner_id, _is_member(stored.c.period))
    columns = [AreaMember.group_id.label("partner_id") if c.name == "partner_id" else c for c in stored.c]
    return select(*columns, stored.c.partner_id.label("member_id")).join(AreaMember, was_member)


def _requested_figures(query: Query, stored: FromClause, scope: QueryScope) -> Query:
    asked = query.where(matches_any_key(stored.c.flow, scope.flows))
    if scope.commodities is None:
        return asked
    goods = func.array_append(array_parameter(scope.commodities, Integer), scope.total_id)
    return asked.where(stored.c.commodity_id == any_(goods))


def _sum_if_complete(amount: SqlExpression) -> SqlExpression:
    return case((func.count(amount) == func.count(), func.sum(amount)))
