"""Queries for the periods, the source files and the figures of releases."""

from sqlalchemy import exists, func, or_, select

from service.analytics.figures.source import Figures
from service.analytics.measures.growth import currency_amount
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import dataset_id_literal
from service.analytics.sql.types import Query, SqlExpression
from service.analytics.tables.paged_table import PAGE_KEY_COLUMNS, requested_cells
from service.models import ReleaseFile, ReleasePeriod, ReleaseSeries, ReleaseUnmapped


def periods_of_releases() -> Query:
    """Select a row for each release: release_id, and the first month of its first and of its last period."""
    first, last = func.min(ReleasePeriod.period), func.max(ReleasePeriod.period)
    return (
        select(ReleasePeriod.release_id, first.label("first"), last.label("last"))
        .group_by(ReleasePeriod.release_id)
        .order_by(ReleasePeriod.release_id)
    )


def unmapped_codes_of_releases() -> Query:
    """Select the unmapped codes of each release, by dimension and code.

    The columns also state the number of figures with the code in the files, their value, and its share of the total.
    """
    columns = ("release_id", "dimension", "code", "rows", "value", "share_pct")
    return select(*(getattr(ReleaseUnmapped, name) for name in columns)).order_by(
        ReleaseUnmapped.release_id, ReleaseUnmapped.dimension, ReleaseUnmapped.code
    )


def files_of_releases() -> Query:
    """Select release_id, name and sha256 of each file of figures, by name."""
    return (
        select(ReleaseFile.release_id, ReleaseFile.name, ReleaseFile.sha256)
        .where(ReleaseFile.role == "figures")
        .order_by(ReleaseFile.release_id, ReleaseFile.name)
    )


def release_figures(scope: QueryScope, release_id: int) -> Query:
    """Select the figures of a release as they were published.

    `scope` must select all figures of the dataset as of the day of the release. A release of selected series has the
    figures of these series only.
    """
    figure = requested_cells(Figures(scope), scope).subquery("figure")
    is_of_period = exists().where(
        ReleasePeriod.dataset_id == dataset_id_literal(scope.dataset_id),
        ReleasePeriod.release_id == release_id,
        ReleasePeriod.flow == figure.c.flow,
        ReleasePeriod.period == figure.c.period,
    )
    series = select(ReleaseSeries).where(
        ReleaseSeries.dataset_id == dataset_id_literal(scope.dataset_id), ReleaseSeries.release_id == release_id
    )
    is_of_series = series.where(
        ReleaseSeries.flow == figure.c.flow,
        ReleaseSeries.partner_id == figure.c.partner_id,
        ReleaseSeries.commodity_id == figure.c.commodity_id,
    ).exists()
    unchanged = [column for column in figure.c if column.name != "value"]
    value: SqlExpression = currency_amount(figure.c.value, scope.unit_multiplier).label("value")
    order = [figure.c[name] for name in PAGE_KEY_COLUMNS]
    return select(*unchanged, value).where(is_of_period, or_(~series.exists(), is_of_series)).order_by(*order)
