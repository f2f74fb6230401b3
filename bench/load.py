"""How fast a file is loaded, against COPY of the same rows into a bare table, in one run.

    python -m bench.load [ROWS]

Generates HS 6-digit figures by partner and month (1,000,000 by default) twice: as a full cross product, and as trade
is, a few goods and partners having most of them. Loads each by the project's own loader, in a process of its own, into
an embedded PostgreSQL, and prints the times, their ratio, and the peak memory of the loading process.
"""

import csv
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import accumulate, islice, product
from pathlib import Path

import psycopg
from sqlalchemy import create_engine

from bench.environment import place
from service.config import sqlalchemy_url
from service.db.embedded.server import shared_server
from service.db.migrations import upgrade_schema
from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.catalog.reference_tables import REFERENCE_FOLDER, load_reference_tables
from service.ingest.pipeline.load_files import FileLoader
from service.ingest.release.publish import open_load_session
from service.ingest.sources.tidy import parser as tidy

MAPPING = """
[dataset]
code = "bench-m"
title = "Generated"
source = "Generated"
reporter = "NZL"
frequency = "M"
classification = "H6"
currency = "NZD"
unit_exponent = 0
export_valuation = "FOB"
import_valuation = "CIF"
trade_system = "general"
exhaustive = true
attribution = "Generated"
[columns]
period = "period"
flow = "flow"
partner = "partner"
commodity = "commodity"
value = "value"
"""
MONTHS = [f"{year}-{month:02}" for year in range(2014, 2024) for month in range(1, 13)]
A_YEAR = 12
Cell = tuple[str, str, str]


def codes(table: str, wanted: str) -> list[str]:
    """Return the codes of a reference table: those of six digits, or those of countries."""
    with (REFERENCE_FOLDER / table).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [
            row["code"] for row in rows if (len(row["code"]) == 6 if wanted == "six digits" else row["kind"] == wanted)
        ]


def full(rows: int) -> Iterator[Cell]:
    """Yield month, good and partner of a year: every good with as many partners as it takes."""
    goods, partners = codes("hs2022.csv", "six digits"), codes("areas.csv", "country")
    needed = -(-rows // (A_YEAR * len(goods)))
    return islice(product(MONTHS[-A_YEAR:], goods, partners[:needed]), rows)


def drawn(dice: random.Random, words: list[str]) -> Iterator[str]:
    """Yield words for ever, the n-th one n times less often than the first (Zipf): trade is like that."""
    dice.shuffle(words)
    weights = list(accumulate(1 / place for place in range(1, len(words) + 1)))
    while True:
        yield from dice.choices(words, cum_weights=weights, k=10_000)


def sparse(rows: int) -> Iterator[Cell]:
    """Yield month, good and partner of ten years, each cell once; a few goods and partners have most of them."""
    dice = random.Random(1)  # noqa: S311 - the same figures every time
    goods, partners = codes("hs2022.csv", "six digits"), codes("areas.csv", "country")
    cell = zip(drawn(dice, goods), drawn(dice, partners), strict=False)
    a_month = -(-rows // len(MONTHS))
    for month in MONTHS:
        cells: set[tuple[str, str]] = set()
        while len(cells) < a_month:
            cells.add(next(cell))
        yield from ((month, good, partner) for good, partner in sorted(cells))


def write(path: Path, cells: Iterator[Cell]) -> None:
    """Write a file with a figure for each cell."""
    dice = random.Random(2)  # noqa: S311 - the same figures every time
    with path.open("w") as file:
        file.write("period,flow,partner,commodity,value\n")
        for month, good, partner in cells:
            file.write(f"{month},X,{partner},{good},{dice.randint(1, 10**9)}\n")


def bare_copy(address: str, path: Path) -> float:
    """Return the seconds that COPY of the file into a table without any index takes."""
    with psycopg.connect(address) as connection, path.open("rb") as file:
        connection.execute("CREATE TABLE bare (period text, flow text, partner text, commodity text, value bigint)")
        began = time.perf_counter()
        with connection.cursor().copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as target:
            while chunk := file.read(1 << 20):
                target.write(chunk)
        connection.commit()
        return time.perf_counter() - began


def loaded(address: str, folder: Path, file: str) -> tuple[float, float]:
    """Return the seconds that a load takes, and the peak memory of this process in megabytes."""
    described = read_mapping(folder / "mapping.toml")
    engine = create_engine(sqlalchemy_url(address))
    load = FileLoader(
        engine=engine,
        parser=tidy.tidy_parser(described),
        find_publication_date=lambda _name: date(2024, 2, 28),
        stage="final",
        archive_folder=folder / "archive",
    )
    began = time.perf_counter()
    load([folder / file])
    return time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(name: str, cells: Iterator[Cell]) -> float:
    """Measure with one file, print a line for each figure, and return the ratio."""
    with tempfile.TemporaryDirectory() as made, shared_server(Path(made) / "home") as address:
        folder = Path(made)
        write(folder / "figures.csv", cells)
        (folder / "mapping.toml").write_text(MAPPING)
        engine = create_engine(sqlalchemy_url(address))
        upgrade_schema(engine)
        with open_load_session(engine) as session:
            load_reference_tables(session)
            session.commit()
        engine.dispose()
        copied = bare_copy(address, folder / "figures.csv")
        with multiprocessing.get_context("spawn").Pool(1) as another:
            took, memory = another.apply(loaded, (address, folder, "figures.csv"))
        with psycopg.connect(address) as connection:
            (copied_rows,) = connection.execute("SELECT count(*) FROM bare").fetchone() or (0,)
            (stored,) = connection.execute("SELECT count(*) FROM observation").fetchone() or (0,)
    print(name)
    print(f"  rows in the file              {copied_rows:>12,}")
    print(f"  figures stored, with totals   {stored:>12,}")
    print(f"  COPY into a bare table        {copied:>12.2f} s")
    print(f"  load, with checks and totals  {took:>12.2f} s")
    print(f"  ratio                         {took / copied:>12.1f}")
    print(f"  peak memory of the loader     {memory:>12.0f} MB", flush=True)
    return took / copied


def main() -> None:
    """Measure with both files."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    ratios = {
        "full": measure("every good with every partner, each month of a year", full(rows)),
        "sparse": measure("few goods and partners with most of the trade, ten years", sparse(rows)),
    }
    place().note("load", {"rows": rows, **ratios})


if __name__ == "__main__":
    main()
