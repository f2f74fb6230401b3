"""Which periods are asked of both sides."""

from collections.abc import Iterable, Sequence

from service.domain.flows import FLOWS
from service.domain.periods import Period, PeriodRange, period_start, resolve_ranges
from service.models import Dataset
from service.resources.mirror.request import MirrorRequest


def common_periods(
    request: MirrorRequest, datasets_with_flows: Iterable[tuple[Dataset | None, Sequence[str]]]
) -> tuple[PeriodRange, ...]:
    """Return the ranges asked for with both their ends, for `sides`, pairs of a dataset and flows.

    `latest` is the newest period that both have published; an open end reaches as far as either.
    """
    spans = [
        request.reference.publication_calendar(request.session, dataset.id).span(
            [FLOWS[flow] for flow in flows], request.as_of
        )
        for dataset, flows in datasets_with_flows
        if dataset is not None
    ]
    known = [span for span in spans if span is not None]
    if not known:
        return request.periods
    step = request.period_months
    firsts, lasts = ([period_start(month, period_months=step) for month in ends] for ends in zip(*known, strict=True))
    asked = replace_latest(request.periods, Period(min(lasts), step))
    bounds = resolve_ranges(asked, (min(firsts), max(lasts)), period_months=step)
    return tuple(
        PeriodRange(Period(start, step), Period(period_start(end, period_months=step), step)) for start, end in bounds
    )


def replace_latest(ranges: Sequence[PeriodRange], latest: Period | None) -> tuple[PeriodRange, ...]:
    """Return the ranges with a period, or an open end where that is null, in the place of `latest`."""
    ends = [(each.start, each.end) for each in ranges]
    return tuple(
        PeriodRange(latest if start == "latest" else start, latest if end == "latest" else end) for start, end in ends
    )
