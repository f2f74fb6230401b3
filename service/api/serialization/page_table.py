"""Tables in HTML pages, whose cells have a text, a link and a bar. The template table.html renders them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A cell of a table in an HTML page.

    `link` is the URL that the text links to, and `label` describes the link for screen readers. `bar` is the length of
    a bar beside the text, from -1 to 1; a negative bar points to the left. `note` is a tooltip for a cell without a
    figure. Each of these is null where the cell has none.
    """

    text: str
    link: str | None = None
    label: str | None = None
    bar: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class PageTable:
    """A table in an HTML page.

    `columns` has the heading of each column, and whether its cells are numbers. The first cell of each row is the
    heading of the row.
    """

    caption: str
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[Cell]]
