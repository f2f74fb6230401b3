"""What a request asks for, resolved to the keys under which figures are stored."""

from dataclasses import dataclass
from datetime import date

from service.analytics.exchange import Conversion

MONTHS = {"M": 1, "Q": 3, "A": 12}
"""Length in months of one period of each frequency."""

YEAR = 12


@dataclass(frozen=True)
class Scope:
    """One dataset, and the part of it that is asked for.

    `step` is the length of an asked period in months, `source_step` that of a stored one; where they differ,
    periods are added up. `commodities` null means every commodity of `levels`; `levels` null means any level.
    `periods` are pairs of first months, both inclusive. `groups` are those among `partners` that the dataset
    does not publish itself. `as_of` null means what is known today, `conversion` null as reported.
    """

    dataset_id: int
    classification_id: int
    exhaustive: bool
    unit: int
    step: int
    source_step: int
    flows: tuple[int, ...]
    partners: tuple[int, ...]
    single_areas: tuple[int, ...]
    groups: tuple[int, ...]
    commodities: tuple[int, ...] | None
    levels: tuple[int, ...] | None
    periods: tuple[tuple[int, int], ...]
    as_of: date | None
    world_id: int
    total_id: int
    conversion: Conversion | None = None

    @property
    def periods_per_year(self) -> int:
        """Return 12, 4 or 1."""
        return YEAR // self.step
