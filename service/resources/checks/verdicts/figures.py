"""The figures that readings are compared with, from other resources, read in few requests."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.domain.codes import TOTAL_CODE
from service.domain.fiscal_years import period_offset
from service.domain.frequencies import FISCAL_YEARS
from service.domain.periods import first_day, parse_period
from service.errors import InvalidRequest
from service.models import Dataset
from service.resources.checks.grammar.periods.resolution import shift_period

SERIES_FIELDS = (
    "value,currency,obs_status,release,yoy_base,yoy_change,yoy_pct,yoy_status,pop_pct,partner_share_pct,"
    "partner_contribution_pp,commodity_share_pct,commodity_contribution_pp,ytd_value,ytd_pct,two_year_pct,"
    "fytd_value,fytd_pct,r12_value,r12_pct,streak_direction,streak_length,members_missing,period_complete"
)
BALANCE_FIELDS = (
    "balance,balance_base,balance_magnitude_pct,currency,exports_release,balance_status,members_missing,period_complete"
)
MAX_DELAY_DAYS = 60
"""Days after a text within which the first release of its period may follow."""
RANKING_FIELDS = "rank,rank_status,partner_share_pct,value,currency,obs_status,release"
FIELDS_BY_PATH = {"/v1/series": SERIES_FIELDS, "/v1/balances": BALANCE_FIELDS, "/v1/partners": RANKING_FIELDS}
MAX_PAIRS = 400
"""Pairs of partner and commodity in one request; a request may have 1,000 series of both flows."""
MAX_OTHER_PAIRS = 20
"""Pairs of a request that no number is about; more of them cost more time than further requests."""
MIN_PERIODS_OF_SERIES_REQUEST = 3
LAST_DAY = date.max

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """The address of one row of a resource: its path, such as /v1/series, its dataset and its key.

    `dataset`, `as_of`, `currency` and `fx`, the kind of exchange rate, are null for the default of the resource.
    """

    path: str
    reporter: str
    dataset: str | None
    partner: str
    flow: str
    commodity: str
    period: str
    as_of: date | None
    currency: str | None = None
    fx: str | None = None

    @property
    def query_key(self) -> "Cell":
        """Return the key that is equal for all cells which one request can read.

        One request reads the totals of several partners and periods, or several commodities and partners of one period,
        in each case for both flows; `_requests` splits it where it would read many other series.
        """
        is_total = self.commodity == TOTAL_CODE
        return replace(
            self,
            flow="",
            partner="",
            commodity=TOTAL_CODE if is_total else "",
            period=period_frequency(self.period) or "M" if is_total else self.period,
        )

    @property
    def row_key(self) -> tuple[str, ...]:
        """Return the key that identifies, among the rows which one request returns, the row of this cell."""
        return self.partner, self.flow, self.commodity, self.period


@dataclass
class FigureReader:
    """Reader of the figures for the check of one text. It reads each row once and keeps it."""

    context: Context
    _rows: dict[Cell, Row | None] = field(default_factory=dict)

    def load(self, cells: Iterable[Cell]) -> None:
        """Read the rows of `cells` in few requests and keep them."""
        for query_cells in _requests([cell for cell in dict.fromkeys(cells) if cell not in self._rows]):
            rows = self._fetch(query_cells)
            for cell in query_cells:
                self._rows[cell] = rows.get(cell.row_key)

    def row(self, cell: Cell) -> Row | None:
        """Return the row of a cell; null where nothing is published for it."""
        if cell not in self._rows:
            self.load([cell])
        return self._rows[cell]

    def ranking(self, cell: Cell) -> list[Row]:
        """Return the rows of all partners in the period and flow of a cell."""
        url = _url(replace(cell, partner="all"), period=cell.period, fields=RANKING_FIELDS, limit="1000")
        rows: list[Row] = self.context.fetch_resource(url).rows()
        return rows

    def _fetch(self, cells: Sequence[Cell]) -> dict[tuple[str, ...], Row]:
        if len(cells) > 1 and _pair_count(cells) > MAX_PAIRS:
            middle = len(cells) // 2
            return self._fetch(cells[:middle]) | self._fetch(cells[middle:])
        try:
            rows = self.context.fetch_resource(cells_url(cells)).rows()
        except InvalidRequest as error:
            return self._fetch_without_unknown_codes(cells, error)
        return {(row["partner"], row.get("flow", ""), row["commodity"], row["period"]): row for row in rows}

    def _fetch_without_unknown_codes(self, cells: Sequence[Cell], error: InvalidRequest) -> dict[tuple[str, ...], Row]:
        """Return the rows of the cells whose codes are in the dataset, none where the error names no code."""
        unknown = {(each.parameter, each.value) for each in error.parameter_errors}
        known_cells = [
            cell
            for cell in cells
            if ("partner", cell.partner) not in unknown and ("commodity", cell.commodity) not in unknown
        ]
        if len(known_cells) < len(cells):
            return self._fetch(known_cells) if known_cells else {}
        return {} if len(cells) == 1 else {key: row for cell in cells for key, row in self._fetch([cell]).items()}


def _requests(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Yield the cells of each request: a series in many periods, or the cells of equal `query_key`.

    A request reads each of its partners for each of its commodities. If the cells have few of these series, each
    partner has a request of its own.
    """
    cells_by_series: dict[Cell, list[Cell]] = defaultdict(list)
    for cell in cells:
        cells_by_series[replace(cell, flow="", period=period_frequency(cell.period) or "M")].append(cell)
    cells_by_query: dict[Cell, list[Cell]] = defaultdict(list)
    for series_cells in cells_by_series.values():
        is_long = series_cells[0].commodity != TOTAL_CODE and len(series_cells) >= MIN_PERIODS_OF_SERIES_REQUEST
        for cell in series_cells:
            cells_by_query[replace(cell, flow="", period="") if is_long else cell.query_key].append(cell)
    for query_cells in cells_by_query.values():
        yield from _requests_by_partner(query_cells) if _is_sparse(query_cells) else [query_cells]


