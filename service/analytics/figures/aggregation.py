"""Aggregation: groups as sums of their members, quarters and years as sums of their months."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
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
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from service.analytics.figures.group_membership import is_member
from service.analytics.figures.release_order import latest_release_id, release_order
from service.analytics.measures.observation_status import weakest_status
from service.analytics.scope import QueryScope
from service.analytics.sql.calendar import first_month_of_period
from service.analytics.sql.key_conditions import (
    array_parameter,
    matches_any_key,
    matches_any_key_set,
    matches_key_set,
)
from service.analytics.sql.types import ColumnFilter, Query, SqlExpression, sql_type
from service.domain.frequencies import MONTHS_PER_YEAR
from service.models import AreaMember


def requested_period(month: SqlExpression, scope: QueryScope) -> SqlExpression:
    """Return the first month of the requested period that contains the stored period beginning with `month`."""
    if not scope.aggregates_periods:
        return month
    first_month = first_month_of_period(month, period_months=scope.period_months, offset=scope.period_offset)
    return cast(first_month, SmallInteger)


def aggregate_figures(
    stored: FromClause,
    scope: QueryScope,
    *,
    membership_offset: int,
    has_whole_levels: bool,
    has_all_periods: bool,
    has_all_areas: bool,
    has_ranked_areas: bool,
    name: str,
) -> CTE:
    """Return a CTE of the requested figures: sums of `stored` figures over members of groups and months of periods.

    The members of a group in a period are those that it has `membership_offset` months later. With 12 the figure is the
    base of the group's growth a year later, a sum over the members of the later year.

    The CTE has the requested partners. If the offset is 0 or there are several editions, it also has the World, and all
    individual areas if `has_all_areas`, or if `has_ranked_areas` and one of them is requested, because it is ranked
    among them. `has_whole_levels` adds all commodities on the levels of the requested ones, because these are ranked
    among them. Without `has_all_periods` the CTE has only the requested periods and those that their growth is computed
    from.
    """
    includes_all = membership_offset == 0 or scope.editions is not None
    parts = _figure_parts(
        stored,
        scope,
        membership_offset=membership_offset,
        includes_all=includes_all,
        has_whole_levels=has_whole_levels,
        has_all_areas=has_all_areas,
        has_ranked_areas=has_ranked_areas,
    )
    if not has_all_periods:
        parts = [query.where(_is_compared_period(stored, scope)) for query in parts]
    return _aggregate_query(union_all(*parts).subquery("part"), scope, membership_offset).cte(name)


def reported_series(stored: FromClause, scope: QueryScope) -> Query:
    """Select flow, partner_id and commodity_id of each requested series that has a figure in any period."""
    parts = _figure_parts(stored, scope, membership_offset=0, includes_all=False, has_whole_levels=False)
    part = union_all(*parts).subquery("reported_part")
    return select(part.c.flow, part.c.partner_id, part.c.commodity_id).distinct()


def _figure_parts(
    stored: FromClause,
    scope: QueryScope,
    *,
    membership_offset: int,
    includes_all: bool,
    has_whole_levels: bool,
    has_all_areas: bool = False,
    has_ranked_areas: bool = False,
) -> list[Query]:
    """Return the queries for the figures of areas, and for those of the members of groups."""
    areas = _requested_areas(
        select(stored, _null_member_id()),
        stored,
        scope,
        includes_world=includes_all,
        has_all_areas=includes_all and has_all_areas,
        has_ranked_areas=includes_all and has_ranked_areas,
    )
    members = _member_figures(stored, scope, membership_offset).where(
        matches_any_key(AreaMember.group_id, scope.groups)
    )
    return [_requested_figures(query, stored, scope, has_whole_levels=has_whole_levels) for query in (areas, members)]


def aggregate_series(
    series: FromClause, stored: FromClause, scope: QueryScope, *, is_needed: ColumnFilter, membership_offset: int
) -> Query:
    """Select the figures of `series`, a table of flow, partner_id and commodity_id, as sums of the `stored` figures.

    Where the figures are sums, quantity and weight are null unless `is_needed` returns true for the column. The members
    of groups are those of `membership_offset` months later, as in `aggregate_figures`.
    """
    keys = {name: series.c[name] for name in ("flow", "partner_id", "commodity_id")}
    figure, has_keys = _lookup(stored, scope, **keys)
    areas = _exclude_computed_groups(
        select(figure, _null_member_id()).select_from(series.join(figure, has_keys)), figure, scope
    )
    if scope.has_groups:
        members = _series_members(series, stored, scope, membership_offset)
        parts = union_all(areas, members.where(matches_any_key(AreaMember.group_id, scope.groups)))
        return _aggregate_query(parts.subquery("part"), scope, membership_offset, is_needed=is_needed)
    if not scope.aggregates_periods:
        return areas
    return _aggregate_query(areas.subquery("part"), scope, membership_offset, is_needed=is_needed)


def _series_members(series: FromClause, stored: FromClause, scope: QueryScope, membership_offset: int) -> Query:
    """Select the figures of the members of groups among `series`."""
    figure, has_keys = _lookup(
        stored, scope, flow=series.c.flow, partner_id=AreaMember.member_id, commodity_id=series.c.commodity_id
    )
    columns = [AreaMember.group_id.label("partner_id") if c.name == "partner_id" else c for c in figure.c]
    groups = series.join(AreaMember, AreaMember.group_id == series.c.partner_id)
    is_of_member = and_(has_keys, is_member(figure.c.period + membership_offset, scope))
    return select(*columns, figure.c.partner_id.label("member_id")).select_from(groups.join(figure, is_of_member))


def _lookup(stored: FromClause, scope: QueryScope, **keys: SqlExpression) -> tuple[FromClause, SqlExpression]:
    """Return the `stored` figures and the condition of their join with another table, whose columns are `keys`.

    A prepared statement reads them by an index for each row of the other table. PostgreSQL does not know how many
    periods are requested when it plans the statement. Without OFFSET 0 it may scan the periods of all series, because
    it expects few of them. Citus supports this form for a single dataset only, and other statements do not need it.
    """
    has_keys = and_(*(stored.c[name] == key for name, key in keys.items()))
    if not scope.is_parameterizable:
        return stored, has_keys
    return select(stored).where(has_keys).offset(literal_column("0")).lateral(), true()


def _aggregate_query(
    parts: FromClause,
    scope: QueryScope,
    membership_offset: int,
    *,
    is_needed: ColumnFilter = lambda _column: True,
) -> Query:
    """Select sums of figures by key and period.

    A value is the sum of the known parts, a lower bound where a part is missing or suppressed, and null where no part
    is known or has no exchange rate. Its status is the weakest of its parts, its release the latest published one.
    Quantities are added up only where all parts are known and have the same unit.
    """
    release = release_order(scope.dataset_ids)
    period = requested_period(parts.c.period, scope)
    has_one_unit = func.min(parts.c.quantity_unit) == func.max(parts.c.quantity_unit)
    amounts = {
        "quantity": case((has_one_unit, _sum_if_complete(parts.c.quantity))),
        "quantity_unit": case((has_one_unit, func.min(parts.c.quantity_unit))),
        "net_weight_kg": _sum_if_complete(parts.c.net_weight_kg),
    }
    months = (
        func.count(parts.c.period.distinct()) * scope.source_period_months
        if scope.aggregates_periods
        else literal(scope.source_period_months)
    )
    sums = (
        select(
            parts.c.flow,
            parts.c.partner_id,
            parts.c.commodity_id,
            period.label("period"),
            *_value_sums(parts),
            *(
                (amount if is_needed(name) else cast(null(), sql_type(amount))).label(name)
                for name, amount in amounts.items()
            ),
            weakest_status(parts.c.obs_status).label("obs_status"),
            latest_release_id(release).label("release_id"),
            months.label("months"),
            *_member_columns(parts, scope),
        )
        .select_from(parts.outerjoin(release, release.c.id == parts.c.release_id))
        .group_by(parts.c.flow, parts.c.partner_id, parts.c.commodity_id, period)
    )
    if not scope.has_groups or scope.exhaustive or not scope.aggregates_periods:
        return sums
    return _months_with_all_members(
        sums.add_columns(*_reported_columns(parts)).subquery("aggregate"), scope, membership_offset
    )


def _value_sums(parts: FromClause) -> list[SqlExpression]:
    """Return the sums of values; of converted figures also the sum in the currency of the source."""
    if "unconverted_value" in parts.c:
        has_rates = func.count(parts.c.value) == func.count(parts.c.unconverted_value)
        converted = case((has_rates, func.sum(parts.c.value)))
        return [converted.label("value"), func.sum(parts.c.unconverted_value).label("unconverted_value")]
    return [cast(func.sum(parts.c.value), BigInteger).label("value")]


def _member_columns(parts: FromClause, scope: QueryScope) -> list[SqlExpression]:
    """Return `members`, the members with a known figure, and `unknown_members`, those with a figure without a value.

    Null where there are none, and for a single area.
    """
    # A member has one figure in a stored period. DISTINCT, which needs a sort, is for several periods only.
    member = parts.c.member_id.distinct() if scope.aggregates_periods else parts.c.member_id
    value = parts.c.unconverted_value if "unconverted_value" in parts.c else parts.c.value
    is_of_member = parts.c.member_id.is_not(None)
    return [
        func.array_agg(member).filter(is_of_member, value.is_not(None)).label("members"),
        func.array_agg(member).filter(is_of_member, value.is_(None)).label("unknown_members"),
    ]


def _reported_columns(parts: FromClause) -> list[SqlExpression]:
    """Return the stored periods of a sum, and its pairs of member and period as `_member_period_key` encodes them."""
    periods = func.array_agg(parts.c.period.distinct(), type_=ARRAY(SmallInteger))
    pairs = func.array_agg(_member_period_key(parts.c.member_id, parts.c.period), type_=ARRAY(Integer))
    return [periods.label("reported_periods"), pairs.label("reported_member_periods")]


def _member_period_key(member: SqlExpression, period: SqlExpression) -> SqlExpression:
    return cast(member, Integer) * 2**16 + period


def _months_with_all_members(sums: FromClause, scope: QueryScope, membership_offset: int) -> Query:
    """Select sums whose `months` count only those in which each member with a figure in the period has one.

    In a selection a month without a figure of a member is not known to be without trade.
    """
    each = func.unnest(sums.c.reported_periods).table_valued("number").render_derived(name="reported_period")
    period = cast(each.c.number, SmallInteger)
    lacks_member = (
        exists()
        .where(
            AreaMember.group_id == sums.c.partner_id,
            AreaMember.member_id == any_(sums.c.members),
            is_member(period + membership_offset, scope),
            _member_period_key(AreaMember.member_id, period) != all_(sums.c.reported_member_periods),
        )
        .correlate(sums, each)
    )
    months = select(func.count()).select_from(each).where(not_(lacks_member)).correlate(sums).scalar_subquery()
    helpers = {"months", "reported_periods", "reported_member_periods"}
    columns = [column for column in sums.c if column.name not in helpers]
    return select(*columns, cast(months * scope.source_period_months, Integer).label("months"))


def _null_member_id() -> SqlExpression:
    return null().cast(SmallInteger).label("member_id")


def _requested_areas(
    query: Query,
    stored: FromClause,
    scope: QueryScope,
    *,
    includes_world: bool,
    has_all_areas: bool,
    has_ranked_areas: bool,
) -> Query:
    partner_ids: ColumnElement[Any] = array_parameter(scope.partners, SmallInteger)
    if has_all_areas or has_ranked_areas:
        individual_areas = array_parameter(scope.individual_areas, SmallInteger)
        needs_areas = literal(has_all_areas) | partner_ids.overlap(individual_areas)
        partner_ids = func.array_cat(partner_ids, case((needs_areas, individual_areas)))
    if includes_world:
        partner_ids = func.array_append(partner_ids, cast(literal(scope.world_id), SmallInteger))
    return _exclude_computed_groups(query.where(stored.c.partner_id == any_(partner_ids)), stored, scope)


def _exclude_computed_groups(query: Query, stored: FromClause, scope: QueryScope) -> Query:
    """Leave out published figures of groups that are computed because the request fixes their composition."""
    if not scope.has_groups or scope.composition is None:
        return query
    return query.where(not_(matches_any_key(stored.c.partner_id, scope.groups)))


def _member_figures(stored: FromClause, scope: QueryScope, membership_offset: int) -> Query:
    """Select the figures of members, each once for every group that it is a member of."""
    belongs = and_(AreaMember.member_id == stored.c.partner_id, is_member(stored.c.period + membership_offset, scope))
    columns = [AreaMember.group_id.label("partner_id") if c.name == "partner_id" else c for c in stored.c]
    return select(*columns, stored.c.partner_id.label("member_id")).join(AreaMember, belongs)


def _requested_figures(query: Query, stored: FromClause, scope: QueryScope, *, has_whole_levels: bool) -> Query:
    flow_figures = query.where(matches_any_key(stored.c.flow, scope.flows))
    if scope.commodities is None:
        if scope.editions is not None:
            return flow_figures
        is_total = stored.c.commodity_id == scope.total_id
        return flow_figures.where(or_(is_total, matches_key_set(stored.c.commodity_id, scope.commodity_keys)))
    commodity_ids = func.array_append(array_parameter(scope.commodities, Integer), scope.total_id)
    is_requested: SqlExpression = stored.c.commodity_id == any_(commodity_ids)
    if has_whole_levels:
        is_requested = or_(is_requested, matches_any_key_set(stored.c.commodity_id, scope.level_keys))
    return flow_figures.where(is_requested)


def _is_compared_period(stored: FromClause, scope: QueryScope) -> SqlExpression:
    """Return whether a figure is of a requested period, of the year before, or of the period before.

    The bounds are those of stored periods, so that an index finds them.
    """
    offsets, last_part = (
        sorted({0, MONTHS_PER_YEAR, scope.period_months}),
        scope.period_months - scope.source_period_months,
    )
    return or_(
        *(
            stored.c.period.between(first - offset, last - offset + last_part)
            for offset in offsets
            for first, last in scope.period_ranges
        )
    )


def _sum_if_complete(amount: SqlExpression) -> SqlExpression:
    return case((func.count(amount) == func.count(), func.sum(amount)))
