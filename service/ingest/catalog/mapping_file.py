"""Mapping files: what a tidy file's columns mean, in TOML."""

import codecs
import csv
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from service.domain.flows import FLOWS
from service.errors import BadFile, Defect
from service.ingest.archive.archive import Beside

DATASET_KEYS = (
    "code",
    "title",
    "source",
    "reporter",
    "frequency",
    "classification",
    "currency",
    "unit_exponent",
    "export_valuation",
    "import_valuation",
    "trade_system",
    "exhaustive",
    "attribution",
)
MAPPING, LIST = "mapping", "list"
"""The roles of a mapping and of the lists that it names, as `ReleaseFile` has them."""

REQUIRED_COLUMNS = ("period", "flow", "partner", "commodity", "value")
COLUMNS = (*REQUIRED_COLUMNS, "quantity", "quantity_unit", "net_weight_kg", "obs_status")


@dataclass(frozen=True)
class Good:
    """A commodity that the mapping brings along: `word` is how the file calls it."""

    word: str
    code: str
    name: str
    level: int
    parent: str | None


@dataclass(frozen=True)
class Mapping:
    """What a tidy file's columns mean.

    `columns` says which column of the file holds what; `flows`, `partners` and `statuses` turn the file's words
    into codes, and words that they lack stand for themselves. `published_pattern` finds the day of publication
    in a file's name; null where it has to be said. `default_status` is that of rows that tell none. `files` are the
    mapping and its lists as they were read. `sheet` is the one of a workbook that holds the figures; null where it has
    no other.
    """

    dataset: dict[str, Any]
    classification: dict[str, Any]
    goods: tuple[Good, ...]
    columns: dict[str, str]
    flows: dict[str, str]
    partners: dict[str, str]
    partner_scheme: str | None
    statuses: dict[str, str]
    default_status: str
    encoding: str
    delimiter: str
    stage: str
    published_pattern: re.Pattern[str] | None
    files: Sequence[Beside]
    sheet: str | None = None

    def published_on(self, file_name: str) -> date | None:
        """Return the day of publication that the file's name tells; null where it tells none."""
        found = self.published_pattern.search(file_name) if self.published_pattern else None
        if found is None:
            return None
        try:
            return date.fromisoformat(found.group("published"))
        except ValueError as error:
            rule = "is what the name has in the place of the day of publication"
            raise BadFile(file_name, [Defect(rule, value=found.group("published"))]) from error


def read_mapping(path: Path, *, lists: Path | None = None) -> Mapping:
    """Return the mapping that the TOML file holds; the lists that it names lie in `lists`, or else beside it.

    :raises BadFile: a table, a key or a list is missing or unknown.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadFile(path.name, [Defect(f"the mapping is not readable TOML: {error}")]) from error
    return _mapping(Beside(MAPPING, path.name, raw), lambda name: (lists or path.parent).joinpath(name).read_bytes())


def mapping_again(files: Sequence[Beside]) -> Mapping:
    """Return the mapping that was kept with its lists.

    :raises BadFile: one of them is missing, or no longer what this version reads.
    """
    lists = {file.name: file.raw for file in files if file.role == LIST}
    mapping = next((file for file in files if file.role == MAPPING), Beside(MAPPING, "mapping", b""))
    return _mapping(mapping, lambda name: lists[name])


def _mapping(toml: Beside, list_of: Callable[[str], bytes]) -> Mapping:
    try:
        tables = tomllib.loads(toml.raw.decode())
    except ValueError as error:
        raise BadFile(toml.name, [Defect(f"the mapping is not readable TOML: {error}")]) from error
    _check(toml.name, tables)
    partner, commodity, file = (tables.get(name, {}) for name in ("partner", "commodity", "file"))
    lists = _lists([table["list"] for table in (partner, commodity) if "list" in table], list_of)
    return Mapping(
        dataset=tables["dataset"],
        classification=tables.get("classification", {}),
        goods=tuple(_goods(lists, commodity)),
        columns=tables["columns"],
        flows=tables.get("flow", {}),
        partners=dict(_pairs(lists, partner)),
        partner_scheme=partner.get("scheme"),
        statuses=tables.get("obs_status", {}),
        default_status=tables.get("default_obs_status", "A"),
        encoding=_encoding(file),
        delimiter=file.get("delimiter", ","),
        stage=file.get("stage", "provisional"),
        published_pattern=re.compile(file["published"]) if "published" in file else None,
        files=(toml, *lists.values()),
        sheet=file.get("sheet"),
    )


def _lists(names: Sequence[str], list_of: Callable[[str], bytes]) -> dict[str, Beside]:
    try:
        return {name: Beside(LIST, name, list_of(name)) for name in names}
    except (OSError, KeyError) as error:
        raise BadFile(
            ", ".join(names), [Defect(f"the list that the mapping names is not readable: {error}")]
        ) from error


def _check(name: str, tables: dict[str, Any]) -> None:
    dataset, columns = tables.get("dataset", {}), tables.get("columns", {})
    defects = [Defect(f"[dataset] lacks {key}") for key in DATASET_KEYS if key not in dataset]
    defects += [Defect("is no key of [dataset]", value=key) for key in dataset if key not in DATASET_KEYS]
    defects += [Defect(f"[columns] lacks {key}") for key in REQUIRED_COLUMNS if key not in columns]
    defects += [Defect("is no key of [columns]", value=key) for key in columns if key not in COLUMNS]
    flows = tables.get("flow", {}).values()
    defects += [Defect(f"is no flow; there are {', '.join(FLOWS)}", value=flow) for flow in flows if flow not in FLOWS]
    if defects:
        raise BadFile(name, defects)


def _encoding(file: dict[str, str]) -> str:
    """Return the encoding of the files, under the name that it has in Python; a byte order mark does no harm."""
    return codecs.lookup(file.get("encoding", "utf-8")).name.removesuffix("-sig")


def _pairs(lists: dict[str, Beside], partner: dict[str, str]) -> list[tuple[str, str]]:
    if "list" not in partner:
        return []
    word, code = partner["word"], partner["code"]
    return [(row[word], row[code]) for row in _listed(lists[partner["list"]], [word, code])]


def _goods(lists: dict[str, Beside], commodity: dict[str, str]) -> list[Good]:
    if "list" not in commodity:
        return []
    columns = {key: commodity.get(key, key) for key in ("word", "code", "name", "level", "parent")}
    rows = _listed(lists[commodity["list"]], list(columns.values()))
    return [
        Good(
            word=row[columns["word"]],
            code=row[columns["code"]],
            name=row[columns["name"]],
            level=int(row[columns["level"]]),
            parent=row[columns["parent"]] or None,
        )
        for row in rows
    ]


def _listed(file: Beside, columns: list[str]) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(StringIO(file.raw.decode("utf-8-sig"), newline=""), strict=True))
    except (ValueError, csv.Error) as error:
        raise BadFile(file.name, [Defect(f"the list that the mapping names is not readable: {error}")]) from error
    missing = [column for column in columns if rows and column not in rows[0]]
    if missing or not rows:
        raise BadFile(file.name, [Defect(f"the list lacks the columns {', '.join(missing or columns)}")])
    return rows
