"""JSON as offices' servers answer with it, read strictly: numbers stay the text that they are."""

import json
import re
from pathlib import Path
from typing import Any

from service.errors import BadFile, Defect
from service.ingest.files import whole_text

_NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def json_of(path: Path, *, name: str, api: str) -> Any:
    """Return what the file holds, its numbers as text; `api` is what errors call the server that it comes from.

    :raises BadFile: it is no JSON, or says two things of one name.
    """
    text = whole_text(path, name=name)
    if not text.strip():
        raise BadFile(name, [Defect("the file is empty")])
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise not_of(api, name, str(error)) from error


def not_of(api: str, name: str, why: str) -> BadFile:
    """Return the error that refuses a file which is not what the server answers with."""
    return BadFile(name, [Defect(f"the file is no JSON of {api}: {why}")])


def cell_of(value: Any) -> str:
    """Return a cell as a CSV file would have it: null is empty, and true reads `true`.

    :raises ValueError: it is no single value, or holds what no text does.
    """
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if not isinstance(value, str) or _NO_TEXT.search(value):
        raise ValueError(f"{value!r} is not the text or number of one cell")
    return value.strip()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has two values of one name")
    return found
