"""What the bench's figures promise, so that what is measured with them tells something."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

from bench.figures import write_reporter

ROWS = 30_000
KEY = ("period", "flow", "partner", "commodity")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("figures") / "JPN.csv"
    write_reporter(path, "JPN", rows=ROWS)
    return path


@pytest.fixture(scope="module")
def rows(file: Path) -> list[dict[str, object]]:
    as_text = pa.csv.ConvertOptions(column_types={name: pa.string() for name in KEY})
    return pa.csv.read_csv(file, convert_options=as_text).to_pylist()


def test_there_are_about_as_many_rows_as_were_asked_for(rows):
    assert 0.95 * ROWS < len(rows) < 1.05 * ROWS


def test_each_cell_comes_once_and_the_reporter_is_not_its_own_partner(rows):
    cells = {tuple(row[name] for name in KEY) for row in rows}

    assert len(cells) == len(rows)
    assert all(row["partner"] != "JPN" for row in rows)


def test_ten_years_of_months_of_both_flows_are_there(rows):
    months = {(row["period"], row["flow"]) for row in rows}

    assert months == {
        (f"{year}-{month:02}", flow) for year in range(2014, 2024) for month in range(1, 13) for flow in "XM"
    }


def test_a_few_partners_have_most_of_the_trade(rows):
    by_partner = Counter(row["partner"] for row in rows)

    assert sum(number for _, number in by_partner.most_common(len(by_partner) // 10)) > len(rows) / 2


def test_a_series_has_gaps(rows):
    by_series = Counter(tuple(row[name] for name in KEY[1:]) for row in rows)

    assert any(1 < months < 120 for months in by_series.values())


def test_the_same_figures_come_every_time(file, tmp_path):
    write_reporter(tmp_path / "again.csv", "JPN", rows=ROWS)

    assert (tmp_path / "again.csv").read_bytes() == file.read_bytes()
