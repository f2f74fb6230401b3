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
class ContractComparison:
    """Two documents of one API, and the day on which they are compared."""

    earlier: OpenApiDocument
    later: OpenApiDocument
    today: date

    def breaking_changes(self) -> Iterator[str]:
        """Yield a line for each change that breaks clients of the earlier document."""
        for path, item in self.earlier["paths"].items():
            for method in HTTP_METHODS:
                if method not in item:
                    continue
                name, old = f"{method.upper()} {path}", item[method]
                new = self.later["paths"].get(path, {}).get(method)
                if new is None:
                    yield from self._removal_before_sunset(old, f"{name}: removed")
                else:
                    yield from self._compare_operations(name, (item, old), (self.later["paths"][path], new))

    def _removal_before_sunset(self, old: OpenApiDocument, message: str) -> Iterator[str]:
        sunset = old.get("x-sunset")
        if sunset is None or self.today <= date.fromisoformat(sunset):
            yield message

    def _compare_operations(self, name: str, old: tuple[Any, Any], new: tuple[Any, Any]) -> Iterator[str]:
        earlier, later = (_parameters_by_key(*operation) for operation in (old, new))
        for key, parameter in earlier.items():
            location = f"{name} {key[1]}"
            if key not in later:
                yield from self._removal_before_sunset(parameter, f"{location}: removed")
            else:
                if later[key].get("required") and not parameter.get("required"):
                    yield f"{location}: required now"
                yield from self._compare_request_schemas(location, parameter["schema"], later[key]["schema"])
        yield from (
            f"{name} {key[1]}: new, and required"
            for key, parameter in later.items()
            if key not in earlier and parameter.get("required")
        )
        yield from self._compare_responses(name, old[1]["responses"], new[1]["responses"])

    def _compare_request_schemas(self, location: str, old: OpenApiDocument, new: OpenApiDocument) -> Iterator[str]:
        old, new = _resolve_schema(self.earlier, old), _resolve_schema(self.later, new)
        if lost := _additional_types(_schema_types(old), _schema_types(new)):
            yield f"{location}: no longer {', '.join(sorted(lost))}"
        if "enum" in new:
            if "enum" not in old:
                yield f"{location}: only {', '.join(map(str, new['enum']))} now"
            else:
                yield from (f"{location}: {value} removed" for value in old["enum"] if value not in new["enum"])
        if old.get("default") != new.get("default"):
            yield f"{location}: default {old.get('default')} is {new.get('default')} now"
        for bounds, sign in ((LOWER_BOUNDS, 1), (UPPER_BOUNDS, -1)):
            for bound in bounds:
                if bound in new and (bound not in old or sign * new[bound] > sign * old[bound]):
                    yield f"{location}: {bound} {old.get(bound)} is {new[bound]} now"
        yield from (
            f"{location}: {limit} {old.get(limit)} is {new[limit]} now"
            for limit in INCOMPARABLE_LIMITS
            if limit in new and new[limit] != old.get(limit)
        )
        if "items" in old and "items" in new:
            yield from self._compare_request_schemas(f"{location}[]", old["items"], new["items"])

    def _compare_responses(self, name: str, old: OpenApiDocument, new: OpenApiDocument) -> Iterator[str]:
        for status, response in old.items():
            if status not in new:
                yield f"{name} {status}: removed"
                continue
            earlier, later = _resolve_schema(self.earlier, response), _resolve_schema(self.later, new[status])
            for header in earlier.get("headers", {}):
                if header not in later.get("headers", {}):
                    yield f"{name} {status} header {header}: removed"
            for media, content in earlier.get("content", {}).items():
                if media not in later.get("content", {}):
                    yield f"{name} {status} {media}: removed"
                else:
                    location = f"{name} {status} {media}"
                    yield from self._compare_response_schemas(
                        location, content["schema"], later["content"][media]["schema"]
                    )

    def _compare_response_schemas(self, location: str, old: OpenApiDocument, new: OpenApiDocument) -> Iterator[str]:
        old, new = _resolve_schema(self.earlier, old), _resolve_schema(self.later, new)
        if gained := _additional_types(_schema_types(new), _schema_types(old)):
            yield f"{location}: may be {', '.join(sorted(gained))} now"
        if old.get("format") != new.get("format"):
            yield f"{location}: format {old.get('format')} is {new.get('format')} now"
        yield from _compare_enums(location, old.get("enum"), new.get("enum"))
        for field, schema in old.get("properties", {}).items():
            if field not in new.get("properties", {}):
                yield from self._removal_before_sunset(schema, f"{location}.{field}: removed")
                continue
            if field in old.get("required", ()) and field not in new.get("required", ()):
                yield f"{location}.{field}: may be left out now"
            yield from self._compare_response_schemas(f"{location}.{field}", schema, new["properties"][field])
        if "items" in old and "items" in new:
            yield from self._compare_response_schemas(f"{location}[]", old["items"], new["items"])


def _compare_enums(location: str, old: list[Any] | None, new: list[Any] | None) -> Iterator[str]:
    if old is None:
        return
    if new is None:
        yield f"{location}: may be anything now"
        return
    yield from (f"{location}: {value} removed" for value in old if value not in new)
    yield from (f"{location}: may be {value} now" for value in new if value not in old)


def _parameters_by_key(item: OpenApiDocument, operation: OpenApiDocument) -> dict[tuple[str, str], OpenApiDocument]:
    parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
    return {(parameter["in"], parameter["name"]): parameter for parameter in parameters}


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


def _additional_types(types: set[str], known_types: set[str]) -> set[str]:
    """Return the types that are not among those known; integers are numbers."""
    return types - known_types - ({"integer"} if "number" in known_types else set())


def find_breaking_changes(earlier: OpenApiDocument, later: OpenApiDocument, *, today: date | None = None) -> list[str]:
    """Return a line for each change that breaks clients of the earlier document."""
    return list(ContractComparison(earlier, later, today or datetime.now(UTC).date()).breaking_changes())


def main(earlier: str, later: str) -> int:
    """Print the breaking changes; return 1 where there are any."""
    changes = find_breaking_changes(*(json.loads(Path(path).read_text("utf-8")) for path in (earlier, later)))
    print("\n".join(changes), end="\n" if changes else "")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
