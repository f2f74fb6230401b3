"""Data that the cost of requests depends on: revised years of one reporter, and a selection of another's figures."""

from collections.abc import Sequence
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from pyarrow.csv import write_csv

from bench.commands.seed import load_arguments, run_tradeflows, start_database
from bench.environment import current_environment
from bench.figures import REPORTERS, write_sparse_trade

REVISED_YEARS = ("2022", "2023")
REVISIONS = {"2024-03-28": 1.01, "2024-04-28": 1.02, "2024-05-28": 1.015}
"""Days of publication, and the factor of the values published then."""
SELECTION_REPORTER, SELECTION_DAYS = "NOR", ("2024-02-28", "2024-03-28")


@click.command()
@click.option("--rows", default=3_000_000, show_default=True, help="Rows of the revised reporter, as in `seed`.")
@click.option("--selected-rows", default=1_000_000, show_default=True, help="Rows of the selection.")
def main(rows: int, selected_rows: int) -> None:
    """Load revisions of the first reporter of `seed`, and a selection in two releases."""
    environment = current_environment()
    database_url, folder = start_database(environment), environment.home
    for arguments in (*_revisions(folder, rows=rows), *_selections(folder, rows=selected_rows)):
        run_tradeflows(*arguments, database_url=database_url)


def _revisions(folder: Path, *, rows: int) -> Sequence[list[str]]:
    file, reporter = folder / "revised.csv", REPORTERS[0]
    write_sparse_trade(file, reporter, rows=rows)
    figures = _read(file)
    is_revised = pc.is_in(pc.utf8_slice_codeunits(figures["period"], 0, 4), pa.array(REVISED_YEARS))
    return [
        _release(folder, reporter, figures.filter(is_revised), factor=factor, day=day)
        for day, factor in REVISIONS.items()
    ]


def _selections(folder: Path, *, rows: int) -> Sequence[list[str]]:
    file = folder / "selected.csv"
    write_sparse_trade(file, SELECTION_REPORTER, rows=rows)
    figures = _read(file)
    releases = [
        _release(folder, SELECTION_REPORTER, figures, factor=1 + number / 100, day=day)
        for number, day in enumerate(SELECTION_DAYS)
    ]
    mapping = folder / f"{SELECTION_REPORTER}.toml"
    mapping.write_text(mapping.read_text().replace("exhaustive = true", "exhaustive = false"))
    return releases


def _read(file: Path) -> pa.Table:
    """Return the figures of a file, with all codes as texts, and remove the file."""
    texts = dict.fromkeys(("period", "flow", "partner", "commodity"), pa.string())
    figures = pyarrow.csv.read_csv(file, convert_options=pyarrow.csv.ConvertOptions(column_types=texts))
    file.unlink()
    return figures


def _release(folder: Path, reporter: str, figures: pa.Table, *, factor: float, day: str) -> list[str]:
    """Write the figures, times a factor, to a file, and return the arguments that load it as published on a day."""
    values = pc.cast(pc.round(pc.multiply(pc.cast(figures["value"], pa.float64()), factor)), pa.int64())
    file = folder / f"{reporter}.csv"
    path = folder / f"{reporter}-{day}.csv"
    write_csv(figures.set_column(figures.schema.get_field_index("value"), "value", values), path)
    arguments = load_arguments(file, reporter)
    return [*(text for text in arguments[:-1] if not text.startswith("--published")), f"--published={day}", str(path)]
