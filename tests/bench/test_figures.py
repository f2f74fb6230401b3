"""The properties of the generated figures, on which the meaning of the measurements depends."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

from bench.figures import COLUMNS, write_cross_product, write_sparse_trade

ROW_COUNT = 30_000


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("figures") / "JPN.csv"
    write_sparse_trade(path, "JPN", rows=ROW_COUNT)
    return path


@pytest.fixture(scope="module")
def rows(file: Path) -> list[dict[str, object]]:
    return read_rows(file)


def read_rows(file: Path) -> list[dict[str, object]]:
    text_columns = pa.csv.ConvertOptions(column_types={name: pa.string() for name in COLUMNS})
    return pa.csv.read_csv(file, convert_options=text_columns).to_pylist()


def test_the_row_count_is_near_the_requested_count(rows):
    assert 0.95 * ROW_COUNT < len(rows) < 1.05 * ROW_COUNT


def test_keys_are_unique_and_the_reporter_is_not_its_own_partner(rows):
    keys = {tuple(row[name] for name in COLUMNS) for row in rows}

    assert len(keys) == len(rows)
    assert all(row["partner"] != "JPN" for row in rows)


def test_there_are_ten_years_of_months_of_both_flows(rows):
    months = {(row["period"], row["flow"]) for row in rows}

    assert months == {
        (f"{year}-{month:02}", flow) for year in range(2014, 2024) for month in range(1, 13) for flow in "XM"
    }


def test_a_tenth_of_the_partners_has_most_of_the_trade(rows):
    counts = Counter(row["partner"] for row in rows)

    assert sum(count for _, count in counts.most_common(len(counts) // 10)) > len(rows) / 2


def test_some_series_have_gaps(rows):
    counts = Counter(tuple(row[name] for name in COLUMNS[1:]) for row in rows)

    assert any(1 < months < 120 for months in counts.values())


def test_the_figures_are_the_same_in_every_run(file, tmp_path):
    write_sparse_trade(tmp_path / "again.csv", "JPN", rows=ROW_COUNT)

    assert (tmp_path / "again.csv").read_bytes() == file.read_bytes()


def test_a_cross_product_has_every_commodity_of_a_partner_in_each_month_of_a_year(tmp_path):
    write_cross_product(tmp_path / "full.csv", "NZL", rows=12 * 6000)

    rows = read_rows(tmp_path / "full.csv")

    commodities = {row["commodity"] for row in rows}
    partners = Counter(row["partner"] for row in rows)
    assert len(rows) == 12 * 6000
    assert {row["period"] for row in rows} == {f"2023-{month:02}" for month in range(1, 13)}
    assert max(partners.values()) == 12 * len(commodities)
