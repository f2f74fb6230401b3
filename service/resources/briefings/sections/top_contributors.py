"""What moved a whole most, up and down."""

from collections.abc import Sequence

from service.resources.briefings.data_source import ResponseRow

MAX_CONTRIBUTORS = 5
"""How many partners, and goods, are told on either side."""
MIN_CONTRIBUTION_PP = 0.05
"""Contributions below it would be printed as 0.0 points, and are left out."""


def top_contributors(rows: Sequence[ResponseRow], column: str, *, max_per_direction: int) -> list[ResponseRow]:
    """Return the rows that moved the whole up most, the first of them first, and then those that moved it down most."""
    known = [row for row in rows if row[column] is not None and abs(row[column]) >= MIN_CONTRIBUTION_PP]
    up = sorted((row for row in known if row[column] > 0), key=lambda row: -row[column])
    down = sorted((row for row in known if row[column] < 0), key=lambda row: row[column])
    return [*up[:max_per_direction], *down[:max_per_direction]]
