"""Query for the figures that a release revised."""

from sqlalchemy import and_, func, select, union_all

from service.analytics.sql.key_conditions import matches_dataset
from service.analytics.sql.types import Query
from service.models import Observation, ObservationHistory, Release

MAX_COMPARED_FIGURES = 20_000
"""Superseded figures that are compared, the largest ones: those of a whole classification would take seconds."""
FIGURE_KEY = ("flow", "partner_id", "commodity_id", "period")


def figures_revised_by_release(release: Release, *, limit: int) -> Query:
    """Select the largest revisions of a release: the key of the figure, its old_value and new_value, and two counts.

    Values are in stored units, and null where a figure is missing or suppressed. `compared_count` is the number of
    superseded figures, at most MAX_COMPARED_FIGURES; `revised_count` is the number of those to which the release gave
    another value. A figure that is missing in the release does not count as revised.
    """
    tables = (Observation, ObservationHistory)
    columns = (*FIGURE_KEY, "value")
    published = union_all(
        *(
            select(*(getattr(table, name) for name in columns)).where(
                matches_dataset(table, release.dataset_id), table.release_id == release.id
            )
            for table in tables
        )
    ).subquery("published")
    superseded = (
        select(*(getattr(ObservationHistory, name) for name in columns))
        .where(
            matches_dataset(ObservationHistory, release.dataset_id),
            ObservationHistory.known_until == release.published_on,
        )
        .order_by(ObservationHistory.value.desc().nulls_last())
        .limit(MAX_COMPARED_FIGURES)
        .cte("superseded")
    )
    is_same_figure = and_(*(published.c[name] == superseded.c[name] for name in FIGURE_KEY))
    size = func.abs(published.c.value - superseded.c.value)
    return (
        select(
            *(published.c[name] for name in FIGURE_KEY),
            superseded.c.value.label("old_value"),
            published.c.value.label("new_value"),
            func.count().over().label("revised_count"),
            select(func.count()).select_from(superseded).scalar_subquery().label("compared_count"),
        )
        .join(superseded, is_same_figure)
        .where(published.c.value.is_distinct_from(superseded.c.value))
        .order_by(size.desc().nulls_last(), *(published.c[name] for name in FIGURE_KEY))
        .limit(limit)
    )
