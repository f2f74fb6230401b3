"""Generated figures: with the shape of real trade, or as a full cross product; the same in every run.

In real trade few partners and commodities have most of the value, and most pairs have no trade in some months.
"""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow.csv import CSVWriter

from service.ingest.catalog.reference_tables import REFERENCE_FOLDER

FIRST_YEAR, YEARS = 2014, 10
FLOWS = ("X", "M")
REPORTERS = ("JPN", "DEU", "USA", "KOR", "FRA", "GBR", "ITA", "NLD")
"""Reporters in the order in which they are loaded."""
COLUMNS = ("period", "flow", "partner", "commodity")
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS] + [("value", pa.int64())])


def write_sparse_trade(path: Path, reporter: str, *, rows: int, factor: float = 1, first_year: int = FIRST_YEAR) -> int:
    """Write about `rows` monthly HS6 figures of a reporter in ten years to a CSV file, and return their count.

    Only the years from `first_year` are written, their values times `factor`: a revision.
    """
    return _write(path, _sparse_months(reporter, rows, factor, 12 * (first_year - FIRST_YEAR)))


def write_cross_product(path: Path, reporter: str, *, rows: int) -> int:
    """Write the exports of every HS6 commodity to as many partners as `rows` takes, each month of a year."""
    return _write(path, _cross_product_months(reporter, rows))


def _write(path: Path, months: Iterator[pa.Table]) -> int:
    row_count = 0
    with CSVWriter(path, SCHEMA) as file:
        for month in months:
            file.write_table(month)
            row_count += month.num_rows
    return row_count


def _cross_product_months(reporter: str, rows: int) -> Iterator[pa.Table]:
    random_source = _random_source(reporter)
    partners, commodities = _partners(reporter), _commodities()
    pair_count = rows // 12
    partner, commodity = np.divmod(np.arange(pair_count), len(commodities))
    for month in range(12):
        values = random_source.integers(1, 10**9, size=pair_count)
        yield _month_table(12 * (YEARS - 1) + month, "X", partners[partner], commodities[commodity], values)


def _sparse_months(reporter: str, rows: int, factor: float, first_month: int) -> Iterator[pa.Table]:
    random_source = _random_source(reporter)
    partners, commodities = _partners(reporter), _commodities()
    rows_per_month = rows / (YEARS * 12 * len(FLOWS))
    for flow in FLOWS:
        weights = (_zipf_weights(random_source, len(codes)) for codes in (partners, commodities))
        weight = np.outer(*weights).ravel()
        probability = _trade_probability(weight, rows_per_month)
        size = weight**0.6 * random_source.lognormal(mean=22, sigma=1, size=weight.size)
        season = random_source.normal(scale=0.1, size=12)
        for month in range(YEARS * 12):
            (pairs,) = np.nonzero(random_source.random(weight.size) < probability)
            level = 1.004**month * (1 + season[month % 12])
            values = size[pairs] * level * random_source.lognormal(sigma=0.2, size=pairs.size)
            if month >= first_month:
                partner, commodity = np.divmod(pairs, len(commodities))
                values = (factor * values).astype(np.int64) + 1
                yield _month_table(month, flow, partners[partner], commodities[commodity], values)


def _month_table(month: int, flow: str, partner: np.ndarray, commodity: np.ndarray, values: np.ndarray) -> pa.Table:
    period = f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02}"
    return pa.table([[period] * values.size, [flow] * values.size, partner, commodity, values], schema=SCHEMA)


def _random_source(reporter: str) -> np.random.Generator:
    return np.random.default_rng(list(reporter.encode()))


def _partners(reporter: str) -> np.ndarray:
    return _codes("areas.csv", lambda row: row["kind"] == "country" and row["code"] != reporter)


def _commodities() -> np.ndarray:
    return _codes("hs2022.csv", lambda row: len(row["code"]) == 6)


def _codes(file_name: str, condition: Callable[[dict[str, str]], bool]) -> np.ndarray:
    with (REFERENCE_FOLDER / file_name).open(encoding="utf-8", newline="") as file:
        return np.array([row["code"] for row in csv.DictReader(file) if condition(row)])


def _zipf_weights(random_source: np.random.Generator, count: int) -> np.ndarray:
    """Return weights in random order, of which the n-th largest is one n-th of the largest."""
    return random_source.permutation(1 / np.arange(1, count + 1))


def _trade_probability(weight: np.ndarray, expected_rows: float) -> np.ndarray:
    """Return the probability that a pair trades in a month: it grows with the weight; `expected_rows` is its sum."""
    low, high = 0.0, 1e12
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 - np.exp(-middle * weight)).sum() < expected_rows else (low, middle)
    return 1 - np.exp(-high * weight)
