"""Tables of pages: cells with a text, the page that explains it, and a bar. The template table.html renders them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A cell: its text, the URL of the page that explains it, a name for its link, and a bar from -1 to 1."""

    text: str
    link: str | None = None
    label: str | None = None
    bar: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class PageTable:
    """A table: its caption, its columns with whether they are numbers, and its rows, which begin with a heading."""

    caption: str
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
