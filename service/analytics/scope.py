"""Scope of a query: the requested part of one dataset, as the keys under which figures are stored."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from service.analytics.figures.currency_conversion import Conversion
from service.analytics.figures.editions import StitchedEditions
from service.analytics.figures.publication_calendar import PublicationCalendar, PublishedMonthCounts
from service.analytics.sql.key_conditions import KeySet
from service.domain.frequencies import MONTHS_PER_YEAR
from service.domain.periods import period_start


@dataclass(frozen=True)
class QueryScope:
    """One dataset, and the part of it that a request selects.

    Datasets, classifications, areas and commodities are identified by their primary keys, flows by their stored
    numbers. In an `exhaustive` dataset, a missing figure of a published period means that there was no trade.

    Months are numbers (see domain/periods.py), and a period is identified by its first month. `period_months` is the
    length of a requested period, `source_period_months` that of a stored one; where they differ, stored periods are
    added up. `period_ranges` are pairs of months, both inclusive: every period that begins in one of these ranges is
    requested. `fiscal_year_offset` is the number of months after January at which the fiscal years of the reporter
    begin. `period_offset` has the same value where fiscal years are requested, and is 0 otherwise. `as_of` is the day
    on which the figures were known; null means today.

    `commodities` null means every commodity of `levels`; `levels` null means any level of the classification.
    `commodity_keys` are the requested commodities. `level_keys` has a set of keys for each of their levels: those of
    all commodities of the level. `unreported_commodities` are the requested commodities of unreported levels. A level
    is unreported if an exhaustive dataset, or one of its `editions`, has no figure of any commodity of this level; a
    missing figure is then unknown, not zero.

    `individual_areas` are all areas that are neither a group nor the World. `groups` are the requested groups whose
    figures are computed as sums over their members. `composition` is the day whose members make up a group in every
    period; null means that each period has its own members.

    `editions` are the datasets from which the periods are read if they are several, and null otherwise; `dataset_id` is
    the one with the newest edition. `conversion` null means the currency of the source.

    `vintage_days` are the days as of which a table of vintages has its figures; they are empty for other tables. A
    query that reads the vintages has `as_of` and `vintage_array` from the row of such a day, as SQL expressions.
    `vintage_array` has the numbers of months that were published by that day; it is null for other queries.

    Four fields list changes of requested partners. Each change is a pair of the partner and a month. It is listed only
    if some published periods of the dataset begin before the month and others begin in it or later.

    - `successors`: the month is the first one in which the partner exists in the place of a former area.
    - `former_partners`: the month is the first whole one in which the partner no longer exists.
    - `groups_with_successors`: the partner is one of `groups`, and the month is the first one in which a member of it
      exists in the place of a former area.
    - `recomposed_groups`: the partner is a group that the dataset publishes itself, and the month is the first whole
      one in which the group consists of its new members.
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
    composition: date | None = None
    unreported_commodities: tuple[int, ...] = ()
    editions: StitchedEditions | None = None
    successors: tuple[tuple[int, int], ...] = ()
    former_partners: tuple[tuple[int, int], ...] = ()
    groups_with_successors: tuple[tuple[int, int], ...] = ()
    recomposed_groups: tuple[tuple[int, int], ...] = ()
    fiscal_year_offset: int = 0
    period_offset: int = 0
    vintage_days: tuple[date, ...] = ()
    vintage_array: Any = None

    @property
    def periods_per_year(self) -> int:
        """Return the number of requested periods in a year: 12, 4 or 1."""
        return MONTHS_PER_YEAR // self.period_months

    @property
    def has_groups(self) -> bool:
        """Return whether a group is requested whose figures are sums over its members."""
        return bool(self.groups)

    @property
    def has_dated_groups(self) -> bool:
        """Return whether a group is requested whose figures are sums over members that depend on the period."""
        return self.has_groups and self.composition is None

    @property
    def has_dated_bases(self) -> bool:
        """Return whether the base of a figure can differ from the figure of the base period.

        It does where the base is a sum over other members, or has the commodities of another edition.
        """
        return self.has_dated_groups or self.editions is not None

    @property
    def is_parameterizable(self) -> bool:
        """Return whether all values of the scope can be parameters of a statement that is compiled once."""
        return self.editions is None and not self.has_area_changes

    @property
    def has_area_changes(self) -> bool:
        """Return whether a requested partner comes into existence, ceases to exist or changes its members.

        Only changes count that have published periods of the dataset on both sides.
        """
        return bool(self.successors or self.former_partners or self.groups_with_successors or self.recomposed_groups)

    @property
    def dataset_ids(self) -> tuple[int, ...]:
        """Return the keys of all datasets that the figures are read from: one, or one for each edition."""
        return (self.dataset_id,) if self.editions is None else self.editions.dataset_ids

    @property
    def aggregates_periods(self) -> bool:
        """Return whether a requested period consists of several stored ones, which are added up."""
        return self.period_months != self.source_period_months

    @property
    def is_single_series(self) -> bool:
        """Return whether one flow of one commodity with one partner is requested."""
        return len(self.flows) == 1 and len(self.partners) == 1 and self.commodity_keys.is_single_key

    @property
    def has_unreported_commodities(self) -> bool:
        """Return whether an exhaustive dataset has no figure at all for the level of a requested commodity."""
        return bool(self.unreported_commodities)

    @property
    def published_span(self) -> tuple[int, int]:
        """Return the first months of the first and the last published period; `(0, -1)` where there is none."""
        return self.published_months.span or (0, -1)

    @property
    def growth_span(self) -> tuple[int, int]:
        """Return the first months of the first and the last period that the growth of requested periods depends on.

        It begins two years before the request, as the last twelve months are compared with the twelve before them.
        """
        (first, last), starts, ends = self.published_span, *zip(*self.period_ranges, strict=True)
        start = min(starts) - 2 * MONTHS_PER_YEAR
        return max(first, self.period_start(start)), min(last, max(ends))

    @property
    def published_periods(self) -> tuple[int, ...]:
        """Return the first months of the requested periods within the published span."""
        (first, last), step, months = self.published_span, self.period_months, set[int]()
        for start, end in self.period_ranges:
            first_requested = max(start, first)
            first_requested += (self.period_offset - first_requested) % step
            months.update(range(first_requested, min(end, last) + 1, step))
        return tuple(sorted(months))

    @property
    def requested_months(self) -> tuple[tuple[int, int], ...]:
        """Return the first and the last month of the requested periods, as one pair for each of `period_ranges`.

        Both months are inclusive. The last one is the end of the last period that begins in the range.
        """
        length = self.period_months
        return tuple(
            (self.period_start(first + length - 1), self.period_start(last) + length - 1)
            for first, last in self.period_ranges
        )

    @property
    def published_periods_and_bases(self) -> tuple[int, ...]:
        """Return the first months of the requested periods and of the periods a year before them."""
        return tuple(sorted({month - back for month in self.published_periods for back in (0, MONTHS_PER_YEAR)}))

    @property
    def published_months(self) -> PublishedMonthCounts:
        """Return the number of published months of each period, as of the scope's day."""
        return self._published_months(self.as_of)

    @property
    def month_count_array(self) -> Any:
        """Return the numbers of published months as the text of a PostgreSQL array, or as an SQL expression.

        The subscripts of the array are the flow and the first month of the period.
        """
        return self.published_months.array_literal if self.vintage_array is None else self.vintage_array

    def _published_months(self, day: date | None) -> PublishedMonthCounts:
        return self.publication_calendar.published_months(
            day,
            period_months=self.period_months,
            source_period_months=self.source_period_months,
            offset=self.period_offset,
        )

    @property
    def vintage_month_counts(self) -> tuple[str, ...]:
        """Return the numbers of months published by each of `vintage_days`, as texts of PostgreSQL arrays."""
        published = [self._published_months(day) for day in self.vintage_days]
        spans = [each.span for each in published if each.span is not None]
        flows = range(min(self.flows), max(self.flows) + 1)
        starts, ends = zip(*self.period_ranges, strict=True)
        first = max(min(starts) - 2 * MONTHS_PER_YEAR, min((span[0] for span in spans), default=0))
        months = range(first, min(max(ends), max((span[1] for span in spans), default=-1)) + 1) or range(1)
        return tuple(each.select(flows, months).array_literal for each in published)

    @property
    def republished_periods(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return flow and period of each period that was published twice or whose months were, as two arrays."""
        republished = self.publication_calendar.republished_periods_as_of(self.as_of)
        keys = sorted({(flow, self.period_start(month)) for flow, month in republished})
        return tuple(flow for flow, _ in keys), tuple(period for _, period in keys)

    def period_start(self, month: int) -> int:
        """Return the first month of the requested period that contains a month."""
        return period_start(month, period_months=self.period_months, offset=self.period_offset)
