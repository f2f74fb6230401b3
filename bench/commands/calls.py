"""The functions and modules of the service that a request passes, and the function calls of a briefing, over the demo.

A request has a known shape when the same parameters were requested before with other values and its own response is not
in the cache. A nested function, a lambda or a comprehension counts as a function of its own.
"""

import tempfile
from pathlib import Path
from typing import Any

import click

from bench.commands.report import markdown_table
from bench.commands.seed import run_tradeflows
from bench.environment import ROOT
from bench.in_process import in_process_application
from service.db.embedded.server import shared_server

MEASURED_MONTHS = ("2023-10", "2023-11", "2023-12", "2024-01")
FLOW_PATHS = [f"/v1/flows?reporter=JPN&partner=CHN&flow=X&period={month}" for month in MEASURED_MONTHS]
BRIEFINGS = [f"/v1/briefings/JPN/{month}" for month in MEASURED_MONTHS]
KNOWN_SHAPE = "`/v1/flows`, known shape"
REQUESTS = {
    KNOWN_SHAPE: FLOW_PATHS,
    "`/v1/flows`, cached": FLOW_PATHS[-1:],
    "the first briefing of a process": BRIEFINGS[-1:],
    "a briefing of known shape": BRIEFINGS[:-1],
}
"""The requests in the order in which one process receives them; the last path of each is measured."""
COLUMNS = {
    "functions": "functions of service/",
    "modules": "modules",
    "calls": "calls of them",
    "all_calls": "all calls",
}


@click.command()
@click.argument("checkouts", nargs=-1, type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path))
@click.option("--layers", is_flag=True, help="Print the known shape by folder of the first checkout as well.")
def main(checkouts: tuple[Path, ...], *, layers: bool) -> None:
    """Print the calls of the CHECKOUTS, by default of this one, with a slash between them."""
    counts = [count_calls(checkout) for checkout in checkouts or (ROOT,)]
    cells = {name: [" / ".join(f"{each[name][key]:,}" for each in counts) for key in COLUMNS] for name in REQUESTS}
    click.echo(markdown_table(("request", *COLUMNS.values()), ([name, *row] for name, row in cells.items())))
    if layers:
        rows = ([name, *map(str, layer.values())] for name, layer in counts[0][KNOWN_SHAPE]["layers"].items())
        click.echo(markdown_table(("folder", *list(COLUMNS.values())[:3]), rows))


def count_calls(checkout: Path) -> dict[str, dict[str, Any]]:
    """Return the counts of each request, in a process and over a database of their own."""
    with tempfile.TemporaryDirectory() as home, shared_server(Path(home)) as database_url:
        run_tradeflows("load", "demo", database_url=database_url, checkout=checkout)
        with in_process_application(checkout, database_url) as measure:
            return {name: measure("calls", paths) for name, paths in REQUESTS.items()}
