"""Data that the cost of requests depends on: revised years of one reporter, and a selection of another's figures."""

import click

from bench.commands.seed import load_file, start_database
from bench.environment import current_environment
from bench.figures import FIRST_YEAR, REPORTERS, write_sparse_trade

FIRST_REVISED_YEAR = 2022
REVISIONS = {"2024-03-28": 1.01, "2024-04-28": 1.02, "2024-05-28": 1.015}
SELECTIONS = {"2024-02-28": 1, "2024-03-28": 1.01}
"""Days of publication, and the factor of the values published then."""
SELECTION_REPORTER = "NOR"


@click.command()
@click.option("--rows", default=3_000_000, show_default=True, help="Rows of the revised reporter, as in `seed`.")
@click.option("--selected-rows", default=1_000_000, show_default=True, help="Rows of the selection.")
def main(rows: int, selected_rows: int) -> None:
    """Load revisions of the first reporter of `seed`, and a selection in two releases."""
    environment = current_environment()
    database_url, folder = start_database(environment), environment.home
    for reporter, releases, count, first_year, is_exhaustive in (
        (REPORTERS[0], REVISIONS, rows, FIRST_REVISED_YEAR, True),
        (SELECTION_REPORTER, SELECTIONS, selected_rows, FIRST_YEAR, False),
    ):
        for day, factor in releases.items():
            file = folder / f"{reporter}-{day}.csv"
            write_sparse_trade(file, reporter, rows=count, factor=factor, first_year=first_year)
            load_file(file, reporter, database_url=database_url, published=day, is_exhaustive=is_exhaustive)
