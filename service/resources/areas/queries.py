"""Queries of the resource areas."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from service.analytics.sql.types import Query
from service.models import Area, AreaSuccession


def area_successions() -> Query:
    """Select each pair of a former area and a successor.

    The columns are the primary keys of both areas, the successor's code, and the day of the change.
    """
    successor = aliased(Area)
    return (
        select(AreaSuccession.predecessor_id, successor.code, AreaSuccession.changed_on)
        .join(successor, successor.id == AreaSuccession.successor_id)
        .order_by(AreaSuccession.predecessor_id, successor.code)
    )
