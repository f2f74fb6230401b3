"""The figures that readings are compared with, from the services of the other resources, read in few requests."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.domain.codes import TOTAL_CODE
from service.domain.periods import first_day, parse_period
from service.errors import InvalidRequest
from service.models import Dataset
from service.resources.checks.claims import Reading
from service.resources.checks.grammar.periods import shift_period

SERIES_FIELDS = (
    "value,currency,obs_status,release,yoy_base,yoy_change,yoy_pct,yoy_status,pop_pct,partner_share_pct,"
    "partner_contribution_pp,commodity_share_pct,commodity_contribution_pp,ytd_value,ytd_pct,streak_direction,"
    "streak_length,members_missing,period_complete"
)
BALANCE_FIELDS = (
    "balance,balance_base,balance_magnitude_pct,currency,exports_release,balance_status,members_missing,period_complete"
)
MAX_DELAY_DAYS = 60
"""Days after a text within which the first release of its period may follow."""
BALANCE_MEASURES = frozenset({"balance", "balance_magnitude_pct", "balance_size_change"})
LAST_DAY = date.max

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One row of a resource: its path, its dataset and its key. `as_of` and `currency` are null for the default."""

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
        """Return the key of the request for the cell.

        One request has the totals of several partners, or several commodities of one partner, of both flows.
        """
        is_total = self.commodity == TOTAL_CODE
        return replace(
            self, flow="", partner="" if is_total else self.partner, commodity=TOTAL_CODE if is_total else ""
        )


@dataclass
class FigureReader:
    """Reads figures of one data version; rows are kept for the time of one text."""

    context: Context
    _rows: dict[Cell, Row | None] = field(default_factory=dict)

    def load(self, cells: Iterable[Cell]) -> None:
        """Read the rows of cells in few requests."""
        cells_by_query: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in cells:
            if cell not in self._rows:
                cells_by_query[cell.query_key].append(cell)
        for query_cells in cells_by_query.values():
            rows = self._fetch(query_cells)
            for cell in query_cells:
                self._rows[cell] = rows.get((cell.partner, cell.flow, cell.commodity))

    def row(self, cell: Cell) -> Row | None:
        """Return the row of a cell; null where nothing is published for it."""
        if cell not in self._rows:
            self.load([cell])
        return self._rows[cell]

    def _fetch(self, cells: Sequence[Cell]) -> dict[tuple[str, str, str], Row]:
        partners, commodities = ({getattr(cell, name) for cell in cells} for name in ("partner", "commodity"))
        url = cell_url(cells[0], partner=",".join(sorted(partners)), commodity=",".join(sorted(commodities)))
        try:
            rows = self.context.services.fetch(self.context, url).rows()
        except InvalidRequest:
            return self._fetch_singly(cells)  # one of the codes is not in the dataset
        return {(row["partner"], row.get("flow", ""), row["commodity"]): row for row in rows}

    def _fetch_singly(self, cells: Sequence[Cell]) -> dict[tuple[str, str, str], Row]:
        if len(cells) == 1:
            return {}
        return {key: row for cell in cells for key, row in self._fetch([cell]).items()}


def cell_url(cell: Cell, *, partner: str | None = None, commodity: str | None = None, has_fields: bool = True) -> str:
    """Return the URL of the request for a cell, or for the same cell of several partners and commodities."""
    is_series = cell.path == "/v1/series"
    parameters: dict[str, str | None] = {
        "reporter": cell.reporter,
        "partner": partner or cell.partner,
        "flow": ("X,M" if partner else cell.flow) if is_series else None,
        "commodity": None if cell.commodity == TOTAL_CODE else commodity or cell.commodity,
        "period": cell.period,
        "frequency": {1: None, 3: "Q", 12: "A"}[parse_period(cell.period).months],
        "dataset": cell.dataset,
        "as_of": None if cell.as_of is None else cell.as_of.isoformat(),
        "currency": cell.currency,
        "fx": cell.fx,
        "fields": (SERIES_FIELDS if is_series else BALANCE_FIELDS) if has_fields else None,
        "limit": "10000" if has_fields else None,
    }
    return build_url(cell.path, parameters)


