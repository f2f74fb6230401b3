"""The data of UN Comtrade's API: rows, balances, and both sides of bilateral trade."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.analytics.figures.currency_conversion import Conversion
from service.api.database.context import Context
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.domain.comtrade.cells import COMTRADE_SOURCE
from service.domain.flows import FLOW_CODES, FLOWS
from service.errors import InvalidRequest, ParameterError
from service.resources.comtrade.aggregation import aggregate_rows, read_columns
from service.resources.comtrade.criteria import Criteria, read_criteria
from service.resources.comtrade.parameters import MAX_RESPONSE_ROWS
from service.resources.comtrade.queries import figure_count, requested_figures
from service.resources.comtrade.rows import ComtradeRow, build_rows, period_columns, remove_descriptions
from service.resources.comtrade.selection import SelectedPart, check_commodities, part_scope, select_parts

PERIOD_COLUMNS = ("typeCode", "freqCode", "refPeriodId", "refYear", "refMonth", "period")
MIRROR_FLOWS = {"X": "M", "M": "X", "DX": "M", "RX": "M", "RM": "X"}
NO_UNIT_VALUES = (
    "Standard unit values are estimates of UN Comtrade, which its files do not have; "
    "the unit values of the loaded figures are `unit_value` of /v1/series."
)
MAX_RATES = 24
"""Exchange rates that are listed for one response."""


@dataclass(frozen=True)
class ComtradeRows:
    """The rows of a response, their number, the exchange rates, and a note.

    `rates` are dollars for one unit of a currency, by currency and period. `note` says that rows are missing, or why
    there are none; null where there is nothing to say.
    """

    rows: Sequence[ComtradeRow]
    count: int
    rates: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    note: str | None = None

    @property
    def row_count(self) -> int:
        """Return the number of rows."""
        return len(self.rows)


def load_rows(context: Context, plan: Plan) -> ComtradeRows:
    """Return the rows of the validated request (`plan`), by reporter, period, flow, partner and commodity.

    :raises InvalidRequest: a parameter does not fit the data.
    """
    parameters = plan.request.parameters
    criteria = read_criteria(context, parameters)
    columns = read_columns(parameters["aggregateby"])
    if columns:
        return _aggregated_rows(context, criteria, parameters, columns)
    if parameters["countonly"]:
        return ComtradeRows((), _count_figures(context, criteria))
    return fetch_rows(context, criteria, parameters, max_rows=parameters["maxrecords"])


def _aggregated_rows(
    context: Context, criteria: Criteria, parameters: Mapping[str, Any], columns: Sequence[str]
) -> ComtradeRows:
    """Return the sums of all rows of a request by `columns`.

    :raises InvalidRequest: there are too many rows.
    """
    added = fetch_rows(context, criteria, parameters, max_rows=MAX_RESPONSE_ROWS)
    if added.note is not None:
        reason = f"the request has more than {MAX_RESPONSE_ROWS} rows; request fewer codes or periods"
        raise InvalidRequest(ParameterError("aggregateBy", ",".join(columns), reason))
    rows = aggregate_rows(added.rows, columns)
    if parameters["countonly"]:
        return ComtradeRows((), len(rows))
    rows = rows[: parameters["maxrecords"]]
    return replace(added, rows=rows, count=len(rows))


def fetch_rows(context: Context, criteria: Criteria, parameters: Mapping[str, Any], *, max_rows: int) -> ComtradeRows:
    """Return at most `max_rows` rows for the criteria of a request; the note says whether there are more."""
    rows: list[ComtradeRow] = []
    rates: dict[tuple[str, str], Any] = {}
    for part, scope in _scopes(context, criteria):
        has_cells = part.dataset.source == COMTRADE_SOURCE and part.dataset.frequency == criteria.frequency
        query = requested_figures(scope, has_source_cells=has_cells, max_rows=max_rows + 1 - len(rows))
        figures = context.fetch(query).rows
        rows += build_rows(context, criteria, part, figures)
        rates |= _part_rates(criteria, part, scope.conversion)
        if len(rows) > max_rows:
            break
    note = f"There are more than {max_rows} rows; these are the first." if len(rows) > max_rows else None
    rows = rows[:max_rows]
    if not parameters["includedesc"]:
        rows = [remove_descriptions(row) for row in rows]
    return ComtradeRows(rows, len(rows), rates, note)


def _count_figures(context: Context, criteria: Criteria) -> int:
    return sum(context.fetch(figure_count(scope)).rows[0][0] for _, scope in _scopes(context, criteria))


def _scopes(context: Context, criteria: Criteria) -> Iterator[tuple[SelectedPart, Any]]:
    parts = select_parts(context, criteria)
    check_commodities(context, criteria, parts)
    for part in parts:
        scope = part_scope(context, criteria, part)
        if scope is not None:
            yield part, scope


def _part_rates(criteria: Criteria, part: SelectedPart, conversion: Conversion | None) -> dict[tuple[str, str], Any]:
    """Return the exchange rates of the requested periods; of a year, those of its months are not listed."""
    if conversion is None:
        return {}
    periods = [(period, period_columns(criteria.frequency, period)["period"]) for period in part.periods]
    rates = {(part.dataset.currency, text): conversion.period_rate(period) for period, text in periods[:MAX_RATES]}
    is_stored = criteria.frequency == part.dataset.frequency
    return {key: rate for key, rate in rates.items() if rate is not None} if is_stored else {}


def load_balances(context: Context, plan: Plan) -> ComtradeRows:
    """Return exports, imports and the balance in dollars, by reporter, period, partner and commodity."""
    parameters = plan.request.parameters
    criteria = replace(read_criteria(context, parameters), flows=(FLOWS["X"], FLOWS["M"]))
    both = fetch_rows(context, criteria, parameters, max_rows=parameters["maxrecords"])
    balances: dict[tuple[Any, ...], ComtradeRow] = {}
    for row in both.rows:
        columns = {name: row[name] for name in row if name in _BALANCE_COLUMNS}
        key = row["reporterCode"], row["classificationCode"], row["period"], row["partnerCode"], row["cmdCode"]
        balance = balances.setdefault(key, columns | dict.fromkeys(_BALANCE_AMOUNTS))
        balance["exportValue" if row["flowCode"] == "X" else "importValue"] = row["primaryValue"]
    for balance in balances.values():
        exports, imports = balance["exportValue"], balance["importValue"]
        balance["tradeBalance"] = None if exports is None or imports is None else exports - imports
    return replace(both, rows=list(balances.values()), count=len(balances))


_BALANCE_COLUMNS = {
    *PERIOD_COLUMNS,
    *(f"{role}{part}" for role in ("reporter", "partner") for part in ("Code", "ISO", "Desc")),
    *("classificationCode", "classificationSearchCode", "cmdCode", "cmdDesc", "aggrLevel", "isLeaf"),
}
_BALANCE_AMOUNTS = ("exportValue", "importValue", "tradeBalance")
_MIRROR_COLUMNS = ("qty", "qtyUnitCode", "netWgt", "cifvalue", "fobvalue", "primaryValue")


def load_bilateral_rows(context: Context, plan: Plan) -> ComtradeRows:
    """Return the rows of the validated request (`plan`), each with the partner's figure for the same trade.

    The columns of the partner's report begin with `mirror`; null where the partner reports none.
    """
    parameters = plan.request.parameters
    criteria = read_criteria(context, parameters)
    reported = fetch_rows(context, criteria, parameters, max_rows=parameters["maxrecords"])
    mirror_criteria = replace(
        criteria,
        reporters=None if criteria.partners is None else frozenset(criteria.partners),
        partners=None if criteria.reporters is None else tuple(sorted(criteria.reporters)),
        flows=tuple(sorted({FLOWS[MIRROR_FLOWS[FLOW_CODES[flow]]] for flow in criteria.flows})),
    )
    mirror = fetch_rows(context, mirror_criteria, parameters, max_rows=parameters["maxrecords"])
    mirror_rows = {
        (row["partnerCode"], row["reporterCode"], row["flowCode"], row["period"], row["cmdCode"]): row
        for row in mirror.rows
    }
    rows = [row | _mirror_columns(row, mirror_rows) for row in reported.rows]
    return replace(reported, rows=rows, rates={**reported.rates, **mirror.rates})


def _mirror_columns(row: ComtradeRow, mirror_rows: Mapping[tuple[Any, ...], ComtradeRow]) -> ComtradeRow:
    flow = MIRROR_FLOWS[row["flowCode"]]
    mirror = mirror_rows.get((row["reporterCode"], row["partnerCode"], flow, row["period"], row["cmdCode"]), {})
    return {f"mirror{name[0].upper()}{name[1:]}": mirror.get(name) for name in ("flowCode", *_MIRROR_COLUMNS)}


def load_unit_values(_context: Context, _plan: Plan) -> ComtradeRows:
    """Return no rows: standard unit values are estimates of UN Comtrade, which are not loaded."""
    return ComtradeRows((), 0, note=NO_UNIT_VALUES)


DATA = DocumentResource(load_rows)
BALANCES = DocumentResource(load_balances)
BILATERAL_DATA = DocumentResource(load_bilateral_rows)
UNIT_VALUES = DocumentResource(load_unit_values)
