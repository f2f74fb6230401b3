"""Exports: how they are asked for, and the rows that they hold."""

import io
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq
from backports import zstd

from bench.competitors.base import Request
from service.db.embedded.binaries import find_binaries

CHUNK = 1 << 20
SECONDS_TO_EXPORT = 300
NUMBERS = {"value": pa.int64(), "yoy_base": pa.int64(), "yoy_change": pa.int64(), "yoy_pct": pa.float64()}


class Export(Protocol):
    """Something that gives a million rows."""

    name: str

    def chunks(self) -> Iterator[bytes]:
        """Yield what it sends."""

    def table(self, sent: bytes, columns: tuple[str, ...]) -> pa.Table:
        """Return the rows of what was sent."""


@dataclass(frozen=True)
class Copy:
    """COPY of a query by psql: what the database itself takes."""

    name: str
    address: str
    query: str

    def chunks(self) -> Iterator[bytes]:
        """Yield what it sends."""
        copy = f"--command=COPY ({self.query}) TO STDOUT (FORMAT csv, HEADER)"
        with subprocess.Popen(
            [str(find_binaries() / "psql"), "--no-psqlrc", self.address, copy], stdout=subprocess.PIPE
        ) as psql:
            assert psql.stdout is not None
            while chunk := psql.stdout.read(CHUNK):
                yield chunk

    def table(self, sent: bytes, columns: tuple[str, ...]) -> pa.Table:
        """Return the rows of what was sent."""
        return _of_csv(sent, columns)


@dataclass(frozen=True)
class Download:
    """A file over HTTP, in one of the forms."""

    name: str
    address: str
    request: Request
    form: str = "csv"

    def chunks(self) -> Iterator[bytes]:
        """Yield what it sends, still encoded."""
        headers = {"Accept": MEDIA_TYPES[self.form], "Content-Type": "application/json"}
        if self.form == "csv, zstd":
            headers["Accept-Encoding"] = "zstd"
        http = HttpRequest(self.address + self.request.path, self.request.body.encode() or None, headers)  # noqa: S310
        with urlopen(http, timeout=SECONDS_TO_EXPORT) as answer:  # noqa: S310 - the address is of this machine
            while chunk := answer.read(CHUNK):
                yield chunk

    def table(self, sent: bytes, columns: tuple[str, ...]) -> pa.Table:
        """Return the rows of what was sent."""
        match self.form:
            case "parquet":
                return _typed(pq.read_table(io.BytesIO(sent), columns=list(columns)))
            case "ndjson":
                return _typed(pa.json.read_json(io.BytesIO(sent)).select(columns))
            case "graphql":
                return _typed(pa.Table.from_pylist(json.loads(sent)["data"]["rows"]).select(columns))
            case "csv, zstd":
                return _of_csv(zstd.decompress(sent), columns)
            case _:
                return _of_csv(sent, columns)


MEDIA_TYPES = {
    "csv": "text/csv",
    "csv, zstd": "text/csv",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "graphql": "application/json",
}


@dataclass(frozen=True)
class Written:
    """A file that a program writes when told to: its export is over when it says so."""

    name: str
    told: Callable[..., bytes]
    wanted: dict[str, object]
    file: Path

    def chunks(self) -> Iterator[bytes]:
        """Yield the file, after it was written."""
        self.told(do="export", target=str(self.file), **self.wanted)
        with self.file.open("rb") as written:
            while chunk := written.read(CHUNK):
                yield chunk

    def table(self, sent: bytes, columns: tuple[str, ...]) -> pa.Table:
        """Return the rows of what was sent."""
        return _of_csv(sent, columns)


def _of_csv(sent: bytes, columns: tuple[str, ...]) -> pa.Table:
    types = {column: NUMBERS.get(column, pa.string()) for column in columns}
    wanted = pa.csv.ConvertOptions(column_types=types, include_columns=list(columns), strings_can_be_null=True)
    return _typed(pa.csv.read_csv(io.BytesIO(sent), convert_options=wanted))


def _typed(table: pa.Table) -> pa.Table:
    schema = pa.schema([(name, NUMBERS.get(name, pa.string())) for name in table.column_names])
    return table.cast(schema).combine_chunks()
