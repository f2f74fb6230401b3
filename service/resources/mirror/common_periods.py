"""The periods that are read for both sides of a comparison."""

from collections.abc import Iterable, Sequence

from service.domain.flows import FLOWS
from service.domain.periods import Period, PeriodRange, period_start, resolve_ranges
from service.models import Dataset
from service.resources.mirror.request import MirrorRequest


def common_periods(
    request: MirrorRequest, datasets_with_flows: Iterable[tuple[Dataset | None, Sequence[str]]]
) -> tuple[PeriodRange, ...]:
    """Return the requested ranges of periods with both ends resolved.

    `datasets_with_flows` has the dataset of each side, null for a side without one, with the flows that are read from
    it. `latest` becomes the newest period that all datasets have published. An open end becomes the first or the last
    period that any dataset has published.
    """
    spans = [
        request.reference.publication_calendar(request.session, dataset.id).span(
            [FLOWS[flow] for flow in flows], request.as_of
        )
        for dataset, flows in datasets_with_flows
        if dataset is not None
    ]
    published_spans = [span for span in spans if span is not None]
    if not published_spans:
        return request.periods
    months, offset = request.period_months, request.fiscal_offset

    def find_start(month: int) -> int:
        return period_start(month, period_months=months, offset=offset or 0)

    firsts, lasts = ([find_start(month) for month in ends] for ends in zip(*published_spans, strict=True))
    ranges = replace_latest(request.periods, Period(min(lasts), months))
    bounds = resolve_ranges(ranges, (min(firsts), max(lasts)), period_months=months, fiscal_offset=offset)
    return tuple(PeriodRange(Period(start, months), Period(find_start(end), months)) for start, end in bounds)


def replace_latest(ranges: Sequence[PeriodRange], latest: Period | None) -> tuple[PeriodRange, ...]:
    """Return the ranges with the keyword `latest` replaced by a period. If the period is null, the end becomes open."""
    ends = [(each.start, each.end) for each in ranges]
    return tuple(
        PeriodRange(latest if start == "latest" else start, latest if end == "latest" else end) for start, end in ends
    )
