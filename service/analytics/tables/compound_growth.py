"""Compound growth of a series since the first requested period."""

from sqlalchemy import FromClause, and_, case, func, not_, select

from service.analytics.figures.group_membership import is_member, members_differ
from service.analytics.figures.source import Figures
from service.analytics.measures.growth import compound_growth_pct, currency_amount
from service.analytics.measures.observation_status import exact_value, is_whole
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import matches_any_key
from service.analytics.sql.types import SqlExpression
from service.models import AreaMember

VERSION_COLUMN = "commodity_version"
"""Number of changes of the commodity and the partner of a series up to a row."""


def compound_growth(row: FromClause, scope: QueryScope, figures: Figures) -> SqlExpression:
    """Return the compound annual growth in percent since the first requested period.

    `row` has the columns period, value, months, obs_status and, if the commodity or the partner can change,
    VERSION_COLUMN. It also has these columns of the first requested period of the series, with the prefix `first_`.
    Growth is null where the commodity or the partner has changed. It is also null unless the values of both periods are
    complete and above zero, and a positive number of whole years lies between the periods. The first value of a group
    whose composition depends on the period is the sum over the members that the group has in the period of the row.
    """
    first_value: SqlExpression = row.c.first_value
    is_first_complete: SqlExpression = row.c.first_months == scope.period_months
    is_first_whole: SqlExpression = is_whole(row.c.first_obs_status)
    is_comparable: SqlExpression = and_(
        row.c.months == scope.period_months,
        is_whole(row.c.obs_status),
        *([row.c[VERSION_COLUMN] == row.c[f"first_{VERSION_COLUMN}"]] if VERSION_COLUMN in row.c else []),
    )
    if scope.has_dated_groups:
        is_group = matches_any_key(row.c.partner_id, scope.groups)
        figure = figures.source_figures("first_period_figure")
        known_value = exact_value(figure.c.value, figure.c.obs_status)
        member_sum = case((func.count(known_value) == func.count(), func.sum(known_value)))
        group_value = currency_amount(_first_period_aggregate(member_sum, figure, row, scope), scope.unit_multiplier)
        first_value = case((is_group, group_value), else_=first_value)
        # The group may not have existed in the first period, or may have had another member with an unknown value.
        is_first_whole = is_group | is_first_whole
        if not scope.exhaustive:
            members = func.array_agg(figure.c.partner_id.distinct()).filter(figure.c.value.is_not(None))
            first_members = _first_period_aggregate(members, figure, row, scope)
            is_comparable &= not_(and_(is_group, members_differ(row.c.members, base_members=first_members)))
            months_of_member = scope.period_months // scope.source_period_months
            have_all_months = func.count() == func.count(figure.c.partner_id.distinct()) * months_of_member
            first_members_complete = _first_period_aggregate(have_all_months, figure, row, scope)
            is_first_complete = case((is_group, first_members_complete), else_=is_first_complete)
    months = row.c.period - row.c.first_period
    return case(
        (
            is_comparable & is_first_complete & is_first_whole,
            compound_growth_pct(row.c.value, first_value=first_value, months=months),
        )
    )


def _first_period_aggregate(
    aggregate: SqlExpression, figure: FromClause, row: FromClause, scope: QueryScope
) -> SqlExpression:
    """Return an aggregate of the figures of the first period over the members of the row's period."""
    months_between = row.c.period - row.c.first_period
    last_month = row.c.first_period + (scope.period_months - scope.source_period_months)
    return (
        select(aggregate)
        .join_from(figure, AreaMember, AreaMember.member_id == figure.c.partner_id)
        .where(
            AreaMember.group_id == row.c.partner_id,
            figure.c.flow == row.c.flow,
            figure.c.commodity_id == row.c.commodity_id,
            figure.c.period.between(row.c.first_period, last_month),
            is_member(figure.c.period + months_between, scope),
        )
        .correlate(row)
        .scalar_subquery()
    )
