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
from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import array_of, one_of
from service.analytics.sql.types import Expression, Needs, Rows, type_of
from service.domain.frequencies import YEAR
from service.models import AreaMember


def bucket(period: Expression, scope: Scope) -> Expression:
    """Return the first month of the asked period in which the stored `period` lies."""
    if scope.step == scope.source_step:
        return period
    return cast(period - period % scope.step, SmallInteger)


def added_up(stored: FromClause, scope: Scope) -> CTE:
    """Return the stored figures that are asked for, added up to the groups and periods that are asked for."""
    areas = _goods_of_areas(select(stored, _no_member()), stored, scope)
    members = _goods_asked(_of_members(stored).where(one_of(AreaMember.group_id, scope.groups)), stored, scope)
    name = f"added_up_{scope.as_of:%Y%m%d}" if isinstance(scope.as_of, date) else "added_up"
    return _sums(union_all(areas, members).subquery("part"), scope).cte(name)


def of_keys(series: FromClause, stored: FromClause, scope: Scope, *, needs: Needs) -> Rows:
    """Select the stored figures of `series`, added up to the groups and periods that are asked for.

    Amounts that are not needed are null in what is added up.
    """
    own = and_(*(stored.c[name] == series.c[name] for name in ("flow", "partner_id", "commodity_id")))
    areas = select(stored, _no_member()).select_from(series.join(stored, own))
    if scope.has_groups:
        same = and_(stored.c.flow == series.c.flow, stored.c.commodity_id == series.c.commodity_id)
        members = _of_members(stored).join(series, and_(AreaMember.group_id == series.c.partner_id, same))
        both = union_all(areas, members.where(one_of(AreaMember.group_id, scope.groups)))
        return _sums(both.subquery("part"), scope, needs=needs)
    return areas if scope.step == scope.source_step else _sums(areas.subquery("part"), scope, needs=needs)


def _sums(part: FromClause, scope: Scope, *, needs: Needs = lambda _column: True) -> Rows:
    """Select sums of figures by key and period.

    A sum is null where a part is missing or suppressed. Its status is the weakest of its parts, its
    release the newest; a quantity is added up only where all parts have one unit.
    """
    period = bucket(part.c.period, scope)
    one_unit = func.min(part.c.quantity_unit) == func.max(part.c.quantity_unit)
    amounts = {
        "quantity": case((one_unit, _complete_sum(part.c.quantity))),
        "quantity_unit": case((one_unit, func.min(part.c.quantity_unit))),
        "net_weight_kg": _complete_sum(part.c.net_weight_kg),
    }
    # Where nothing is added up over time, a period and a member come once: telling them apart would need a sort.
    over_time = scope.step != scope.source_step
    months = func.count(part.c.period.distinct()) * scope.source_step if over_time else literal(scope.source_step)
    member = part.c.member_id.distinct() if over_time else part.c.member_id
    sums = select(
        part.c.flow,
        part.c.partner_id,
        part.c.commodity_id,
        period.label("period"),
        cast(_complete_sum(part.c.value), BigInteger).label("value"),
        *((amount if needs(name) else cast(null(), type_of(amount))).label(name) for name, amount in amounts.items()),
        weakest_status(part.c.obs_status).label("obs_status"),
        func.max(part.c.release_id).label("release_id"),
        months.label("months"),
        func.array_agg(member).filter(part.c.member_id.is_not(None)).label("members"),
    ).group_by(part.c.flow, part.c.partner_id, part.c.commodity_id, period)
    if not scope.has_groups or scope.exhaustive or scope.step == scope.source_step:
        return sums
    return _months_of_all_members(sums.add_columns(*_printed(part)).subquery("summed"), scope)


def _printed(part: FromClause) -> list[Expression]:
    """Return the periods that a sum is of, and the members in each of them, as `_in_period` has them."""
    periods = func.array_agg(part.c.period.distinct(), type_=ARRAY(SmallInteger))
    pairs = func.array_agg(_in_period(part.c.member_id, part.c.period), type_=ARRAY(Integer))
    return [periods.label("printed"), pairs.label("printed_of_members")]


def _in_period(member: Expression, period: Expression) -> Expression:
    return cast(member, Integer) * 2**16 + period


def _months_of_all_members(summed: FromClause, scope: Scope) -> Rows:
    """Select sums with, in `months`, how many months have a figure of each of those members who then were any.

    In a selection a month that a member lacks is not known to be without trade.
    """
    each = func.unnest(summed.c.printed).table_valued("number").render_derived(name="printed_period")
    period = cast(each.c.number, SmallInteger)
    lacks_one = (
        exists()
        .where(
            AreaMember.group_id == summed.c.partner_id,
            AreaMember.member_id == any_(summed.c.members),
            _is_member(period),
            _in_period(AreaMember.member_id, period) != all_(summed.c.printed_of_members),
        )
        .correlate(summed, each)
    )
    months = select(func.count()).select_from(each).where(not_(lacks_one)).correlate(summed).scalar_subquery()
    kept = [column for column in summed.c if column.name not in {"months", "printed", "printed_of_members"}]
    return select(*kept, cast(months * scope.source_step, Integer).label("months"))


def members_differ(
    group: Expression, *, members: Expression, base_members: Expression, period: Expression, base_period: Expression
) -> Expression:
    """Return whether one of those who were members of the group in both periods is in the sum of only one of them."""
    in_one = (AreaMember.member_id == any_(members)) != (AreaMember.member_id == any_(base_members))
    return exists().where(AreaMember.group_id == group, _is_member(period), _is_member(base_period), in_one)


def _is_member(period: Expression) -> Expression:
    first_day = func.make_date(period // YEAR, period % YEAR + 1, 1)
    return and_(AreaMember.valid_from <= first_day, or_(AreaMember.valid_to.is_(None), AreaMember.valid_to > first_day))


def _no_member() -> Expression:
    return null().cast(SmallInteger).label("member_id")


def _goods_of_areas(rows: Rows, stored: FromClause, scope: Scope) -> Rows:
    partners, single = array_of(scope.partners, SmallInteger), array_of(scope.single_areas, SmallInteger)
    wanted = func.array_append(func.array_cat(partners, single), cast(literal(scope.world_id), SmallInteger))
    return _goods_asked(rows.where(stored.c.partner_id == any_(wanted)), stored, scope)


def _of_members(stored: FromClause) -> Rows:
    """Select the figures of members, each as one of the group that it was a member of then."""
    was_member = and_(AreaMember.member_id == stored.c.partner_id, _is_member(stored.c.period))
    columns = [AreaMember.group_id.label("partner_id") if c.name == "partner_id" else c for c in stored.c]
    return select(*columns, stored.c.partner_id.label("member_id")).join(AreaMember, was_member)


def _goods_asked(rows: Rows, stored: FromClause, scope: Scope) -> Rows:
    asked = rows.where(one_of(stored.c.flow, scope.flows))
    if scope.commodities is None:
        return asked
    goods = func.array_append(array_of(scope.commodities, Integer), scope.total_id)
    return asked.where(stored.c.commodity_id == any_(goods))


def _complete_sum(part: Expression) -> Expression:
    return case((func.count(part) == func.count(), func.sum(part)))
