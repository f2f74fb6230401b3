"""Why an answer has no rows."""

from service.api.resolution.resolver import ResolvedRequest


def empty_reason(resolved: ResolvedRequest) -> str:
    """Return `not_covered`, `not_published` or `no_trade` for a request that found no rows."""
    scope = resolved.scope
    if resolved.empty_reason is not None or scope is None:
        return resolved.empty_reason or "not_covered"
    published = scope.published_months
    first, last = scope.published_span
    asked = (month for since, until in scope.period_ranges for month in range(max(since, first), min(until, last) + 1))
    if not any(published.month_count(flow, month) for month in asked for flow in scope.flows):
        return "not_published"
    asked_goods = resolved.selected_commodities()
    covered = scope.exhaustive and any(good.id not in scope.unreported_commodities for good in asked_goods)
    return "no_trade" if covered else "not_covered"
