"""Strict TOML files of annotations, in which each entry has a source."""

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from service.domain.text_rules import text_error
from service.errors import FileError, InvalidFile
from service.ingest.pipeline.file_checks import check_loadable

VALID_CODE = validate.Regexp(
    r"[a-z0-9]+(-[a-z0-9]+)*\Z", error="should consist of lower-case letters, digits and single hyphens"
)
NOT_EMPTY = validate.Length(min=1, error="is empty")
VALID_URL = validate.URL(schemes={"http", "https"}, error="should be a URL, https://...")


def validate_text(text: str) -> None:
    """Check that a text has no control character and is not too long.

    :raises ValidationError: the text has a control character, or is too long.
    """
    if rule := text_error(text):
        raise ValidationError(rule)


def choice_validator(choices: Sequence[str]) -> validate.OneOf:
    """Return a validator that accepts only `choices`."""
    return validate.OneOf(choices, error=f"should be one of {', '.join(choices)}")


class TomlTable(Schema):
    """The schema of a table in a TOML file; an unknown key is an error."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["unknown"] = f"is not a key here; use {', '.join(self.fields)}"
        self.error_messages["type"] = "should be a table, with a key on each line"


class NonEmptyString(fields.String):
    """A field for text that is not empty; line ends and repeated spaces become single spaces."""

    default_error_messages = {"required": "is required", "null": "is required", "invalid": "should be text in quotes"}

    def __init__(self, *, validate: Callable[[str], Any] | None = NOT_EMPTY, **kwargs: Any) -> None:
        super().__init__(validate=[each for each in (validate, validate_text) if each], **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return " ".join(super()._deserialize(value, attr, data, **kwargs).split())


class TomlDate(fields.Field[date]):
    """A field for a date, which a file can write as a TOML date or as ISO 8601 text."""

    default_error_messages = {"required": "is required", "invalid": "should be a valid date, as 2023-07-23"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:  # noqa: ARG002
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise self.make_error("invalid") from error


class EntrySource(TomlTable):
    """The source of an entry: title, URL and date."""

    title = NonEmptyString(required=True)
    address = NonEmptyString(required=True, validate=VALID_URL)
    date = TomlDate(required=True)


def read_entries(path: Path, *, table_name: str, schema: type[TomlTable]) -> list[dict[str, Any]]:
    """Return the entries of a TOML file, which are its tables `[[table_name]]`, validated by `schema`.

    :raises InvalidFile: the file is not TOML or has no entry, an entry is invalid, or an `id` occurs twice.
    """
    tables = _read_toml(path)
    errors = [
        FileError(f"is not a table here; use [[{table_name}]]", value=name) for name in tables if name != table_name
    ]
    entries = tables.get(table_name)
    if not isinstance(entries, list) or not entries:
        raise InvalidFile(path.name, [*errors, FileError(f"has no table [[{table_name}]]")])
    try:
        loaded_entries: list[dict[str, Any]] = schema(many=True).load(entries)
    except ValidationError as error:
        raise InvalidFile(path.name, [*errors, *_validation_errors(error.messages_dict, table_name)]) from error
    errors += [
        FileError("is the id of an earlier entry", location=entry_location(table_name, number), value=entry["id"])
        for number, entry in enumerate(loaded_entries)
        if entry["id"] in {earlier_entry["id"] for earlier_entry in loaded_entries[:number]}
    ]
    if errors:
        raise InvalidFile(path.name, errors)
    return loaded_entries


def entry_location(table_name: str, index: int, *keys: object) -> str:
    """Return the location of a value in a file, such as `measure 2, goods 1, code`.

    `index` is the number of the entry, from 0; `keys` lead to the value within the entry.
    """
    return f"{table_name} {index + 1}{''.join(f' {key + 1}' if isinstance(key, int) else f', {key}' for key in keys)}"


def entry_digest(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the contents of an entry, by which a changed entry is recognized."""
    return sha256(json.dumps(entry, sort_keys=True, default=str).encode()).hexdigest()


def _read_toml(path: Path) -> dict[str, Any]:
    check_loadable(path)
    try:
        return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise InvalidFile(path.name, [FileError(f"is not readable TOML: {error}")]) from error


def _validation_errors(messages: Mapping[Any, Any], table_name: str) -> Iterator[FileError]:
    for number, entry_messages in sorted(messages.items()):
        for keys, rule in _flatten_messages(entry_messages, ()):
            yield FileError(rule, location=entry_location(table_name, number, *keys))


def _flatten_messages(messages: Any, keys: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], str]]:
    if isinstance(messages, Mapping):
        for key, nested_messages in messages.items():
            yield from _flatten_messages(nested_messages, keys if key == "_schema" else (*keys, key))
        return
    for rule in messages:
        yield keys, str(rule)
