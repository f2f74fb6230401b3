"""Queries for the periods and the source files of releases."""

from sqlalchemy import func, select

from service.analytics.sql.types import Query
from service.models import ReleaseFile, ReleasePeriod, ReleaseUnmapped


def periods_of_releases() -> Query:
    """Select release_id, first and last: the first months of the first and of the last period of each release."""
    first, last = func.min(ReleasePeriod.period), func.max(ReleasePeriod.period)
    return (
        select(ReleasePeriod.release_id, first.label("first"), last.label("last"))
        .group_by(ReleasePeriod.release_id)
        .order_by(ReleasePeriod.release_id)
    )


def unmapped_codes_of_releases() -> Query:
    """Select the unmapped codes of each release, with their figures, by dimension and code."""
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
