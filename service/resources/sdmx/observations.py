"""Observations in codes, as messages hold them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.analytics.scope import Scope
from service.api.resolution.reference_data import Reference
from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS
from service.domain.periods import period_text
from service.models import Dataset
from service.resources.sdmx.queries import observations, series


class Found(NamedTuple):
    """An observation: codes of its dimensions, its period, its value in units of the currency, its status.

    The period is null where series alone were asked for, the value where it is missing or suppressed.
    """

    series: tuple[str, ...]
    period: str | None = None
    value: int | None = None
    status: str | None = None


def found(
    session: Session,
    reference: Reference,
    dataset: Dataset,
    scopes: Mapping[str, Scope],
    *,
    series_alone: bool,
    most: int,
) -> list[Found]:
    """Return what there is in `scopes`, by frequency, series and period: at most `most`, and one to tell of more."""
    there: list[Found] = []
    for frequency, scope in scopes.items():
        query = series if series_alone else observations
        rows = session.execute(query(scope, most=most - len(there)))
        there.extend(_in_codes(rows, session, reference, dataset, frequency))
    return there


def _in_codes(
    rows: Iterable[tuple[int, ...]], session: Session, reference: Reference, dataset: Dataset, frequency: str
) -> Iterator[Found]:
    goods = reference.goods(session, dataset.classification_id).by_id
    reporter = reference.areas[dataset.reporter_id].code
    for flow, partner, commodity, *observed in rows:
        codes = frequency, reporter, FLOW_CODES[flow], reference.areas[partner].code, goods[commodity].code
        if observed:
            period, value, status = observed
            yield Found(codes, period_text(period, months=MONTHS[frequency]), value, str(status))
        else:
            yield Found(codes)
