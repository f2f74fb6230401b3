"""Mapping files: TOML files that describe the dataset, columns and labels of tidy files."""

import codecs
import csv
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from service.domain.text_rules import text_error
from service.errors import FileError, InvalidFile
from service.ingest.archive.archive import SupportingFile
from service.ingest.catalog.mapping_checks import mapping_errors
from service.ingest.catalog.mapping_types import MAX_CODE_LIST_BYTES, type_errors
from service.ingest.catalog.number_format import NumberFormat, number_format

COMPLETE_COVERAGE = "complete"
MAX_LEVEL = 12
MAPPING_ROLE, CODELIST_ROLE = "mapping", "list"
"""The values of `ReleaseFile.role` for a mapping and for the code lists that it names."""


@dataclass(frozen=True)
class CommodityDefinition:
    """A commodity in the code list of a source. `source_label` is its label in the files with figures.

    `parent` is the code of the commodity above it; null means TOTAL.
    """

    source_label: str
    code: str
    name: str
    level: int
    parent: str | None


@dataclass(frozen=True)
class TidyMapping:
    """The description of tidy files: their dataset, and the meaning of their columns and labels.

    `columns` maps each field to the name of its column. `flows`, `partners` and `statuses` map labels to codes; a label
    that is not among them is a code itself. `published_pattern` finds the publication date in a file name; null where
    file names have no date. `default_status` is the status of rows without one. `files` are the mapping file and its
    code lists, as they were read. `sheet` names the sheet of a workbook; null for a workbook with a single sheet.
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
    numbers: NumberFormat = field(default_factory=NumberFormat)
    covers: str = COMPLETE_COVERAGE

    def publication_date(self, file_name: str) -> date | None:
        """Return the publication date that a file name contains; null where it contains none.

        :raises InvalidFile: the matched text is not a date.
        """
        match = self.published_pattern.search(file_name) if self.published_pattern else None
        if match is None:
            return None
        try:
            return date.fromisoformat(match.group("published"))
        except ValueError as error:
            rule = "is in the place of the publication date of the name, but is not a date"
            raise InvalidFile(file_name, [FileError(rule, value=match.group("published"))]) from error


def read_mapping(path: Path, *, codelists_folder: Path | None = None) -> TidyMapping:
    """Return the mapping that a TOML file describes.

    Its code lists are in `codelists_folder`, by default in the folder of the file.

    :raises InvalidFile: the file is not TOML, has an invalid value, or lacks a table, a key or a code list.
    """
    try:
        raw = read_regular_file(path)
    except OSError as error:
        raise InvalidFile(path.name, [FileError(f"the mapping is not readable TOML: {error}")]) from error
    return _parse_mapping(
        SupportingFile(MAPPING_ROLE, path.name, raw),
        lambda name: read_regular_file((codelists_folder or path.parent) / name),
    )


def restore_mapping(files: Sequence[SupportingFile]) -> TidyMapping:
    """Return the mapping that a release was loaded with, from its archived files.

    :raises InvalidFile: a file is missing, or this version cannot read it.
    """
    lists = {file.name: file.content for file in files if file.role == CODELIST_ROLE}
    mapping = next((file for file in files if file.role == MAPPING_ROLE), SupportingFile(MAPPING_ROLE, "mapping", b""))
    return _parse_mapping(mapping, lambda name: lists[name], is_archived=True)


def _parse_mapping(
    toml: SupportingFile, read_codelist: Callable[[str], bytes], *, is_archived: bool = False
) -> TidyMapping:
    try:
        tables = tomllib.loads(toml.content.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidFile(toml.name, [FileError(f"the mapping is not readable TOML: {error}")]) from error
    if errors := type_errors(tables) or mapping_errors(tables, is_archived=is_archived):
        raise InvalidFile(toml.name, errors)
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
        numbers=number_format(tables.get("numbers", {})),
        covers=file.get("covers", COMPLETE_COVERAGE),
    )


def _read_codelists(names: Sequence[str], read_codelist: Callable[[str], bytes]) -> dict[str, SupportingFile]:
    try:
        return {name: SupportingFile(CODELIST_ROLE, name, read_codelist(name)) for name in names}
    except (OSError, KeyError, ValueError) as error:
        raise InvalidFile(
            ", ".join(names), [FileError(f"the code list of the mapping is not readable: {error}")]
        ) from error


def _encoding_name(file: dict[str, str]) -> str:
    """Return Python's name of the encoding of the files; a byte order mark is always accepted."""
    return codecs.lookup(file.get("encoding", "utf-8")).name.removesuffix("-sig")


def _partner_code_pairs(codelists: dict[str, SupportingFile], partner: dict[str, str]) -> list[tuple[str, str]]:
    if "list" not in partner:
        return []
    word, code = partner.get("word", "word"), partner.get("code", "code")
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
            level=_commodity_level(row[columns["level"]], codelists[commodity["list"]].name, line),
            parent=row[columns["parent"]] or None,
        )
        for line, row in enumerate(rows, start=2)
    ]


def _commodity_level(text: str, file_name: str, line: int) -> int:
    if text.isascii() and text.isdigit() and int(text) <= MAX_LEVEL:
        return int(text)
    raise InvalidFile(file_name, [FileError(f"is not a level from 0 to {MAX_LEVEL}", line, "level", text)])


def _codelist_rows(file: SupportingFile, columns: list[str]) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(StringIO(file.content.decode("utf-8-sig"), newline=""), strict=True))
    except (ValueError, csv.Error) as error:
        raise InvalidFile(file.name, [FileError(f"the code list of the mapping is not readable: {error}")]) from error
    missing = [column for column in columns if rows and column not in rows[0]]
    if missing or not rows:
        raise InvalidFile(file.name, [FileError(f"the code list lacks the columns {', '.join(missing or columns)}")])
    for line, row in enumerate(rows, start=2):
        if any(row[column] is None or text_error(row[column]) for column in columns):
            raise InvalidFile(file.name, [FileError("lacks a cell, or has an invalid text", line)])
    return rows


def read_regular_file(path: Path) -> bytes:
    """Return the bytes of a regular file. Reading a pipe or a device could block.

    :raises OSError: the path is not a regular file, cannot be read, or is larger than MAX_CODE_LIST_BYTES.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is not a regular file")
    if path.stat().st_size > MAX_CODE_LIST_BYTES:
        raise OSError(f"{path.name} is larger than {MAX_CODE_LIST_BYTES} bytes")
    return path.read_bytes()
