"""The figure of a reading: a column of its row, or a figure from several rows, as of a record or a comparison."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from service.resources.checks.claims import Reading
from service.resources.checks.grammar.periods.resolution import shift_period
from service.resources.checks.verdicts.figures import Cell, FigureReader, Row

MAX_RECORD_MONTHS = 120
RECORD_BLOCK_MONTHS = 24
"""Months that one request reads, while a record is followed back."""


def reading_cell(reading: Reading, dataset: str | None, as_of: date | None, *, fx: str | None = None) -> Cell:
    """Return the cell that holds the figure of a reading.

    `dataset` is a code; null for the default dataset. `as_of` is the day on which the figure was known; null for the
    newest one. `fx` is the kind of exchange rate, as in the query parameter.
    """
    is_balance = reading.flow.startswith("balance")
    path = "/v1/partners" if reading.measure == "rank" else "/v1/series"
    return Cell(
        "/v1/balances" if is_balance else path,
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
    """Return the figure of a reading, read from the row of its cell; null where it is not known.

    Amounts are in units of the currency, growth rates and shares in percent, streaks and records in periods.
    """
    row = reader.row(cell)
    if row is None or row.get("members_missing") or not row.get("period_complete", True):
        return None
    if reading.measure in COMPARISONS:
        return _compared_figure(reader, reading, row, cell)
    if reading.measure in MEASURED_ROWS:
        return MEASURED_ROWS[reading.measure](reader, row, cell)
    if reading.measure == "streak_length":
        return _balance_streak(reader, row, cell, reading) if cell.path == "/v1/balances" else _signed_streak(row)
    if reading.measure == "balance_size_change":
        return _balance_size_change(row)
    is_other_side = reading.measure == "balance_magnitude_pct" and not _has_sign(row["balance_base"], reading.flow)
    number = None if is_other_side else row.get(reading.measure)
    return None if number is None else Decimal(str(number))


COMPARISONS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "ratio": lambda value, base: value / base,
    "excess_pct": lambda value, base: 100 * (value / base - 1),
    "excess": lambda value, base: value - base,
}
"""Measures that compare a value with that of another series of the same period."""


def _compared_figure(reader: FigureReader, reading: Reading, row: Row, cell: Cell) -> Decimal | None:
    """Return the comparison of a value with that of the other series; null where either is missing or no base."""
    assert reading.base is not None
    base_reading = replace(
        reading, partner=reading.base.partner, flow=reading.base.flow, commodity=reading.base.commodity, base=None
    )
    base_cell = reading_cell(base_reading, cell.dataset, cell.as_of, fx=cell.fx)
    base_row = reader.row(base_cell)
    value, base = _size(row, reading.flow), None if base_row is None else _size(base_row, reading.base.flow)
    return None if value is None or not base else COMPARISONS[reading.measure](value, base)


def _size(row: Row, flow: str) -> Decimal | None:
    """Return the value of a flow, or the size of a deficit or surplus; null where it is not known."""
    if not flow.startswith("balance"):
        return None if row["value"] is None else Decimal(row["value"])
    return Decimal(abs(row["balance"])) if _has_sign(row["balance"], flow) else None


def is_rank_certain(reader: FigureReader, row: Row, cell: Cell) -> bool:
    """Return whether no partner without a figure can have a larger one than the partner of `row`."""
    shares = [each["partner_share_pct"] for each in reader.ranking(cell) if each["rank"] is not None]
    return row["rank_status"] == "ok" or (None not in shares and row["partner_share_pct"] > 100 - sum(shares))


def _rank(_reader: FigureReader, row: Row, _cell: Cell) -> Decimal | None:
    """Return the rank among the partners with figures; the true one is at least as large."""
    return None if row["rank"] is None else Decimal(row["rank"])


def _months_back(
    reader: FigureReader, row: Row, cell: Cell, *, column: str, matches: Callable[[Decimal, Decimal], bool]
) -> Decimal | None:
    """Return the months back to the last number of a column that matches that of `row`; null where one is missing."""
    if row[column] is None:
        return None
    current = Decimal(str(row[column]))
    for months in range(1, MAX_RECORD_MONTHS + 1):
        if months % RECORD_BLOCK_MONTHS == 1:
            reader.load(_earlier_cell(cell, months + each) for each in range(RECORD_BLOCK_MONTHS))
        earlier_row = reader.row(_earlier_cell(cell, months))
        if earlier_row is None or earlier_row[column] is None:
            return None
        if matches(Decimal(str(earlier_row[column])), current):
            return Decimal(months)
    return None


def _balance_streak(reader: FigureReader, row: Row, cell: Cell, reading: Reading) -> Decimal | None:
    """Return the months in which a balance had the side of a reading without a break; null where one is missing."""
    if row["balance"] is None:
        return None
    if not _has_sign(row["balance"], reading.flow):
        return Decimal(0)
    opposite = _is_negative if row["balance"] > 0 else _is_positive
    return _months_back(reader, row, cell, column="balance", matches=opposite)


def _earlier_cell(cell: Cell, months: int) -> Cell:
    return replace(cell, period=shift_period(cell.period, months=-months))


def _first(
    reader: FigureReader, row: Row, cell: Cell, *, column: str, matches: Callable[[Decimal, Decimal], bool]
) -> Decimal | None:
    """Return the months back to the last number with the sign of a record; 0 where the present one has another sign."""
    if row[column] is None:
        return None
    current = Decimal(str(row[column]))
    return _months_back(reader, row, cell, column=column, matches=matches) if matches(current, current) else Decimal(0)


def _is_as_high(earlier: Decimal, current: Decimal) -> bool:
    return earlier >= current


def _is_as_low(earlier: Decimal, current: Decimal) -> bool:
    return earlier <= current


def _is_positive(earlier: Decimal, _current: Decimal) -> bool:
    return earlier > 0


def _is_negative(earlier: Decimal, _current: Decimal) -> bool:
    return earlier < 0


RECORDS: dict[str, Callable[[FigureReader, Row, Cell], Decimal | None]] = {
    "months_since_as_high": partial(_months_back, column="value", matches=_is_as_high),
    "months_since_as_low": partial(_months_back, column="value", matches=_is_as_low),
    "months_since_growth_as_high": partial(_months_back, column="yoy_pct", matches=_is_as_high),
    "months_since_growth_as_low": partial(_months_back, column="yoy_pct", matches=_is_as_low),
    "months_since_balance_as_high": partial(_months_back, column="balance", matches=_is_as_high),
    "months_since_balance_as_low": partial(_months_back, column="balance", matches=_is_as_low),
    "months_since_rise": partial(_first, column="yoy_pct", matches=_is_positive),
    "months_since_decline": partial(_first, column="yoy_pct", matches=_is_negative),
    "months_since_surplus": partial(_first, column="balance", matches=_is_positive),
    "months_since_deficit": partial(_first, column="balance", matches=_is_negative),
}
"""Records: the months back to a number as high or as low, or to the last one with the same sign."""

MEASURED_ROWS: dict[str, Callable[[FigureReader, Row, Cell], Decimal | None]] = {"rank": _rank, **RECORDS}
"""Measures that more rows than one are read for."""


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
