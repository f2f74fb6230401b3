"""Figures such as real trade has: few partners and goods have most of it, and most cells are not traded every month."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow.csv import CSVWriter

from service.ingest.catalog.reference_tables import REFERENCE_FOLDER

FIRST_YEAR, YEARS = 2014, 10
FLOWS = ("X", "M")
REPORTERS = ("JPN", "DEU", "USA", "KOR", "FRA", "GBR", "ITA", "NLD")
"""Who reports, in the order in which they are taken."""


def write_reporter(path: Path, reporter: str, *, rows: int) -> int:
    """Write about that many monthly HS6 figures of one reporter to a CSV file; return how many there are.

    The same figures every time. Columns: period, flow, partner, commodity, value; each cell once.
    """
    written = 0
    with CSVWriter(path, _SCHEMA) as file:
        for month in _months(reporter, rows=rows):
            file.write_table(month)
            written += month.num_rows
    return written


_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("period", "flow", "partner", "commodity")] + [("value", pa.int64())]
)


def _months(reporter: str, *, rows: int) -> Iterator[pa.Table]:
    dice = np.random.default_rng(list(reporter.encode()))
    partners = np.array([code for code in _codes("areas.csv", kind="country") if code != reporter])
    goods = np.array(_codes("hs2022.csv", digits=6))
    a_month = rows / (YEARS * 12 * len(FLOWS))
    for flow in FLOWS:
        weight = np.outer(_zipf(dice, len(partners)), _zipf(dice, len(goods))).ravel()
        traded = _probability(weight, a_month)
        size = weight**0.6 * dice.lognormal(mean=22, sigma=1, size=weight.size)
        season = dice.normal(scale=0.1, size=12)
        for month in range(YEARS * 12):
            (cells,) = np.nonzero(dice.random(weight.size) < traded)
            level = 1.004**month * (1 + season[month % 12])
            value = size[cells] * level * dice.lognormal(sigma=0.2, size=cells.size)
            of_partner, of_good = np.divmod(cells, len(goods))
            period = f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02}"
            named = [np.full(cells.size, period), np.full(cells.size, flow), partners[of_partner], goods[of_good]]
            yield pa.table([*named, value.astype(np.int64) + 1], schema=_SCHEMA)


def _codes(table: str, *, kind: str | None = None, digits: int | None = None) -> list[str]:
    with (REFERENCE_FOLDER / table).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["code"] for row in rows if (row["kind"] == kind if kind else len(row["code"]) == digits)]


def _zipf(dice: np.random.Generator, number: int) -> np.ndarray:
    """Return weights of which the n-th largest is one n-th of the largest, in random order."""
    return dice.permutation(1 / np.arange(1, number + 1))


def _probability(weight: np.ndarray, expected: float) -> np.ndarray:
    """Return how likely each cell is traded in a month, so that `expected` of them are: the heavy ones always."""
    low, high = 0.0, 1e12
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 - np.exp(-middle * weight)).sum() < expected else (low, middle)
    return 1 - np.exp(-high * weight)