def _is_sparse(cells: Sequence[Cell]) -> bool:
    """Return whether a request for cells reads many other series."""
    pair_count = len({(cell.partner, cell.commodity) for cell in cells})
    return _pair_count(cells) - pair_count > MAX_OTHER_PAIRS


def _requests_by_partner(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    cells_by_partner: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        cells_by_partner[cell.partner].append(cell)
    yield from cells_by_partner.values()


def _pair_count(cells: Sequence[Cell]) -> int:
    """Return the number of pairs of partner and commodity that a request for cells has."""
    return len({cell.partner for cell in cells}) * len({cell.commodity for cell in cells})


def cells_url(cells: Sequence[Cell]) -> str:
    """Return the URL of the request that reads all `cells`, which have the same `query_key`."""
    partners, commodities, periods = (
        ",".join(sorted({getattr(cell, name) for cell in cells})) for name in ("partner", "commodity", "period")
    )
    path = cells[0].path
    return _url(
        replace(cells[0], partner=partners, flow="" if path == "/v1/balances" else "X,M", commodity=commodities),
        period=periods,
        fields=FIELDS_BY_PATH[path],
        limit="10000",
    )


def cell_url(cell: Cell) -> str:
    """Return the URL of the request for a cell with all its columns."""
    return _url(cell, period=cell.period)


def _url(cell: Cell, **parameters: str) -> str:
    return build_url(
        cell.path,
        {
            "reporter": cell.reporter,
            "partner": cell.partner,
            "flow": cell.flow or None,
            "commodity": None if cell.commodity == TOTAL_CODE else cell.commodity,
            "frequency": period_frequency(cell.period),
            "dataset": cell.dataset,
            "as_of": None if cell.as_of is None else cell.as_of.isoformat(),
            "currency": cell.currency,
            "fx": cell.fx,
            **parameters,
        },
    )


def monthly_datasets(context: Context, reporter: str) -> list[tuple[str, str]]:
    """Return the code and the classification family of each monthly dataset of a reporter, the default one first."""
    reference = context.reference
    area = context.find_area("reporter", reporter)
    datasets = [dataset for dataset in reference.datasets_by_reporter.get(area.id, ()) if dataset.frequency == "M"]
    return [(dataset.code, _family(context, dataset)) for dataset in datasets]


def datasets_by_other_valuation(context: Context, reporter: str, flow: str) -> list[str]:
    """Return the codes of a reporter's monthly datasets if they value a flow in different ways, such as CIF and FOB.

    The list is empty if all have the same valuation. `flow` is `X` or `M`; the list is empty for other flows.
    """
    name = {"X": "export_valuation", "M": "import_valuation"}.get(flow)
    area = context.find_area("reporter", reporter)
    datasets = context.reference.datasets_by_reporter.get(area.id, ())
    valuations = {dataset.code: getattr(dataset, name) for dataset in datasets if name and dataset.frequency == "M"}
    return list(valuations) if len(set(valuations.values())) > 1 else []


def _family(context: Context, dataset: Dataset) -> str:
    family: str = context.reference.classifications[dataset.classification_id].family
    return family


def has_revisions(context: Context, cell: Cell) -> bool:
    """Return whether any figure of the time series of a cell, in the year up to its period, was ever revised."""
    parameters = {
        "reporter": cell.reporter,
        "partner": cell.partner,
        "flow": cell.flow or "X,M",
        "commodity": None if cell.commodity == TOTAL_CODE else cell.commodity,
        "period": f"{shift_period(cell.period, months=-12)}..{cell.period}",
        "frequency": period_frequency(cell.period),
        "dataset": cell.dataset,
        "limit": "10000",
    }
    try:
        rows = context.fetch_resource(build_url("/v1/revisions", parameters)).rows()
    except InvalidRequest:
        return False
    return any(row["revision"] for row in rows)


def next_release_days(context: Context, reporter: str, day: date) -> list[date]:
    """Return, in order, the days on which a reporter published a release within MAX_DELAY_DAYS after `day`."""
    days = {each for each in _release_days(context, reporter) if 0 < (each - day).days <= MAX_DELAY_DAYS}
    return sorted(days)


def has_later_release(context: Context, reporter: str, day: date) -> bool:
    """Return whether a reporter published anything after a day."""
    return any(each > day for each in _release_days(context, reporter))


def _release_days(context: Context, reporter: str) -> Iterator[date]:
    """Yield the days of the releases of a reporter."""
    reference = context.reference
    area = context.find_area("reporter", reporter)
    for dataset in reference.datasets_by_reporter.get(area.id, ()):
        yield from (release.published_on for release in reference.releases_by_dataset.get(dataset.id, ()))


def period_frequency(period: str) -> str | None:
    """Return the frequency of a period as a query parameter; null for a month, the default."""
    parsed = parse_period(period)
    return FISCAL_YEARS if parsed.is_fiscal else {1: None, 3: "Q", 6: "H", 12: "A"}[parsed.months]


def period_end(period: str, *, reporter: str) -> date:
    """Return the first day after a period; a fiscal year is that of the reporter."""
    parsed = parse_period(period)
    offset = period_offset(period_frequency(period) or "M", reporter=reporter)
    return first_day(parsed.first_month + parsed.months + offset)
