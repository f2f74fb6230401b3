"""What moved a whole most, up and down."""

from collections.abc import Sequence

from service.resources.briefings.data_source import Row

MOST_MOVERS = 5
"""How many partners, and goods, are told on either side."""
LEAST_POINTS = 0.05
"""Contributions below it would be printed as 0.0 points, and are left out."""


def movers(rows: Sequence[Row], column: str, *, most: int) -> list[Row]:
    """Return the rows that moved the whole up most, the first of them first, and then those that moved it down most."""
    known = [row for row in rows if row[column] is not None and abs(row[column]) >= LEAST_POINTS]
    up = sorted((row for row in known if row[column] > 0), key=lambda row: -row[column])
    down = sorted((row for row in known if row[column] < 0), key=lambda row: row[column])
    return [*up[:most], *down[:most]]
