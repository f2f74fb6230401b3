"""Why an answer has no rows."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from service.analytics.figures import published_periods, within_periods
from service.api.scope import Resolved


def reason_for_nothing(session: Session, resolved: Resolved) -> str:
    """Return `not_covered`, `not_published` or `no_trade` for a request that found no rows."""
    if resolved.reason is not None or resolved.scope is None:
        return resolved.reason or "not_covered"
    published = published_periods(resolved.scope)
    asked = published.c.flow.in_(resolved.scope.flows), within_periods(published.c.period, resolved.scope)
    if not session.scalar(select(exists(select(published).where(*asked)))):
        return "not_published"
    return "no_trade" if resolved.scope.exhaustive else "not_covered"
