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
from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import SupportingFile

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
MAPPING_ROLE, CODELIST_ROLE = "mapping", "list"
"""The roles of a mapping and of the lists that it names, as `ReleaseFile` has them."""

REQUIRED_COLUMNS = ("period", "flow", "partner", "commodity", "value")
MAPPED_COLUMNS = (*REQUIRED_COLUMNS, "quantity", "quantity_unit", "net_weight_kg", "obs_status")


@dataclass(frozen=True)
class CommodityDefinition:
    """A commodity that the mapping brings along: `word` is how the file calls it."""

    source_label: str
    code: str
    name: str
    level: int
    parent: str | None


@dataclass(frozen=True)
class TidyMapping:
    """What a tidy file's columns mean.

    `columns` says which column of the file holds what; `flows`, `partners` and `statuses` turn the file's words
    into codes, and words that they lack stand for themselves. `published_pattern` finds the day of publication
    in a file's name; null where it has to be said. `default_status` is that of rows that tell none. `files` are the
    mapping and its lists as they were read. `sheet` is the one of a workbook that holds the figures; null where it has
    no other.
    """

    dataset: dict[str, Any]
    classification: dict[str, Any]
    commodities: tuple[CommodityDefinition, ...]
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
    files: Sequence[SupportingFile]
    sheet: str | None = None

    def publication_date(self, file_name: str) -> date | None:
        """Return the day of publication that the file's name tells; null where it tells none."""
        found = self.published_pattern.search(file_name) if self.published_pattern else None
        if found is None:
            return None
        try:
            return date.fromisoformat(found.group("published"))
        except ValueError as error:
            rule = "is what the name has in the place of the day of publication"
            raise InvalidFile(file_name, [FileError(rule, value=found.group("published"))]) from error


def read_mapping(path: Path, *, codelists_folder: Path | None = None) -> TidyMapping:
    """Return the mapping that the TOML file holds; the lists that it names lie in `lists`, or else beside it.

    :raises BadFile: a table, a key or a list is missing or unknown.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidFile(path.name, [FileError(f"the mapping is not readable TOML: {error}")]) from error
    return _parse_mapping(
        SupportingFile(MAPPING_ROLE, path.name, raw),
        lambda name: (codelists_folder or path.parent).joinpath(name).read_bytes(),
    )


def restore_mapping(files: Sequence[SupportingFile]) -> TidyMapping:
    """Return the mapping that was kept with its lists.

    :raises BadFile: one of them is missing, or no longer what this version reads.
    """
    lists = {file.name: file.content for file in files if file.role == CODELIST_ROLE}
    mapping = next((file for file in files if file.role == MAPPING_ROLE), SupportingFile(MAPPING_ROLE, "mapping", b""))
    return _parse_mapping(mapping, lambda name: lists[name])


def _parse_mapping(toml: SupportingFile, read_codelist: Callable[[str], bytes]) -> TidyMapping:
    try:
        tables = tomllib.loads(toml.content.decode())
    except ValueError as error:
        raise InvalidFile(toml.name, [FileError(f"the mapping is not readable TOML: {error}")]) from error
    _check_tables(toml.name, tables)
    partner, commodity, file = (tables.get(name, {}) for name in ("partner", "commodity", "file"))
    lists = _read_codelists([table["list"] for table in (partner, commodity) if "list" in table], read_codelist)
    return TidyMapping(
        dataset=tables["dataset"],
        classification=tables.get("classification", {}),
        commodities=tuple(_commodity_definitions(lists, commodity)),
        columns=tables["columns"],
        flows=tables.get("flow", {}),
        partners=dict(_partner_code_pairs(lists, partner)),
        partner_scheme=partner.get("scheme"),
        statuses=tables.get("obs_status", {}),
        default_status=tables.get("default_obs_status", "A"),
        encoding=_encoding_name(file),
        delimiter=file.get("delimiter", ","),
        stage=file.get("stage", "provisional"),
        published_pattern=re.compile(file["published"]) if "published" in file else None,
        files=(toml, *lists.values()),
        sheet=file.get("sheet"),
    )


def _read_codelists(names: Sequence[str], read_codelist: Callable[[str], bytes]) -> dict[str, SupportingFile]:
    try:
        return {name: SupportingFile(CODELIST_ROLE, name, read_codelist(name)) for name in names}
    except (OSError, KeyError) as error:
        raise InvalidFile(
            ", ".join(names), [FileError(f"the list that the mapping names is not readable: {error}")]
        ) from error


def _check_tables(name: str, tables: dict[str, Any]) -> None:
    dataset, columns = tables.get("dataset", {}), tables.get("columns", {})
    defects = [FileError(f"[dataset] lacks {key}") for key in DATASET_KEYS if key not in dataset]
    defects += [FileError("is no key of [dataset]", value=key) for key in dataset if key not in DATASET_KEYS]
    defects += [FileError(f"[columns] lacks {key}") for key in REQUIRED_COLUMNS if key not in columns]
    defects += [FileError("is no key of [columns]", value=key) for key in columns if key not in MAPPED_COLUMNS]
    flows = tables.get("flow", {}).values()
    defects += [
        FileError(f"is no flow; there are {', '.join(FLOWS)}", value=flow) for flow in flows if flow not in FLOWS
    ]
    if defects:
        raise InvalidFile(name, defects)


def _encoding_name(file: dict[str, str]) -> str:
    """Return the encoding of the files, under the name that it has in Python; a byte order mark does no harm."""
    return codecs.lookup(file.get("encoding", "utf-8")).name.removesuffix("-sig")


def _partner_code_pairs(codelists: dict[str, SupportingFile], partner: dict[str, str]) -> list[tuple[str, str]]:
    if "list" not in partner:
        return []
    word, code = partner["word"], partner["code"]
    return [(row[word], row[code]) for row in _codelist_rows(codelists[partner["list"]], [word, code])]


def _commodity_definitions(
    codelists: dict[str, SupportingFile], commodity: dict[str, str]
) -> list[CommodityDefinition]:
    if "list" not in commodity:
        return []
    columns = {key: commodity.get(key, key) for key in ("word", "code", "name", "level", "parent")}
    rows = _codelist_rows(codelists[commodity["list"]], list(columns.values()))
    return [
        CommodityDefinition(
            source_label=row[columns["word"]],
            code=row[columns["code"]],
            name=row[columns["name"]],
            level=int(row[columns["level"]]),
            parent=row[columns["parent"]] or None,
        )
        for row in rows
    ]


def _codelist_rows(file: SupportingFile, columns: list[str]) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(StringIO(file.content.decode("utf-8-sig"), newline=""), strict=True))
    except (ValueError, csv.Error) as error:
        raise InvalidFile(
            file.name, [FileError(f"the list that the mapping names is not readable: {error}")]
        ) from error
    missing = [column for column in columns if rows and column not in rows[0]]
    if missing or not rows:
        raise InvalidFile(file.name, [FileError(f"the list lacks the columns {', '.join(missing or columns)}")])
    return rows
