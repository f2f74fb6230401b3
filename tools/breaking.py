"""Breaking changes between two OpenAPI documents.

    python tools/breaking.py EARLIER.json LATER.json

Prints a line for each breaking change, and exits with 1 where there is any. Requests may only widen, responses may only
grow. An enumeration in a response is closed: a client that was compiled against it knows no other value. A deprecated
part may be removed after the day of its `x-sunset`.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

OpenApiDocument = dict[str, Any]
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
INCOMPARABLE_LIMITS = ("pattern", "format", "multipleOf")
"""Limits that cannot be compared: in a request they may be removed, and not changed."""
ALL_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
HTTP_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


@dataclass(frozen=True)
class Part:
    """A part of a document: an operation, a parameter, a response, or a header, media type or field of a response."""

    parent: str
    definition: OpenApiDocument
    schema: OpenApiDocument
    is_parameter: bool = False
    is_required: bool = False


def document_parts(document: OpenApiDocument) -> Iterator[tuple[str, Part]]:
    """Yield the location and the part, for each part of a document."""
    for path, item in document["paths"].items():
        for method in HTTP_METHODS:
            if method in item:
                name, operation = f"{method.upper()} {path}", item[method]
                yield name, Part("", operation, {})
                for parameter in (*item.get("parameters", ()), *operation.get("parameters", ())):
                    location = f"{name} {parameter['name']}"
                    yield from _parameter_parts(document, location, name, parameter, parameter["schema"])
                yield from _response_parts(document, name, operation["responses"])


def _parameter_parts(
    document: OpenApiDocument, location: str, parent: str, parameter: OpenApiDocument, schema: OpenApiDocument
) -> Iterator[tuple[str, Part]]:
    schema = _resolve_schema(document, schema)
    yield location, Part(parent, parameter, schema, is_parameter=True, is_required=parameter.get("required", False))
    if "items" in schema:
        yield from _parameter_parts(document, f"{location}[]", location, {}, schema["items"])


def _response_parts(document: OpenApiDocument, name: str, responses: OpenApiDocument) -> Iterator[tuple[str, Part]]:
    for status, reference in responses.items():
        location, response = f"{name} {status}", _resolve_schema(document, reference)
        yield location, Part(name, {}, {})
        for header in response.get("headers", {}):
            yield f"{location} header {header}", Part(location, {}, {})
        for media, content in response.get("content", {}).items():
            yield from _field_parts(document, f"{location} {media}", location, content["schema"], is_required=True)


def _field_parts(
    document: OpenApiDocument, location: str, parent: str, schema: OpenApiDocument, *, is_required: bool
) -> Iterator[tuple[str, Part]]:
    schema = _resolve_schema(document, schema)
    yield location, Part(parent, schema, schema, is_required=is_required)
    for field, each in schema.get("properties", {}).items():
        required = field in schema.get("required", ())
        yield from _field_parts(document, f"{location}.{field}", location, each, is_required=required)
    if "items" in schema:
        yield from _field_parts(document, f"{location}[]", location, schema["items"], is_required=True)


def find_breaking_changes(earlier: OpenApiDocument, later: OpenApiDocument, *, today: date | None = None) -> list[str]:
    """Return a line for each change that breaks clients of the earlier document."""
    old_parts, new_parts, lines = dict(document_parts(earlier)), dict(document_parts(later)), []
    today = today or datetime.now(UTC).date()
    for location, old in old_parts.items():
        if new := new_parts.get(location):
            changes = _parameter_changes(old, new) if old.is_parameter else _response_changes(old, new)
            lines += [f"{location}{change}" for change in changes]
        elif not old.parent or (old.parent in new_parts and not location.endswith("[]")):
            sunset = old.definition.get("x-sunset")
            lines += [f"{location}: removed"] if sunset is None or today <= date.fromisoformat(sunset) else []
    required_parameters = (name for name, part in new_parts.items() if part.is_parameter and part.is_required)
    added = (name for name in required_parameters if name not in old_parts and new_parts[name].parent in old_parts)
    return [*lines, *(f"{location}: new, and required" for location in added)]


def _parameter_changes(old: Part, new: Part) -> Iterator[str]:
    if old.definition.get("in") != new.definition.get("in"):
        yield f": in {old.definition.get('in')} is {new.definition.get('in')} now"
    if new.is_required and not old.is_required:
        yield ": required now"
    old_schema, new_schema = old.schema, new.schema
    if lost := _additional_types(old_schema, new_schema):
        yield f": no longer {', '.join(sorted(lost))}"
    if "enum" in new_schema and "enum" not in old_schema:
        yield f": only {', '.join(map(str, new_schema['enum']))} now"
    elif "enum" in new_schema:
        yield from (f": {value} removed" for value in old_schema["enum"] if value not in new_schema["enum"])
    for name in ("default", *LOWER_BOUNDS, *UPPER_BOUNDS, *INCOMPARABLE_LIMITS):
        if _is_stricter(name, old_schema.get(name), new_schema.get(name)):
            yield f": {name} {old_schema.get(name)} is {new_schema.get(name)} now"


def _is_stricter(name: str, old: Any, new: Any) -> bool:
    """Return whether a keyword of a parameter's schema excludes requests, or gives them another meaning."""
    if name == "default":
        return old != new
    if new is None or old is None or name in INCOMPARABLE_LIMITS:
        return new not in (None, old)
    return new > old if name in LOWER_BOUNDS else new < old


def _response_changes(old: Part, new: Part) -> Iterator[str]:
    old_schema, new_schema = old.schema, new.schema
    if old.is_required and not new.is_required:
        yield ": may be left out now"
    if gained := _additional_types(new_schema, old_schema):
        yield f": may be {', '.join(sorted(gained))} now"
    if old_schema.get("format") != new_schema.get("format"):
        yield f": format {old_schema.get('format')} is {new_schema.get('format')} now"
    if "enum" in old_schema and "enum" not in new_schema:
        yield ": may be anything now"
    elif "enum" in old_schema:
        yield from (f": {value} removed" for value in old_schema["enum"] if value not in new_schema["enum"])
        yield from (f": may be {value} now" for value in new_schema["enum"] if value not in old_schema["enum"])


def _resolve_schema(document: OpenApiDocument, schema: OpenApiDocument) -> OpenApiDocument:
    """Return a schema with its references resolved; a nullable reference becomes a nullable object."""
    if "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _resolve_schema(document, target) | {key: value for key, value in schema.items() if key != "$ref"}
    if "anyOf" in schema:
        parts = [_resolve_schema(document, part) for part in schema["anyOf"]]
        types = sorted(set().union(*map(_schema_types, parts)))
        return {key: value for part in parts for key, value in part.items()} | {"type": types}
    return schema


def _schema_types(schema: OpenApiDocument) -> set[str]:
    types = schema.get("type", ALL_TYPES)
    return {types} if isinstance(types, str) else set(types)


def _additional_types(schema: OpenApiDocument, other: OpenApiDocument) -> set[str]:
    """Return the types of a schema that the other one does not have; integers are numbers."""
    other_types = _schema_types(other)
    return _schema_types(schema) - other_types - ({"integer"} if "number" in other_types else set())


if __name__ == "__main__":
    changes = find_breaking_changes(*(json.loads(Path(path).read_text("utf-8")) for path in sys.argv[1:]))
    print("\n".join(changes), end="\n" if changes else "")
    sys.exit(bool(changes))
