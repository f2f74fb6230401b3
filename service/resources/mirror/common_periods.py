"""Which periods are asked of both sides."""

from collections.abc import Iterable, Sequence

from service.domain.flows import FLOWS
from service.domain.periods import Period, PeriodRange, ranges_within
from service.models import Dataset
from service.resources.mirror.request import Question


def periods_of_both(
    question: Question, sides: Iterable[tuple[Dataset | None, Sequence[str]]]
) -> tuple[PeriodRange, ...]:
    """Return the ranges asked for with both their ends, for `sides`, pairs of a dataset and flows.

    `latest` is the newest period that both have published; an open end reaches as far as either.
    """
    spans = [
        question.reference.published(question.session, dataset.id).span([FLOWS[flow] for flow in flows], question.as_of)
        for dataset, flows in sides
        if dataset is not None
    ]
    known = [span for span in spans if span is not None]
    if not known:
        return question.periods
    step = question.step
    firsts, lasts = ([month - month % step for month in ends] for ends in zip(*known, strict=True))
    asked = with_latest(question.periods, Period(min(lasts), step))
    bounds = ranges_within(asked, (min(firsts), max(lasts)), step=step)
    return tuple(PeriodRange(Period(start, step), Period(end - end % step, step)) for start, end in bounds)


def with_latest(ranges: Sequence[PeriodRange], latest: Period | None) -> tuple[PeriodRange, ...]:
    """Return the ranges with a period, or an open end where that is null, in the place of `latest`."""
    ends = [(each.start, each.end) for each in ranges]
    return tuple(
        PeriodRange(latest if start == "latest" else start, latest if end == "latest" else end) for start, end in ends
    )
