"""The release of a sum of figures: the latest published one of its parts, whatever the order of loading."""

from collections.abc import Collection

from sqlalchemy import FromClause, Integer, cast, func, or_, select
from sqlalchemy.dialects.postgresql import array

from service.analytics.sql.key_conditions import dataset_id_literal
from service.analytics.sql.types import SqlExpression
from service.models import Release


def release_order(dataset_ids: Collection[int]) -> FromClause:
    """Return the releases of datasets with `position`, their rank by date of publication."""
    position = func.row_number().over(order_by=(Release.published_on, Release.code))
    releases = select(Release.id, cast(position, Integer).label("position"))
    is_in_datasets = or_(*(Release.dataset_id == dataset_id_literal(key) for key in dataset_ids))
    return releases.where(is_in_datasets).subquery("release_order")


def latest_release_id(release: FromClause) -> SqlExpression:
    """Return the aggregate key of the latest published release of `release_order`."""
    return cast(func.max(array([release.c.position, release.c.id]))[2], Integer)
