"""What in a description of the API breaks clients of an earlier one.

    python tools/breaking.py EARLIER.json LATER.json

prints a line for each break and ends with 1 where there is any. Requests may only widen, answers may only grow. An
answer's enumeration is closed: a client that was compiled against it knows no other value. What was deprecated may go
after the day of its `x-sunset`.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

Description = dict[str, Any]
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
AS_THEY_ARE = ("pattern", "format", "multipleOf")
"""Limits of which nobody can say which of two is narrower: a request's may go, and not change."""
ANYTHING = ("array", "boolean", "integer", "null", "number", "object", "string")
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


@dataclass(frozen=True)
class Comparison:
    """Two descriptions of one API, and the day on which they are compared."""

    earlier: Description
    later: Description
    today: date

    def breaks(self) -> Iterator[str]:
        """Yield what breaks clients of the earlier description, a line each."""
        for path, item in self.earlier["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                name, old = f"{method.upper()} {path}", item[method]
                new = self.later["paths"].get(path, {}).get(method)
                if new is None:
                    yield from self._gone(old, f"{name}: removed")
                else:
                    yield from self._operation(name, (item, old), (self.later["paths"][path], new))

    def _gone(self, old: Description, line: str) -> Iterator[str]:
        sunset = old.get("x-sunset")
        if sunset is None or self.today <= date.fromisoformat(sunset):
            yield line

    def _operation(self, name: str, old: tuple[Any, Any], new: tuple[Any, Any]) -> Iterator[str]:
        before, after = (_parameters(*operation) for operation in (old, new))
        for key, parameter in before.items():
            place = f"{name} {key[1]}"
            if key not in after:
                yield from self._gone(parameter, f"{place}: removed")
            else:
                if after[key].get("required") and not parameter.get("required"):
                    yield f"{place}: required now"
                yield from self._request(place, parameter["schema"], after[key]["schema"])
        yield from (
            f"{name} {key[1]}: new, and required"
            for key, parameter in after.items()
            if key not in before and parameter.get("required")
        )
        yield from self._responses(name, old[1]["responses"], new[1]["responses"])

    def _request(self, place: str, old: Description, new: Description) -> Iterator[str]:
        old, new = _whole(self.earlier, old), _whole(self.later, new)
        if lost := _beyond(_types(old), _types(new)):
            yield f"{place}: no longer {', '.join(sorted(lost))}"
        if "enum" in new:
            if "enum" not in old:
                yield f"{place}: only {', '.join(map(str, new['enum']))} now"
            else:
                yield from (f"{place}: {value} removed" for value in old["enum"] if value not in new["enum"])
        if old.get("default") != new.get("default"):
            yield f"{place}: default {old.get('default')} is {new.get('default')} now"
        for bounds, sign in ((LOWER_BOUNDS, 1), (UPPER_BOUNDS, -1)):
            for bound in bounds:
                if bound in new and (bound not in old or sign * new[bound] > sign * old[bound]):
                    yield f"{place}: {bound} {old.get(bound)} is {new[bound]} now"
        yield from (
            f"{place}: {limit} {old.get(limit)} is {new[limit]} now"
            for limit in AS_THEY_ARE
            if limit in new and new[limit] != old.get(limit)
        )
        if "items" in old and "items" in new:
            yield from self._request(f"{place}[]", old["items"], new["items"])

    def _responses(self, name: str, old: Description, new: Description) -> Iterator[str]:
        for status, response in old.items():
            if status not in new:
                yield f"{name} {status}: removed"
                continue
            before, after = _whole(self.earlier, response), _whole(self.later, new[status])
            for header in before.get("headers", {}):
                if header not in after.get("headers", {}):
                    yield f"{name} {status} header {header}: removed"
            for media, content in before.get("content", {}).items():
                if media not in after.get("content", {}):
                    yield f"{name} {status} {media}: removed"
                else:
                    place = f"{name} {status} {media}"
                    yield from self._answer(place, content["schema"], after["content"][media]["schema"])

    def _answer(self, place: str, old: Description, new: Description) -> Iterator[str]:
        old, new = _whole(self.earlier, old), _whole(self.later, new)
        if gained := _beyond(_types(new), _types(old)):
            yield f"{place}: may be {', '.join(sorted(gained))} now"
        if old.get("format") != new.get("format"):
            yield f"{place}: format {old.get('format')} is {new.get('format')} now"
        yield from _closed(place, old.get("enum"), new.get("enum"))
        for field, schema in old.get("properties", {}).items():
            if field not in new.get("properties", {}):
                yield from self._gone(schema, f"{place}.{field}: removed")
                continue
            if field in old.get("required", ()) and field not in new.get("required", ()):
                yield f"{place}.{field}: may be left out now"
            yield from self._answer(f"{place}.{field}", schema, new["properties"][field])
        if "items" in old and "items" in new:
            yield from self._answer(f"{place}[]", old["items"], new["items"])


def _closed(place: str, old: list[Any] | None, new: list[Any] | None) -> Iterator[str]:
    if old is None:
        return
    if new is None:
        yield f"{place}: may be anything now"
        return
    yield from (f"{place}: {value} removed" for value in old if value not in new)
    yield from (f"{place}: may be {value} now" for value in new if value not in old)


def _parameters(item: Description, operation: Description) -> dict[tuple[str, str], Description]:
    listed = [*item.get("parameters", []), *operation.get("parameters", [])]
    return {(parameter["in"], parameter["name"]): parameter for parameter in listed}


def _whole(document: Description, described: Description) -> Description:
    """Return what is described, with what it refers to, and with a nullable reference taken as a nullable object."""
    if "$ref" in described:
        followed: Any = document
        for part in described["$ref"].removeprefix("#/").split("/"):
            followed = followed[part]
        return _whole(document, followed) | {key: value for key, value in described.items() if key != "$ref"}
    if "anyOf" in described:
        parts = [_whole(document, part) for part in described["anyOf"]]
        kinds = sorted(set().union(*map(_types, parts)))
        return {key: value for part in parts for key, value in part.items()} | {"type": kinds}
    return described


def _types(schema: Description) -> set[str]:
    kinds = schema.get("type", ANYTHING)
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _beyond(kinds: set[str], known: set[str]) -> set[str]:
    """Return the kinds that are not among those known; whole numbers are numbers."""
    return kinds - known - ({"integer"} if "number" in known else set())


def breaks(earlier: Description, later: Description, *, today: date | None = None) -> list[str]:
    """Return what in the later description breaks clients of the earlier one, a line each."""
    return list(Comparison(earlier, later, today or datetime.now(UTC).date()).breaks())


def main(earlier: str, later: str) -> int:
    """Print what breaks; return 1 where anything does."""
    found = breaks(*(json.loads(Path(path).read_text("utf-8")) for path in (earlier, later)))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
