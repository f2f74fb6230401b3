"""Observations in codes, as messages hold them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from service.analytics.scope import QueryScope
from service.api.resolution.reference_data import Reference
from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.models import Dataset
from service.resources.sdmx.queries import observations, series


class SdmxObservation(NamedTuple):
    """An observation: codes of its dimensions, its period, its value in units of the currency, its status.

    The period is null where series alone were asked for, the value where it is missing or suppressed.
    """

    series: tuple[str, ...]
    period: str | None = None
    value: int | None = None
    status: str | None = None


def fetch_observations(
    session: Session,
    reference: Reference,
    dataset: Dataset,
    scopes: Mapping[str, QueryScope],
    *,
    series_only: bool,
    max_rows: int,
) -> list[SdmxObservation]:
    """Return what there is in `scopes`, by frequency, series and period: at most `most`, and one to tell of more."""
    there: list[SdmxObservation] = []
    for frequency, scope in scopes.items():
        query = series if series_only else observations
        rows = session.execute(query(scope, max_rows=max_rows - len(there)))
        there.extend(_decode_rows(rows, session, reference, dataset, frequency))
    return there


def _decode_rows(
    rows: Iterable[tuple[int, ...]], session: Session, reference: Reference, dataset: Dataset, frequency: str
) -> Iterator[SdmxObservation]:
    goods = reference.commodities(session, dataset.classification_id).by_id
    reporter = reference.areas[dataset.reporter_id].code
    for flow, partner, commodity, *observed in rows:
        codes = frequency, reporter, FLOW_CODES[flow], reference.areas[partner].code, goods[commodity].code
        if observed:
            period, value, status = observed
            yield SdmxObservation(codes, period_text(period, months=MONTHS_PER_PERIOD[frequency]), value, str(status))
        else:
            yield SdmxObservation(codes)
