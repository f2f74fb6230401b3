"""The load of a file against COPY of the same rows into a bare table, in one run, and the memory of the loader.

Loads a full cross product, and trade of which a few partners and commodities have the most, each into a database of its
own by the command `tradeflows load` in a process that has imported it before the clock starts.
"""

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import psycopg

from bench.commands.seed import load_arguments, run_tradeflows
from bench.environment import current_environment
from bench.figures import write_cross_product, write_sparse_trade
from service.db.embedded.server import shared_server

REPORTER = "NZL"
GENERATORS = {"cross product": write_cross_product, "sparse trade": write_sparse_trade}
BARE_TABLE = "CREATE TABLE bare (period text, flow text, partner text, commodity text, value bigint)"


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
def main(rows: int) -> None:
    """Measure the load of both files."""
    ratios = {name: measure_load(name, write, rows=rows) for name, write in GENERATORS.items()}
    current_environment().save("load", {"rows": rows, **ratios})


def measure_load(name: str, write: Callable[..., int], *, rows: int) -> float:
    """Load one file, print the figures, and return the duration over that of COPY."""
    with tempfile.TemporaryDirectory() as folder, shared_server(Path(folder) / "home") as database_url:
        file = Path(folder) / "figures.csv"
        row_count = write(file, REPORTER, rows=rows)
        run_tradeflows("migrate", database_url=database_url)
        with psycopg.connect(database_url) as connection, file.open("rb") as lines:
            connection.execute(BARE_TABLE)
            began = time.perf_counter()
            with connection.cursor().copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy:
                while chunk := lines.read(1 << 20):
                    copy.write(chunk)
            connection.commit()
            copy_s = time.perf_counter() - began
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            load_s, memory_mb = pool.apply(load_file, (database_url, folder, load_arguments(file, REPORTER)))
        with psycopg.connect(database_url) as connection:
            (stored,) = connection.execute("SELECT count(*) FROM observation").fetchone() or (0,)
    click.echo(
        f"{name}: {row_count:,} rows, {stored:,} stored with totals; COPY {copy_s:.2f} s, load {load_s:.2f} s, "
        f"ratio {load_s / copy_s:.1f}; peak memory of the loader {memory_mb:.0f} MB"
    )
    return load_s / copy_s


def load_file(database_url: str, home: str, arguments: list[str]) -> tuple[float, float]:
    """Return the seconds that a load takes, and the peak memory of this process in megabytes."""
    from service.cli import main as tradeflows  # noqa: PLC0415 - imported in the process that loads

    os.environ |= {"DATABASE_URL": database_url, "TRADEFLOWS_HOME": home}
    began = time.perf_counter()
    tradeflows.main(arguments, standalone_mode=False)
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
