"""Suggestions for a path without a resource: the path of a resource with a similar name."""

from collections.abc import Iterable, Sequence

from flask import current_app, request
from werkzeug.routing import Rule

from service.domain.suggestions import closest_word
from service.errors import ParameterError

PATH = "path"
"""Name of the path in the errors of a problem."""
MAX_PATH_CHARACTERS = 100
API_PREFIX = "v1"


def unknown_path_errors() -> list[ParameterError]:
    """Return the error for the unknown path of the current request, as a list, with the URL of a similar path.

    The list is empty if no path of the service is similar.
    """
    path = _similar_path(request.path)
    if path is None:
        return []
    query = request.query_string.decode("latin-1")
    return [ParameterError(PATH, request.path, "there is no such resource", [f"{path}?{query}" if query else path])]


def _similar_path(path: str) -> str | None:
    """Return the path of a route of which `path` is a misspelling, also without its prefix or with additional slashes.

    Parts of the path that are codes stay as they are.
    """
    if len(path) > MAX_PATH_CHARACTERS:
        return None
    parts = [part for part in path.split("/") if part]
    routes = [rule for rule in current_app.url_map.iter_rules() if request.method in (rule.methods or ())]
    for requested in (parts, [API_PREFIX, *parts]):
        similar_paths = set(filter(None, (_corrected_path(rule, requested) for rule in routes)))
        if len(similar_paths) == 1:
            return similar_paths.pop()
        closest = closest_word("/" + "/".join(requested), similar_paths)
        if closest is not None:
            return closest
    return None


def _corrected_path(rule: Rule, parts: Sequence[str]) -> str | None:
    """Return the path with the fixed parts of a route; null where one of them is another word."""
    route_parts = [part for part in rule.rule.split("/") if part]
    if len(route_parts) != len(parts) or not parts or "<path:" in rule.rule:
        return None
    corrected = [_corrected_part(fixed, part) for fixed, part in zip(route_parts, parts, strict=True)]
    return _join_parts(corrected) if all(corrected) else None


def _corrected_part(route_part: str, part: str) -> str | None:
    if route_part.startswith("<"):
        return part
    return route_part if route_part == part.lower() else closest_word(part, [route_part])


def _join_parts(parts: Iterable[str | None]) -> str:
    return "/" + "/".join(filter(None, parts))
