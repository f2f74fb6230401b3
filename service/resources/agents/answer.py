"""Answers of tools as text: a sentence, a table with few columns, and the link to the request behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from service.api.parameters.common import MAX_PAGE_ROWS
from service.api.parameters.request import build_url

MAX_ANSWER_ROWS = 50


@dataclass(frozen=True)
class Answer:
    """An answer of a tool: a sentence, the rows of a table, and the relative URL of the request that returned them.

    `is_truncated` says that the request has more rows than the answer. `sources` are the attributions of the data.
    """

    sentence: str
    url: str
    columns: Sequence[str] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    is_truncated: bool = False
    sources: Sequence[str] = ()


def answer_text(answer: Answer, *, base_url: str) -> str:
    """Return an answer as text, with a table in CSV. `base_url` is the address of the service."""
    lines = [answer.sentence]
    if answer.rows:
        lines += ["", ",".join(answer.columns)]
        lines += [
            ",".join(_cell_text(row.get(name)) for name in answer.columns) for row in answer.rows[:MAX_ANSWER_ROWS]
        ]
        lines.append("")
    is_truncated = answer.is_truncated or len(answer.rows) > MAX_ANSWER_ROWS
    if is_truncated:
        lines.append(f"truncated: only the first {min(MAX_ANSWER_ROWS, len(answer.rows))} rows; the link has all")
    lines += dict.fromkeys(answer.sources)
    lines.append(f"Link: {base_url}{_url_of_all_rows(answer.url) if is_truncated else answer.url}")
    return "\n".join(lines)


def _url_of_all_rows(url: str) -> str:
    """Return the URL of an answer with the largest page instead of its limit."""
    path, _, query = url.partition("?")
    parameters = dict(parse_qsl(query))
    return build_url(path, parameters | {"limit": str(MAX_PAGE_ROWS)}) if "limit" in parameters else url


def _cell_text(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f'"{text}"' if "," in text else text


def attributions(meta: Mapping[str, Any]) -> list[str]:
    """Return the attributions of the sources in the metadata of a response."""
    return [source["attribution"] for source in meta.get("sources", ())]
