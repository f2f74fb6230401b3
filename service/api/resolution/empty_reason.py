"""Reasons for responses without rows."""

from service.api.resolution.resolver import ResolvedRequest


def empty_reason(resolved: ResolvedRequest) -> str:
    """Return the reason why the response to a request has no rows.

    It is `not_published` if no requested period was published. It is `no_trade` if a figure that is absent from the
    dataset is a zero, because the dataset is exhaustive and reports a requested commodity. Otherwise it is
    `not_covered`.
    """
    scope = resolved.scope
    if resolved.empty_reason is not None or scope is None:
        return resolved.empty_reason or "not_covered"
    published_months = scope.published_months
    first, last = scope.published_span
    requested_months = (
        month for start, end in scope.period_ranges for month in range(max(start, first), min(end, last) + 1)
    )
    if not any(published_months.month_count(flow, month) for month in requested_months for flow in scope.flows):
        return "not_published"
    is_covered = scope.exhaustive and any(
        commodity.id not in scope.unreported_commodities for commodity in resolved.selected_commodities()
    )
    return "no_trade" if is_covered else "not_covered"
