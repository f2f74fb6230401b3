"""What a request asks for, resolved to the keys under which figures are stored."""

from dataclasses import dataclass
from datetime import date

from service.analytics.figures.currency_conversion import Conversion
from service.analytics.figures.publication_calendar import PublicationCalendar, PublishedMonths
from service.analytics.sql.key_conditions import KeySet
from service.domain.frequencies import MONTHS_PER_YEAR
from service.domain.periods import period_start


@dataclass(frozen=True)
class QueryScope:
    """One dataset, and the part of it that is asked for.

    `step` is the length of an asked period in months, `source_step` that of a stored one; where they differ,
    periods are added up. `commodities` null means every commodity of `levels`; `levels` null means any level; `goods`
    are the keys of those that this comes to, `peers` those of all commodities of each of their levels.
    `periods` are pairs of first months, both inclusive. `groups` are those among `partners` that the dataset
    does not publish itself. `uncovered` are those of the goods that an exhaustive dataset does not go down to: it
    prints none of their level. `as_of` null means what is known today, `conversion` null as reported.
    """

    dataset_id: int
    classification_id: int
    exhaustive: bool
    unit_multiplier: int
    period_months: int
    source_period_months: int
    flows: tuple[int, ...]
    partners: tuple[int, ...]
    individual_areas: tuple[int, ...]
    groups: tuple[int, ...]
    commodities: tuple[int, ...] | None
    levels: tuple[int, ...] | None
    period_ranges: tuple[tuple[int, int], ...]
    as_of: date | None
    world_id: int
    total_id: int
    commodity_keys: KeySet
    level_keys: tuple[KeySet, ...]
    publication_calendar: PublicationCalendar
    conversion: Conversion | None = None
    unreported_commodities: tuple[int, ...] = ()

    @property
    def periods_per_year(self) -> int:
        """Return 12, 4 or 1."""
        return MONTHS_PER_YEAR // self.period_months

    @property
    def has_groups(self) -> bool:
        """Return whether groups are to be added up."""
        return bool(self.groups)

    @property
    def is_single_series(self) -> bool:
        """Return whether one flow of one commodity with one partner is asked for."""
        return len(self.flows) == 1 and len(self.partners) == 1 and self.commodity_keys.is_single_key

    @property
    def has_unreported_commodities(self) -> bool:
        """Return whether goods are asked for that an exhaustive dataset does not go down to."""
        return bool(self.unreported_commodities)

    @property
    def published_span(self) -> tuple[int, int]:
        """Return the first months of the first and the last period that were published; an empty range for none."""
        return self.published_months.span or (0, -1)

    @property
    def growth_span(self) -> tuple[int, int]:
        """Return the first months of the first and the last period that the growth of those asked for is made of.

        That is two years more than is asked for: the last twelve months are compared with the twelve before them.
        """
        (first, last), starts, ends = self.published_span, *zip(*self.period_ranges, strict=True)
        start = min(starts) - 2 * MONTHS_PER_YEAR
        return max(first, period_start(start, period_months=self.period_months)), min(last, max(ends))

    @property
    def published_periods(self) -> tuple[int, ...]:
        """Return the first months of the periods asked for, of those that were published."""
        first, last = self.published_span
        ranges = ((max(start, first), min(end, last)) for start, end in self.period_ranges)
        months = {month for start, end in ranges for month in range(start, end + 1) if month % self.period_months == 0}
        return tuple(sorted(months))

    @property
    def published_periods_and_bases(self) -> tuple[int, ...]:
        """Return the first months of the periods asked for, and of those a year before."""
        return tuple(sorted({month - back for month in self.published_periods for back in (0, MONTHS_PER_YEAR)}))

    @property
    def published_months(self) -> PublishedMonths:
        """Return how many months of each period were published by the day of `as_of`."""
        return self.publication_calendar.published_months(
            self.as_of, period_months=self.period_months, source_period_months=self.source_period_months
        )
