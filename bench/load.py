"""How fast a file is loaded, against COPY of the same rows into a bare table, in one run.

    python bench/load.py [ROWS]

Generates HS 6-digit figures by partner and month (1,000,000 by default), loads them by the project's own loader into an
embedded PostgreSQL of its own, and prints the times, their ratio, and the peak memory of the loading process.
"""

import csv
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, text

from service.config import sqlalchemy_url
from service.db.embedded import in_use
from service.db.migrate import migrate
from service.ingest.load import Load
from service.ingest.mapping import read_mapping
from service.ingest.publish import in_one_transaction
from service.ingest.reference_tables import FOLDER, enter_reference_tables
from service.ingest.sources import tidy

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


def codes(table: str, wanted: str) -> list[str]:
    """Return the codes of a reference table: those of six digits, or those of countries."""
    with (FOLDER / table).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [
            row["code"] for row in rows if (len(row["code"]) == 6 if wanted == "six digits" else row["kind"] == wanted)
        ]


def drawn(dice: random.Random, words: list[str]) -> Iterator[str]:
    """Yield words for ever, the n-th one n times less often than the first (Zipf): trade is like that."""
    dice.shuffle(words)
    weights = list(accumulate(1 / place for place in range(1, len(words) + 1)))
    while True:
        yield from dice.choices(words, cum_weights=weights, k=10_000)


def generate(path: Path, rows: int) -> None:
    """Write a file of that many figures, each cell once; a few goods and partners have most of them."""
    dice = random.Random(1)  # noqa: S311 - the same figures every time
    goods, partners = codes("hs2022.csv", "six digits"), codes("areas.csv", "country")
    cell = zip(drawn(dice, goods), drawn(dice, partners), strict=False)
    months = [f"{year}-{month:02}" for year in range(2014, 2024) for month in range(1, 13)]
    a_month = -(-rows // len(months))
    with path.open("w") as file:
        file.write("period,flow,partner,commodity,value\n")
        for month in months:
            cells: set[tuple[str, str]] = set()
            while len(cells) < a_month:
                cells.add(next(cell))
            for good, partner in sorted(cells):
                file.write(f"{month},X,{partner},{good},{dice.randint(1, 10**9)}\n")


def seconds(work: object) -> float:
    """Return how long calling `work` takes."""
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


def bare_copy(address: str, path: Path) -> float:
    """Return the seconds that COPY of the file into a table without any index takes."""
    with psycopg.connect(address) as connection, path.open("rb") as file:
        connection.execute("CREATE TABLE bare (period text, flow text, partner text, commodity text, value bigint)")

        def copy() -> None:
            with connection.cursor().copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as target:
                while chunk := file.read(1 << 20):
                    target.write(chunk)
            connection.commit()

        return seconds(copy)


def main() -> None:
    """Measure, and print a line for each figure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder, in_use(Path(folder) / "home") as address:
        path, mapping = Path(folder) / "figures.csv", Path(folder) / "mapping.toml"
        generate(path, rows)
        mapping.write_text(MAPPING)
        engine = create_engine(sqlalchemy_url(address))
        migrate(engine)
        with in_one_transaction(engine) as session:
            enter_reference_tables(session)
            session.commit()
        described = read_mapping(mapping)
        load = Load(
            engine=engine,
            describe=lambda _paths: [tidy.describe(described)],
            published_on=lambda _name: date(2024, 2, 28),
            stage="final",
            archive_folder=Path(folder) / "archive",
        )
        copied = bare_copy(address, path)
        loaded = seconds(lambda: load([path]))
        with engine.connect() as connection:
            stored = connection.scalar(text("SELECT count(*) FROM observation"))
        engine.dispose()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"rows in the file              {rows:>12,}")
    print(f"figures stored, with totals   {stored:>12,}")
    print(f"COPY into a bare table        {copied:>12.2f} s")
    print(f"load, with checks and totals  {loaded:>12.2f} s")
    print(f"ratio                         {loaded / copied:>12.1f}")
    print(f"peak memory of the loader     {memory:>12.0f} MB")


if __name__ == "__main__":
    main()
