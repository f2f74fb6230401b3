"""The types and bounds of the values in a mapping file, checked before anything else is done with them."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from service.errors import FileError

MAX_CODE_LIST_BYTES = 50_000_000
MAX_RULE_CHARACTERS = 300
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Texts = dict[str, str]


class _Dataset(Struct):
    """The table [dataset]."""

    code: str = ""
    title: str = ""
    source: str = ""
    reporter: str = ""
    reporter_scheme: str | None = None
    frequency: Literal["M", "Q", "A"] = "M"
    classification: Name = "HS"
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "USD"
    unit_exponent: Annotated[int, Meta(ge=0, le=12)] = 0
    export_valuation: str = ""
    import_valuation: str = ""
    trade_system: str = ""
    exhaustive: bool = True
    attribution: str = ""


class _Classification(Struct):
    """The table [classification]."""

    name: Name
    family: Name = "HS"
    default_level: Annotated[int, Meta(ge=0, le=12)] | None = None


class _CodeList(Struct):
    """The tables [partner] and [commodity]: the names of a code list and of its columns."""

    list: Name | None = None
    scheme: str | None = None
    word: Name = "word"
    code: Name = "code"
    name: Name = "name"
    level: Name = "level"
    parent: Name = "parent"


class _File(Struct):
    """The table [file]."""

    encoding: str = "utf-8"
    delimiter: Annotated[str, Meta(pattern='^[^"\\r\\n\\x00 ]$')] = ","
    stage: Literal["provisional", "revised", "final"] = "provisional"
    published: str = "(?P<published>)"
    sheet: str | None = None
    covers: str = "complete"


class _Mapping(Struct):
    """All tables of a mapping."""

    dataset: _Dataset
    columns: dict[str, Name]
    classification: _Classification | None = None
    partner: _CodeList | None = None
    commodity: _CodeList | None = None
    flow: Texts = {}
    obs_status: Texts = {}
    default_obs_status: str = "A"
    numbers: dict[str, Any] = {}
    file: _File = msgspec.field(default_factory=_File)


def type_errors(tables: Mapping[str, Any]) -> list[FileError]:
    """Return a list with the first value of a mapping that has a wrong type; the list is empty if there is none."""
    try:
        mapping = msgspec.convert({"dataset": {}, "columns": {}, **tables}, _Mapping)
    except msgspec.ValidationError as error:
        rule, _, location = str(error).rpartition(" - at ")
        return [
            FileError((rule or location)[:MAX_RULE_CHARACTERS], location=location.strip("`").removeprefix("$.") or None)
        ]
    return _pattern_errors(mapping.file.published)


def _pattern_errors(pattern: str) -> list[FileError]:
    try:
        groups = re.compile(pattern).groupindex
    except (re.error, OverflowError, RecursionError) as error:
        return [FileError(f"is not a pattern for published of [file]: {error}", value=pattern)]
    if "published" in groups:
        return []
    rule = "has no group `published`, as (?P<published>[0-9-]{10}), for published of [file]"
    return [FileError(rule, value=pattern)]
