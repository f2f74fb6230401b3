"""The query for the exports of several reporters to the World by commodity."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    FromClause,
    Numeric,
    SmallInteger,
    and_,
    case,
    cast,
    column,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from service.analytics.figures.currency_conversion import Conversion
from service.analytics.measures.observation_status import exact_value, is_whole, weakest_status
from service.analytics.scope import QueryScope
from service.analytics.sql.calendar import first_month_of_period
from service.analytics.sql.key_conditions import KeySet, array_parameter, dataset_id_literal, matches_key_set
from service.analytics.sql.types import Query, SqlExpression
from service.domain.flows import FLOWS
from service.models import Observation, ObservationHistory

EXPORT_COLUMNS = ("dataset_id", "period", "commodity_id", "value", "obs_status")
Columns = dict[str, tuple[list[Any], TypeEngine[Any]]]


def exports_to_world(scopes: Sequence[QueryScope]) -> Query:
    """Select the exports of the requested commodities and of the total, of one dataset for each scope.

    The columns are dataset_id, commodity_id, period, converted_value, reported_value, is_whole and months.
    `reported_value` is in units of the currency of the source, `converted_value` in those of the currency to which the
    scope converts. Both are sums of the months of a period. `converted_value` is null where a part of the sum is
    unknown or has no exchange rate. `is_whole` says whether all parts are known. `months` is the number of months that
    the sum covers. The scopes differ in nothing but the dataset, its units and its commodities.
    """
    conversions = list({id(each.conversion): each.conversion for each in scopes if each.conversion}.values())
    dataset, rate = _dataset_table(scopes, conversions), _rate_table(scopes[0], conversions)
    export = _exports(scopes).subquery("export")
    same_rate = and_(rate.c.conversion == dataset.c.conversion, rate.c.month == export.c.period)
    period = _requested_period(export.c.period, scopes[0])
    status, converted = (
        weakest_status(export.c.obs_status),
        export.c.value * func.coalesce(dataset.c.fixed_rate, rate.c.rate),
    )
    converted_sum = case((func.count(converted) == func.count(export.c.value), func.sum(converted)))
    return (
        select(
            export.c.dataset_id,
            export.c.commodity_id,
            period.label("period"),
            (exact_value(converted_sum, status) * dataset.c.unit_multiplier).label("converted_value"),
            (cast(func.sum(export.c.value), BigInteger) * dataset.c.unit_multiplier).label("reported_value"),
            is_whole(status).label("is_whole"),
            (func.count(export.c.period.distinct()) * dataset.c.source_months).label("months"),
        )
        .select_from(export.join(dataset, dataset.c.dataset_id == export.c.dataset_id).outerjoin(rate, same_rate))
        .group_by(
            export.c.dataset_id, export.c.commodity_id, period, dataset.c.unit_multiplier, dataset.c.source_months
        )
    )


def _dataset_table(scopes: Sequence[QueryScope], conversions: Sequence[Conversion]) -> FromClause:
    """Return a row for each dataset; `conversion` is the position of its conversion, null where it has none."""
    positions = {id(conversion): position for position, conversion in enumerate(conversions)}
    return _table(
        "dataset",
        {
            "dataset_id": ([each.dataset_id for each in scopes], SmallInteger()),
            "unit_multiplier": ([each.unit_multiplier for each in scopes], BigInteger()),
            "source_months": ([each.source_period_months for each in scopes], SmallInteger()),
            "conversion": ([positions.get(id(each.conversion)) for each in scopes], SmallInteger()),
            "fixed_rate": ([each.conversion and each.conversion.fixed_rate for each in scopes], Numeric()),
        },
    )


def _rate_table(scope: QueryScope, conversions: Sequence[Conversion]) -> FromClause:
    """Return the exchange rates of the months of the requested periods, by the position of the conversion."""
    rates = [
        (position, month, rate)
        for position, conversion in enumerate(conversions)
        for month, rate in conversion.rates.items()
        if any(first <= month <= last for first, last in scope.requested_months)
    ]
    return _table(
        "rate",
        {
            "conversion": ([position for position, _, _ in rates], SmallInteger()),
            "month": ([month for _, month, _ in rates], SmallInteger()),
            "rate": ([rate for _, _, rate in rates], Numeric()),
        },
    )


def _table(name: str, columns: Columns) -> FromClause:
    arrays = (cast(array_parameter(values, sql_type), ARRAY(sql_type)) for values, sql_type in columns.values())
    names = (column(name, sql_type) for name, (_, sql_type) in columns.items())
    return func.unnest(*arrays).table_valued(*names).render_derived(name=name)


def _exports(scopes: Sequence[QueryScope]) -> Query:
    """Select the stored exports to the World of all datasets, as of the day of the scopes."""
    scope = scopes[0]
    months = scope.requested_months
    tables = (Observation,) if scope.as_of is None else (Observation, ObservationHistory)
    queries = [
        select(*(getattr(table, name) for name in EXPORT_COLUMNS)).where(
            table.flow == FLOWS["X"],
            table.partner_id == scope.world_id,
            or_(*(table.period.between(first, last) for first, last in months)),
            _is_requested(table, scopes),
            *_known_on(table, scope.as_of),
        )
        for table in tables
    ]
    return queries[0] if len(queries) == 1 else select(union_all(*queries).subquery("vintage"))


def _known_on(table: Any, as_of: date | None) -> Iterable[SqlExpression]:
    if as_of is None:
        return ()
    is_published = table.known_from <= as_of
    return (is_published,) if table is Observation else (is_published, table.known_until > as_of)


def _is_requested(table: Any, scopes: Sequence[QueryScope]) -> SqlExpression:
    """Return the SQL condition that a figure is of a requested commodity or of the total, in one of the datasets."""
    datasets = defaultdict[tuple[int, KeySet], list[int]](list)
    for scope in scopes:
        datasets[scope.total_id, scope.commodity_keys].append(scope.dataset_id)
    return or_(
        *(
            and_(
                table.dataset_id.in_([dataset_id_literal(key) for key in dataset_ids]),
                or_(table.commodity_id == total_id, matches_key_set(table.commodity_id, keys)),
            )
            for (total_id, keys), dataset_ids in datasets.items()
        )
    )


def _requested_period(month: SqlExpression, scope: QueryScope) -> SqlExpression:
    first_month = first_month_of_period(month, period_months=scope.period_months, offset=scope.period_offset)
    return cast(first_month, SmallInteger)
