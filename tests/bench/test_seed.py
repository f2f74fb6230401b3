"""The copies of the figures for competitors that read files."""

import sqlite3

import duckdb

from bench.commands.seed import copy_to_sqlite
from bench.environment import Environment

TABLES = {
    "by_series/1": "1, 2, 3, 1, 24288, 500",
    "reporter": "1, 'JPN'",
    "area": "2, 'CHN', 'country'",
    "commodity": "3, '8703', 4",
    "published": "1, 1, 24288",
    "month": "24288, '2024-01'",
    "member": "9, 2, 0, 99999",
}


def test_the_parquet_copy_is_written_to_sqlite(tmp_path):
    environment = Environment(tmp_path)
    for name, row in TABLES.items():
        file = environment.parquet_folder / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        duckdb.execute(f"COPY (SELECT {row}) TO '{file}' (FORMAT parquet)")

    copy_to_sqlite(environment)

    with sqlite3.connect(environment.sqlite_file) as database:
        assert database.execute("SELECT * FROM observation").fetchall() == [(1, 2, 3, 1, 24288, 500)]
        assert database.execute("SELECT code, name FROM reporter, month").fetchall() == [("JPN", "2024-01")]
