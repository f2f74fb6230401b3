"""Why an answer has no rows."""

from service.api.resolution.resolver import Resolved


def reason_for_nothing(resolved: Resolved) -> str:
    """Return `not_covered`, `not_published` or `no_trade` for a request that found no rows."""
    scope = resolved.scope
    if resolved.reason is not None or scope is None:
        return resolved.reason or "not_covered"
    published = scope.months_published
    first, last = scope.span
    asked = (month for since, until in scope.periods for month in range(max(since, first), min(until, last) + 1))
    if not any(published.of(flow, month) for month in asked for flow in scope.flows):
        return "not_published"
    asked_goods = resolved.goods_asked()
    covered = scope.exhaustive and any(good.id not in scope.uncovered for good in asked_goods)
    return "no_trade" if covered else "not_covered"
