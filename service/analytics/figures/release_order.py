"""The release of a sum of figures: the latest published release of the figures that are added up."""

from collections.abc import Collection

from sqlalchemy import FromClause, Integer, cast, func, or_, select
from sqlalchemy.dialects.postgresql import array

from service.analytics.sql.key_conditions import dataset_id_literal
from service.analytics.sql.types import SqlExpression
from service.models import Release


def release_order(dataset_ids: Collection[int]) -> FromClause:
    """Return a table of the releases of some datasets, with `position`, their rank by date of publication from 1.

    The order in which releases were loaded has no influence.
    """
    position = func.row_number().over(order_by=(Release.published_on, Release.code))
    releases = select(Release.id, cast(position, Integer).label("position"))
    is_in_datasets = or_(*(Release.dataset_id == dataset_id_literal(key) for key in dataset_ids))
    return releases.where(is_in_datasets).subquery("release_order")


def latest_release_id(release: FromClause) -> SqlExpression:
    """Return the SQL aggregate that gives, for a group of rows, the key of the latest published release.

    `release` is the table that `release_order` returns, joined to the rows.
    """
    return cast(func.max(array([release.c.position, release.c.id]))[2], Integer)
