"""The largest positive and negative contributions to growth."""

from collections.abc import Sequence
from operator import itemgetter

from service.resources.briefings.data_source import ResponseRow

MAX_CONTRIBUTORS = 5
"""Maximum of partners, or of commodities, in each direction."""
MIN_CONTRIBUTION_PP = 0.05
"""Smaller contributions are displayed as 0.0 percentage points, and are left out."""


def top_contributors(rows: Sequence[ResponseRow], column: str, *, max_per_direction: int) -> list[ResponseRow]:
    """Return the rows with the largest positive contributions, then those with the largest negative ones.

    `column` is the column of contributions, in percentage points. Contributions that are displayed as 0.0 are left out.
    """
    contributors = [row for row in rows if row[column] is not None and abs(row[column]) >= MIN_CONTRIBUTION_PP]
    read_contribution = itemgetter(column)
    positive = sorted([row for row in contributors if row[column] > 0], key=read_contribution, reverse=True)
    negative = sorted([row for row in contributors if row[column] < 0], key=read_contribution)
    return [*positive[:max_per_direction], *negative[:max_per_direction]]
