"""Observations with SDMX codes, read from the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from service.analytics.scope import QueryScope
from service.api.database.context import Context
from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.models import Dataset
from service.resources.sdmx.queries import observations, series


class SdmxObservation(NamedTuple):
    """An observation: the codes of its series, its period, its value in units of the currency, and its status.

    The period is null where only series are requested; the value is null where it is missing or suppressed.
    """

    series: tuple[str, ...]
    period: str | None = None
    value: int | None = None
    status: str | None = None


def fetch_observations(
    context: Context,
    dataset: Dataset,
    scopes: Mapping[str, QueryScope],
    *,
    series_only: bool,
    max_rows: int,
) -> list[SdmxObservation]:
    """Return the observations in `scopes`, by frequency, series and period.

    At most `max_rows` + 1 are read; the additional one shows that the limit is exceeded.
    """
    fetched: list[SdmxObservation] = []
    for frequency, scope in scopes.items():
        query = series if series_only else observations
        result = context.fetch(query(scope, max_rows=max_rows - len(fetched)))
        fetched.extend(_decode_rows(result.rows, context, dataset, frequency))
    return fetched


def _decode_rows(
    rows: Iterable[Sequence[Any]], context: Context, dataset: Dataset, frequency: str
) -> Iterator[SdmxObservation]:
    reference = context.reference
    commodities = reference.commodities(context.session, dataset.classification_id).commodity_by_id
    reporter = reference.areas[dataset.reporter_id].code
    for flow, partner, commodity, *columns in rows:
        codes = frequency, reporter, FLOW_CODES[flow], reference.areas[partner].code, commodities[commodity].code
        if columns:
            period, value, status = columns
            yield SdmxObservation(codes, period_text(period, months=MONTHS_PER_PERIOD[frequency]), value, str(status))
        else:
            yield SdmxObservation(codes)
