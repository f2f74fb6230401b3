"""Observations with SDMX codes, read from the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from service.analytics.scope import QueryScope
from service.api.database.context import Context
from service.api.resolution.reference_data import Reference
from service.domain.flows import FLOW_CODES
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_text
from service.models import Dataset
from service.resources.sdmx.identifiers import sdmx_id
from service.resources.sdmx.queries import observations, series


class SdmxObservation(NamedTuple):
    """An observation: the codes of its series, its period, its value in units of the currency, and its status.

    The period is null where only series are requested; the value is null where it is missing or suppressed.
    """

    series: tuple[str, ...]
    period: str | None = None
    value: int | None = None
    status: str | None = None
    release_id: int | None = None


def fetch_observations(
    context: Context,
    dataset: Dataset,
    scopes: Mapping[str, QueryScope],
    *,
    series_only: bool,
    max_rows: int,
    counts: Mapping[str, int | None],
) -> list[SdmxObservation]:
    """Return the observations that `scopes` select, ordered by frequency, series and period.

    `scopes` has the query scope of each requested frequency. At most `max_rows` + 1 observations are read; the
    additional one shows that the limit is exceeded. `series_only` reads the series without their periods and values.
    `counts` has the parameters `first_count` and `last_count` of `observations`, which limit the observations of each
    series.
    """
    fetched: list[SdmxObservation] = []
    for frequency, scope in scopes.items():
        limit = max_rows - len(fetched)
        query = series(scope, max_rows=limit) if series_only else observations(scope, max_rows=limit, **counts)
        result = context.fetch(query)
        fetched.extend(_decode_rows(result.rows, context, dataset, frequency))
    return fetched


def select_observations(
    reference: Reference, observations: Sequence[SdmxObservation], parameters: Mapping[str, Any]
) -> list[SdmxObservation]:
    """Return the observations that the parameters of a request select.

    The parameter `update_day` selects those loaded on this day or later, `first_count` and `last_count` the first and
    the last ones of each series. The first `offset` of these are skipped, and at most `limit` are returned.
    """
    offset, limit = parameters.get("offset") or 0, parameters.get("limit")
    selected = _select_by_series(reference, observations, parameters)[offset:]
    return selected if limit is None else selected[:limit]


def _select_by_series(
    reference: Reference, observations: Sequence[SdmxObservation], parameters: Mapping[str, Any]
) -> list[SdmxObservation]:
    update_day = parameters.get("update_day")
    first_count, last_count = parameters.get("first_count"), parameters.get("last_count")
    selected = list(observations)
    if update_day is not None:
        selected = [each for each in selected if _load_day(reference, each) >= update_day]
    if first_count is None and last_count is None:
        return selected
    limited: list[SdmxObservation] = []
    for _, group in groupby(selected, key=lambda each: each.series):
        series_observations = list(group)
        head = series_observations[: first_count or 0]
        tail = series_observations[max(len(head), len(series_observations) - (last_count or 0)) :]
        limited += head + (tail if last_count else [])
    return limited


def _load_day(reference: Reference, observation: SdmxObservation) -> date:
    release = reference.releases.get(observation.release_id or 0)
    return date.min if release is None else release.loaded_at.date()


def _decode_rows(
    rows: Iterable[Sequence[Any]], context: Context, dataset: Dataset, frequency: str
) -> Iterator[SdmxObservation]:
    reference = context.reference
    commodities = reference.commodities(context.session, dataset.classification_id).commodity_by_id
    reporter = reference.areas[dataset.reporter_id].code
    for flow, partner, commodity, *columns in rows:
        partner_code, commodity_code = sdmx_id(reference.areas[partner].code), sdmx_id(commodities[commodity].code)
        codes = frequency, sdmx_id(reporter), FLOW_CODES[flow], partner_code, commodity_code
        if columns:
            period, value, status, release_id = columns
            text = period_text(period, months=MONTHS_PER_PERIOD[frequency])
            yield SdmxObservation(codes, text, value, str(status), release_id)
        else:
            yield SdmxObservation(codes)
