"""The resource /v1/reconciliation: the readings of one figure, sorted by their distance to a claimed one."""

import math
from collections.abc import Iterable
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.responses.list_resource import ListResource, ListRows
from service.api.responses.resource import explicit_frequency
from service.errors import InvalidRequest, ParameterError
from service.resources.reconciliation.readings import Reading, ReadingReader
from service.resources.reconciliation.schemas import READING_KINDS, ReconciliationRow

SERIES_PARAMETERS = (
    "reporter",
    "partner",
    "flow",
    "commodity",
    "frequency",
    "classification",
    "dataset",
    "period",
    "as_of",
)
ROW_COLUMNS = ("value", "currency", "exchange_rate", "valuation", "obs_status", "release", "yoy_pct")
PERCENT_DECIMALS = 4


def reconciliation_rows(context: Context, request: DataRequest) -> ListRows:
    """Return a row for each reading of one figure; none where the figure is not published.

    :raises InvalidRequest: a code is unknown, or the claimed figure is no number above 0.
    """
    parameters = request.parameters
    claimed = _claimed_value(parameters.get("claimed"))
    selection: dict[str, str | None] = {name: request.query.get(name) for name in SERIES_PARAMETERS}
    selection |= {name: ",".join(parameters[name]) for name in ("partner", "flow", "commodity")}
    selection |= {"frequency": explicit_frequency(request), "currency": parameters.get("claimed_currency")}
    reference = ReadingReader(context, selection).reference()
    if reference is None:
        return ListRows([])
    reader = ReadingReader(context, selection | {"period": reference.row["period"]})
    readings = [reference, *_distinct(reader.others(reference))]
    rows = [_row(reading, reference.row["value"], claimed) for reading in readings]
    rows.sort(key=lambda row: _distance(row, has_claim=claimed is not None))
    return ListRows([{"rank": rank} | row for rank, row in enumerate(rows, start=1)])


RECONCILIATION = ListResource(ReconciliationRow, ("rank",), reconciliation_rows)


def _claimed_value(text: str | None) -> float | None:
    """Return the claimed figure; null where there is none.

    :raises InvalidRequest: it is no number above 0.
    """
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise InvalidRequest(
            ParameterError("claimed", text, "it should be a number above 0, such as 48.9e9", ["48.9e9"])
        )
    return value


def _distinct(readings: Iterable[Reading]) -> Iterable[Reading]:
    """Yield the readings that no earlier one repeats with the same kind and link."""
    yielded_keys: set[tuple[str, str]] = set()
    for reading in readings:
        if (reading.kind, reading.link) not in yielded_keys:
            yielded_keys.add((reading.kind, reading.link))
            yield reading


def _row(reading: Reading, reference_value: int, claimed: float | None) -> dict[str, Any]:
    row = {name: reading.row.get(name) for name in ROW_COLUMNS}
    value = row["value"]
    difference = None if value is None else value - reference_value
    unexplained = None if value is None or claimed is None else round(claimed - value)
    return row | {
        "kind": reading.kind,
        "reason": reading.reason,
        "difference": difference,
        "difference_pct": _percent(difference, reference_value),
        "unexplained": unexplained,
        "unexplained_pct": _percent(unexplained, value),
        "link": reading.link,
    }


def _percent(difference: int | None, base: int | None) -> float | None:
    return None if difference is None or not base else round(100 * difference / base, PERCENT_DECIMALS)


def _distance(row: dict[str, Any], *, has_claim: bool) -> tuple[float, int]:
    kind = READING_KINDS.index(row["kind"])
    if not has_claim:
        return 0.0, kind
    return (math.inf if row["unexplained"] is None else abs(row["unexplained"])), kind
