"""Tables in HTML pages, whose cells have a text, a link and a bar. The template table.html renders them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A table cell: its text, the URL of the page that explains it, the name of this link, and a bar from -1 to 1."""

    text: str
    link: str | None = None
    label: str | None = None
    bar: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class PageTable:
    """A table of a page: its caption, its columns, each with whether it has numbers, and its rows.

    Each row begins with a heading.
    """

    caption: str
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
