"""Copies of the figures for contestants that do not read PostgreSQL: Parquet in two orders, and one SQLite file."""

import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from bench.environment import HERE, Place
from service.db.embedded.binaries import find_binaries

ORDERS = {"by_period": "period, flow, partner_id, commodity_id", "by_series": "partner_id, commodity_id, flow, period"}
"""In the order of PostgreSQL's indexes, so that nothing is sorted."""
REFERENCE = {
    "reporter": "SELECT dataset.id AS dataset, area.code FROM dataset JOIN area ON area.id = reporter_id",
    "area": "SELECT id, code, kind FROM area",
    "commodity": """
        SELECT DISTINCT commodity.id, commodity.code, level FROM commodity JOIN dataset USING (classification_id)""",
    "published": "SELECT DISTINCT dataset_id AS dataset, flow, period FROM release_period",
    "month": "SELECT DISTINCT period, bench.month(period) AS name FROM release_period",
    "member": """
        SELECT group_id, member_id,
          (extract(year FROM valid_from) * 12 + extract(month FROM valid_from) - 1)::integer AS since,
          coalesce(extract(year FROM valid_to) * 12 + extract(month FROM valid_to) - 1, 99999)::integer AS until
        FROM area_member""",
}
"""Tables that go along whole. A membership lasts from `since` inclusive to `until` exclusive."""


def copy_to_parquet(where: Place, address: str) -> None:
    """Write the figures to Parquet, a file for each dataset and order, and the reference tables."""
    for name, query in REFERENCE.items():
        _write(where.folder("parquet") / f"{name}.parquet", address, query)
    with psycopg.connect(address) as connection:
        datasets = [key for (key,) in connection.execute("SELECT id FROM dataset ORDER BY id").fetchall()]
    for key in datasets:
        for order, columns in ORDERS.items():
            path = where.folder(f"parquet/{order}") / f"{key}.parquet"
            if not path.exists():
                _write(path, address, _figures(key, columns))


def copy_to_sqlite(where: Place) -> None:
    """Write what was copied to Parquet to one SQLite file."""
    if where.sqlite.exists():
        return
    unfinished = where.sqlite.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    file = sqlite3.connect(unfinished)
    tables, indexes = (HERE / "competitors" / "sqlite_tables.sql").read_text().split("-- after the rows are in\n")
    file.executescript(tables)
    for path in sorted((where.parquet / "by_series").iterdir()):
        _enter(file, "observation", path)
    for name in REFERENCE:
        _enter(file, name, where.parquet / f"{name}.parquet")
    file.executescript(indexes)
    file.close()
    unfinished.rename(where.sqlite)


def _figures(dataset: int, order: str) -> str:
    return f"""
        SELECT dataset_id AS dataset, partner_id AS partner, commodity_id AS commodity, flow, period, value
        FROM observation WHERE dataset_id = {dataset} ORDER BY {order}"""


def _write(path: Path, address: str, query: str) -> None:
    batches = _copied(address, query)
    first = next(batches)
    unfinished = path.with_suffix(".unfinished")
    with pq.ParquetWriter(unfinished, first.schema, compression="zstd") as file:
        file.write_batch(first)
        for batch in batches:
            file.write_batch(batch)
    unfinished.rename(path)


def _copied(address: str, query: str) -> Iterator[pa.RecordBatch]:
    copy = f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)"
    settings = ["--command=SET enable_sort = off", f"--command={copy}"]
    command = [str(find_binaries() / "psql"), "--quiet", "--no-psqlrc", address, *settings]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as psql:
        as_text = pa.csv.ConvertOptions(column_types={"code": pa.string(), "name": pa.string()})
        in_blocks = pa.csv.ReadOptions(block_size=1 << 24)
        yield from pa.csv.open_csv(psql.stdout, convert_options=as_text, read_options=in_blocks)


def _enter(file: sqlite3.Connection, table: str, path: Path) -> None:
    for batch in pq.ParquetFile(path).iter_batches():
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        file.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * batch.num_columns)})", rows)
    file.commit()