def reading_cell(reading: Reading, dataset: str | None, as_of: date | None, *, fx: str | None = None) -> Cell:
    """Return the cell with the figure of a reading."""
    is_balance = reading.measure in BALANCE_MEASURES
    return Cell(
        "/v1/balances" if is_balance else "/v1/series",
        reading.reporter,
        dataset,
        reading.partner,
        "" if is_balance else reading.flow,
        reading.commodity.rpartition("/")[2],
        reading.period,
        as_of,
        reading.currency,
        fx,
    )


def reading_figure(reader: FigureReader, reading: Reading, cell: Cell) -> Decimal | None:
    """Return the figure of a reading in the row of its cell, in units or percent; null where it is not known."""
    row = reader.row(cell)
    if row is None or row["members_missing"] or not row["period_complete"]:
        return None
    if reading.measure == "streak_length":
        return _signed_streak(row)
    if reading.measure == "balance_size_change":
        return _balance_size_change(row)
    if reading.measure == "two_year_pct":
        return _two_year_growth(reader, row, cell)
    if reading.measure == "balance_magnitude_pct" and not _has_sign(row["balance_base"], reading.flow):
        return None
    number = row.get(reading.measure)
    return None if number is None else Decimal(str(number))


def _signed_streak(row: Row) -> Decimal | None:
    signs = {"up": 1, "down": -1}
    sign = signs.get(row["streak_direction"] or "")
    return None if sign is None else Decimal(sign * row["streak_length"])


def _has_sign(balance: int | None, flow: str) -> bool:
    """Return whether a balance is a deficit or surplus as a reading names it."""
    kind = flow.partition(":")[2]
    return balance is not None and (kind == "balance" or (balance < 0) == (kind == "deficit"))


def _balance_size_change(row: Row) -> Decimal | None:
    if row["balance"] is None or row["balance_base"] is None:
        return None
    return Decimal(abs(row["balance"]) - abs(row["balance_base"]))


def _two_year_growth(reader: FigureReader, row: Row, cell: Cell) -> Decimal | None:
    base_cell = replace(cell, period=shift_period(cell.period, months=-24))
    base = reader.row(base_cell)
    if base is None or row["value"] is None or not base["value"]:
        return None
    return 100 * (Decimal(row["value"]) / Decimal(base["value"]) - 1)


def monthly_datasets(context: Context, reporter: str) -> list[tuple[str, str]]:
    """Return code and family of classification of each monthly dataset of a reporter, the default one first."""
    reference = context.reference
    area = context.find_area("reporter", reporter)
    datasets = [dataset for dataset in reference.datasets_by_reporter.get(area.id, ()) if dataset.frequency == "M"]
    return [(dataset.code, _family(context, dataset)) for dataset in datasets]


def _family(context: Context, dataset: Dataset) -> str:
    family: str = context.reference.classifications[dataset.classification_id].family
    return family


def has_revisions(context: Context, cell: Cell) -> bool:
    """Return whether a figure of the series of a cell was ever revised, in the year up to its period."""
    parameters = {
        "reporter": cell.reporter,
        "partner": cell.partner,
        "flow": cell.flow or "X,M",
        "commodity": None if cell.commodity == TOTAL_CODE else cell.commodity,
        "period": f"{shift_period(cell.period, months=-12)}..{cell.period}",
        "frequency": {1: None, 3: "Q", 12: "A"}[parse_period(cell.period).months],
        "dataset": cell.dataset,
        "limit": "10000",
    }
    try:
        rows = context.services.fetch(context, build_url("/v1/revisions", parameters)).rows()
    except InvalidRequest:
        return False
    return any(row["revision"] for row in rows)


def next_release_day(context: Context, reporter: str, day: date) -> date | None:
    """Return the day of the first release of a reporter after a day, at most MAX_DELAY_DAYS later; null for none."""
    reference = context.reference
    area = context.find_area("reporter", reporter)
    days = [
        release.published_on
        for dataset in reference.datasets_by_reporter.get(area.id, ())
        for release in reference.releases_by_dataset.get(dataset.id, ())
        if 0 < (release.published_on - day).days <= MAX_DELAY_DAYS
    ]
    return min(days, default=None)


def period_end(period: str) -> date:
    """Return the first day after a period."""
    parsed = parse_period(period)
    return first_day(parsed.first_month + parsed.months)
