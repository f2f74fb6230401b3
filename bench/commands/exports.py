"""An export of a million rows by all competitors, against COPY of the same rows as CSV, and the memory that it takes.

Each export is first read whole and compared; one that takes longer than `MAX_TIMED_S` is not repeated.
"""

import io
import json
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import click
import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq
from backports import zstd

from bench.catalog import EXPORT, Parameters, choose_parameters
from bench.commands.seed import copy_command, read_codes, start_database
from bench.competitors.base import CHUNK_BYTES
from bench.competitors.registry import started_competitors
from bench.competitors.tradeflows import Tradeflows
from bench.environment import current_environment, memory_mb, worker_processes

MAX_TIMED_S = 20
COPY_NAME = "COPY as CSV, by psql"
NUMBER_TYPES = {"value": pa.int64(), "yoy_base": pa.int64(), "yoy_change": pa.int64(), "yoy_pct": pa.float64()}
Chunks = Callable[[], Iterator[bytes]]


def copy_chunks(database_url: str, parameters: Parameters) -> Iterator[bytes]:
    """Yield COPY of the rows by psql: the time that the database itself takes."""
    arguments = ", ".join(f"'{value}'" for value in parameters.values())
    command = copy_command(database_url, f"SELECT * FROM bench.export({arguments})")
    with subprocess.Popen(command, stdout=subprocess.PIPE) as psql:
        yield from iter(partial(psql.stdout.read, CHUNK_BYTES), b"")


def export_table(body: bytes, export_format: str) -> pa.Table:
    """Return the rows of an export as an Arrow table with the columns of the query."""
    columns = list(EXPORT.columns)
    types = {column: NUMBER_TYPES.get(column, pa.string()) for column in columns}
    match export_format:
        case "parquet":
            table = pq.read_table(io.BytesIO(body), columns=columns)
        case "ndjson":
            table = pa.json.read_json(io.BytesIO(body)).select(columns)
        case "graphql":
            table = pa.Table.from_pylist(json.loads(body)["data"]["rows"]).select(columns)
        case _:
            text = zstd.decompress(body) if export_format == "csv, zstd" else body
            options = pa.csv.ConvertOptions(column_types=types, include_columns=columns, strings_can_be_null=True)
            table = pa.csv.read_csv(io.BytesIO(text), convert_options=options)
    return table.cast(pa.schema(list(types.items()))).combine_chunks()


def check_exports(exports: dict[str, tuple[str, Chunks]]) -> dict[str, dict[str, Any]]:
    """Return the duration and size of each export; `fault` is a difference from the first export, or the error."""
    expected, results = None, {}
    for name, (export_format, chunks) in exports.items():
        result = results[name] = {"seconds": [], "bytes": 0, "rows": 0, "first_s": 0, "fault": None}
        began = time.perf_counter()
        try:
            body = b"".join(chunks())
            result |= {"first_s": time.perf_counter() - began, "bytes": len(body)}
            table = export_table(body, export_format)
            expected, result["rows"] = expected or table, table.num_rows
            if not table.equals(expected):
                result["fault"] = f"its {table.num_rows:,} rows differ from the {expected.num_rows:,} of {COPY_NAME}"
        except (OSError, ValueError, LookupError, pa.ArrowException) as error:
            result["fault"] = f"no rows to compare: {error}"
        click.echo(f"{name}: {result['first_s']:.1f} s {result['fault'] or ''}")
    return results


def time_exports(exports: Mapping[str, Chunks], *, rounds: int) -> dict[str, list[float]]:
    """Return the seconds that each export takes, read in turn in every round."""
    durations_s: dict[str, list[float]] = {name: [] for name in exports}
    for _ in range(rounds):
        for name, chunks in exports.items():
            began = time.perf_counter()
            deque(chunks(), maxlen=0)
            durations_s[name].append(time.perf_counter() - began)
    return durations_s


@click.command()
@click.option("--rounds", default=5, show_default=True)
def main(rounds: int) -> None:
    """Measure the export of a million rows by all competitors."""
    environment = current_environment()
    database_url = start_database(environment)
    parameters = choose_parameters(EXPORT, read_codes(database_url), seed="export", count=1)[0]
    with started_competitors(environment, database_url) as (competitors, missing):
        exports = {COPY_NAME: ("csv", partial(copy_chunks, database_url, parameters))} | {
            f"{each.name}, {export_format}": (export_format, partial(each.export_chunks, parameters, export_format))
            for each in competitors
            for export_format in each.export_formats
        }
        workers = worker_processes(next(each for each in competitors if isinstance(each, Tradeflows)).process.pid)
        for worker in workers:
            Path(f"/proc/{worker}/clear_refs").write_text("5")  # the peak begins again
        results = check_exports(exports)
        timed = {
            name: exports[name][1]
            for name, result in results.items()
            if not result["fault"] and result["first_s"] < MAX_TIMED_S
        }
        durations_s = time_exports(timed, rounds=rounds)
        peak_mb = max(memory_mb(worker, "status", "VmHWM") for worker in workers)
    for name, result in results.items():
        result["seconds"] = durations_s.get(name, [])
        pairs = zip(result["seconds"], durations_s[COPY_NAME], strict=False)
        result["over"] = median(own / copy for own, copy in pairs) if result["seconds"] else None
    goals = {each: results[f"{Tradeflows().name}, {each}"]["over"] for each in Tradeflows.export_formats}
    run = {"rounds": rounds, "parameters": parameters, "missing": missing, "peak_mb": peak_mb}
    environment.save("exports", goals | run | {"exports": results})
