"""DuckDB on Parquet files with the same figures, in process: nothing is sent, so it is asked by a program of its own.

    python duckdb_parquet.py FOLDER reads lines of JSON, each a question, and answers each with a line

The answers are written as JSON, as others must write them. Run in the environment of the contestants, which has DuckDB.
"""

import json
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any

import duckdb
import orjson

CODES = {"reporter": "SELECT code, dataset", "area": "SELECT code, id", "commodity": "SELECT code, id"}


class Figures:
    """The figures of a folder of Parquet files."""

    def __init__(self, folder: Path) -> None:
        self._database = duckdb.connect()
        self._own = local()
        for path in folder.iterdir():
            source = path if path.is_file() else path / "*.parquet"
            self._database.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{source}'")
        self._codes = {
            table: dict(self._database.execute(f"{columns} FROM {table}").fetchall())
            for table, columns in CODES.items()
        }

    def answer(self, query: str, asked: dict[str, str]) -> bytes:
        """Return the rows of the query as JSON."""
        words = asked | self._keys(asked)
        names = re.findall(r"\{(\w+)\}", query)
        sql = re.sub(r"\{(\w+)\}", r"$\1", query)
        cursor = self._cursor().execute(sql, {name: words[name] for name in names})
        columns = [column[0] for column in cursor.description]
        return orjson.dumps([dict(zip(columns, row, strict=True)) for row in cursor.fetchall()])

    def export(self, query: str, asked: dict[str, str], target: Path) -> int:
        """Write the rows of the query as CSV; return its bytes."""
        words = asked | self._keys(asked)
        sql = re.sub(r"\{(\w+)\}", lambda found: _literal(words[found.group(1)]), query)
        self._cursor().execute(f"COPY ({sql}) TO '{target}' (FORMAT csv, HEADER)")
        return target.stat().st_size

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._own, "cursor"):
            self._own.cursor = self._database.cursor()
        return self._own.cursor

    def _keys(self, asked: dict[str, str]) -> dict[str, int]:
        area, commodity = self._codes["area"], self._codes["commodity"]
        keys = {"world_key": area["WLD"], "total_key": commodity["TOTAL"]}
        keys["dataset"] = self._codes["reporter"][asked["reporter"]]
        keys |= {
            f"{name}_key": table[asked[name]]
            for name, table in (("partner", area), ("commodity", commodity))
            if name in asked
        }
        keys |= {f"{name}_key": _period(asked[name]) for name in ("period", "first", "last") if name in asked}
        if "flow" in asked:
            keys["flow_key"] = 1 if asked["flow"] == "X" else 2
        if "limit" in asked:
            keys["limit"] = int(asked["limit"])
        return keys


def load(
    figures: Figures, query: str, many: list[dict[str, str]], *, seconds: float, threads: int
) -> dict[str, object]:
    """Ask for so long, by so many threads, and return how many answers there were, and how long they took."""
    waiting, took, sizes = iter(many), [], []
    began = time.perf_counter()
    end = began + seconds

    def ask_on() -> None:
        for asked in waiting:
            asked_at = time.perf_counter()
            sizes.append(len(figures.answer(query, asked)))
            took.append(1000 * (time.perf_counter() - asked_at))
            if time.perf_counter() > end:
                return

    with ThreadPoolExecutor(threads) as pool:
        asking = [pool.submit(ask_on) for _ in range(threads)]
    for one in asking:
        one.result()
    took.sort()
    return {
        "requests": len(took),
        "seconds": time.perf_counter() - began,
        "bytes": sum(sizes),
        "errors": 0,
        "p50_ms": took[len(took) // 2],
        "p99_ms": took[len(took) * 99 // 100],
    }


def _literal(word: object) -> str:
    return f"'{word}'" if isinstance(word, str) else str(word)


def _period(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def answer_to(figures: Figures, wanted: dict[str, Any]) -> str:
    """Return the line that answers a question: `do` is answer, export or load."""
    match wanted["do"]:
        case "answer":
            return figures.answer(wanted["query"], wanted["asked"]).decode()
        case "export":
            return str(figures.export(wanted["query"], wanted["asked"], Path(wanted["target"])))
        case _:
            duration = {name: wanted[name] for name in ("seconds", "threads")}
            return json.dumps(load(figures, wanted["query"], wanted["asked"], **duration))


def main() -> None:
    """Answer each line of standard input; where that fails, say why, and go on."""
    figures = Figures(Path(sys.argv[1]))
    for line in sys.stdin:
        try:
            said = answer_to(figures, json.loads(line))
        except (duckdb.Error, OSError, LookupError, MemoryError) as error:
            said = json.dumps({"failed": f"{type(error).__name__}: {error}"})
        print(said, flush=True)


if __name__ == "__main__":
    main()
