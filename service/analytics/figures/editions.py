"""Stitched editions of a classification: which dataset answers each period, and which commodities can be compared.

A commodity has the same key in all editions that have its code. Between two editions chapters and totals are compared
by code, headings and subheadings by the concordance (growth.md, rule 12).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from service.domain.periods import period_start

FlowPeriod = tuple[int, int]
"""A flow and the first month of a period."""
PeriodRange = tuple[int, int, int]
"""A flow, and the first months of the first and the last of consecutive periods."""
Summands = Mapping[int, tuple[int, ...]]
"""Keys of a dataset by key of the commodity that they make up."""


@dataclass(frozen=True)
class Segment:
    """Stored periods of one dataset, and the stored figures that make up each commodity in these periods.

    `summands` has, by commodity key, the stored keys whose figures add up to the figure of the commodity. The commodity
    can be one of another edition than that of the dataset.
    """

    dataset_id: int
    ranges: tuple[PeriodRange, ...]
    summands: Summands


@dataclass(frozen=True)
class KeysInPeriods:
    """Commodity keys, and the requested periods in which they have a property, such as a break of the series."""

    ranges: tuple[PeriodRange, ...]
    keys: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class StitchedEditions:
    """Datasets that differ only in the edition of their classification, the newest edition first.

    A dataset answers a period if the figures of the period are read from it. The position of a dataset is its index in
    `dataset_ids`. `position_by_period` has the position of the dataset that answers each stored period of a flow.
    `own_keys` has, for each dataset, its stored keys by commodity key. `summands` has, for two positions, the stored
    keys of the first dataset that add up to each commodity of the second. Requested years begin `period_offset` months
    after January. `comparable_summands` caches the part of `summands` whose commodities can also be compared with the
    editions at further positions; objects with the same keys share this cache.
    """

    dataset_ids: tuple[int, ...]
    classification_ids: tuple[int, ...]
    period_months: int
    source_period_months: int
    period_offset: int
    position_by_period: Mapping[FlowPeriod, int]
    own_keys: tuple[Mapping[int, int], ...]
    summands: Mapping[tuple[int, int], Summands]
    comparable_summands: dict[tuple[int, int, frozenset[int]], Summands] = field(default_factory=dict)

    @cached_property
    def positions(self) -> Mapping[FlowPeriod, frozenset[int]]:
        """Return, by flow and requested period, the positions of the datasets that answer months of the period."""
        positions: dict[FlowPeriod, set[int]] = defaultdict(set)
        for (flow, month), position in self.position_by_period.items():
            positions[flow, self._period(month)].add(position)
        return {key: frozenset(values) for key, values in positions.items()}

    def edition_position(self, flow: int, period: int) -> int | None:
        """Return the position of the newest edition in a requested period; null where the period was not published."""
        return min(self.positions.get((flow, period), ()), default=None)

    def only_edition(self, flow_periods: Iterable[FlowPeriod], keys: Iterable[int]) -> int | None:
        """Return the position of the one dataset that answers all periods and has all keys; null if none does."""
        positions = {position for key in flow_periods for position in self.positions.get(key, ())}
        if len(positions) != 1:
            return None
        (position,) = positions
        return position if all(key in self.own_keys[position] for key in keys) else None

    def segments(self, months_later: int) -> list[Segment]:
        """Return all stored periods, with the stored keys that add up to each commodity of a later period's edition.

        The later period is `months_later` months after the requested period that contains the stored one; where it was
        not published, the edition is that of the requested period itself. Commodities that cannot be compared with this
        edition are left out.
        """
        periods: dict[tuple[int, int, frozenset[int]], list[FlowPeriod]] = defaultdict(list)
        for (flow, month), position in self.position_by_period.items():
            target = self._target(flow, self._period(month), months_later)
            others = self.positions[flow, self._period(month)] - {target}
            periods[position, target, others].append((flow, month))
        return [
            Segment(
                self.dataset_ids[position],
                _ranges(flow_periods, step=self.source_period_months),
                self._comparable_summands(position, target, others),
            )
            for (position, target, others), flow_periods in sorted(periods.items(), key=str)
        ]

    def breaks(self, months_back: int) -> list[KeysInPeriods]:
        """Return the commodities that cannot be compared with an earlier period, with the requested periods.

        The earlier period is `months_back` months before the requested one.
        """
        return self._keys_in_periods(
            (
                (flow, period),
                target,
                frozenset(self.positions.get((flow, period - months_back), frozenset[int]()) - {target}),
            )
            for flow, period, target in self._targets()
        )

    def changes(self) -> list[KeysInPeriods]:
        """Return the commodities that differ from those of the previous published period, with the requested periods.

        A commodity is the same in two editions only if each edition maps it to nothing but the commodity of the other
        one.
        """
        last: dict[int, int] = {}
        periods: dict[tuple[int, frozenset[int]], list[FlowPeriod]] = defaultdict(list)
        for flow, period, target in self._targets():
            others = (self.positions[flow, period] | {last.get(flow, target)}) - {target}
            last[flow] = target
            if others:
                periods[target, others].append((flow, period))
        return [
            KeysInPeriods(
                _ranges(flow_periods, step=self.period_months),
                tuple(key for key in self._all_keys if not self._is_unchanged(key, target, others)),
            )
            for (target, others), flow_periods in periods.items()
        ]

    def differences(self, flow: int, other_flow: int) -> list[KeysInPeriods]:
        """Return the commodities that two flows define differently in one period, with these requested periods.

        Figures of two flows in one period can be of different editions.
        """
        periods: dict[tuple[int, int], list[FlowPeriod]] = defaultdict(list)
        for each_flow, period, target in self._targets():
            other = self.edition_position(other_flow, period)
            if each_flow == flow and other not in (None, target):
                periods[target, other].append((flow, period))
        return [
            KeysInPeriods(
                _ranges(flow_periods, step=self.period_months),
                tuple(key for key in self._all_keys if not self._is_unchanged(key, target, frozenset([other]))),
            )
            for (target, other), flow_periods in periods.items()
        ]

    def unknown_keys(self) -> list[KeysInPeriods]:
        """Return the commodities that the edition of a requested period does not have, with these periods."""
        periods: dict[int, list[FlowPeriod]] = defaultdict(list)
        for flow, period, target in self._targets():
            periods[target].append((flow, period))
        return [
            KeysInPeriods(_ranges(flow_periods, step=self.period_months), keys)
            for target, flow_periods in periods.items()
            if (keys := tuple(key for key in self._all_keys if key not in self.own_keys[target]))
        ]

    @cached_property
    def _all_keys(self) -> tuple[int, ...]:
        return tuple(sorted({key for keys in self.own_keys for key in keys}))

    def _period(self, month: int) -> int:
        return period_start(month, period_months=self.period_months, offset=self.period_offset)

    def _targets(self) -> Iterator[tuple[int, int, int]]:
        """Yield flow, requested period and the position of its newest edition, in order."""
        for (flow, period), positions in sorted(self.positions.items()):
            yield flow, period, min(positions)

    def _target(self, flow: int, period: int, months_later: int) -> int:
        later = self.edition_position(flow, period + months_later)
        own = self.edition_position(flow, period)
        assert own is not None
        return own if later is None else later

    def _comparable_summands(self, position: int, target: int, others: frozenset[int]) -> Summands:
        cached = self.comparable_summands.get((position, target, others))
        if cached is None:
            incomparable, summands = self._incomparable_keys(target, others), self._summands(position, target)
            cached = {key: own_keys for key, own_keys in summands.items() if key not in incomparable}
            self.comparable_summands[position, target, others] = cached
        return cached

    def _summands(self, position: int, target: int) -> Summands:
        if position == target:
            return {key: (own_key,) for key, own_key in self.own_keys[position].items()}
        return self.summands[position, target]

    def _incomparable_keys(self, target: int, others: frozenset[int]) -> frozenset[int]:
        return frozenset(
            key for key in self._all_keys for position in others if key not in self.summands[position, target]
        )

    def _is_unchanged(self, key: int, target: int, others: frozenset[int]) -> bool:
        return all(
            self.summands[position, target].get(key) == (self.own_keys[position].get(key),)
            and self.summands[target, position].get(key) == (self.own_keys[target].get(key),)
            for position in others
        )

    def _keys_in_periods(self, periods: Iterable[tuple[FlowPeriod, int, frozenset[int]]]) -> list[KeysInPeriods]:
        groups: dict[tuple[int, frozenset[int]], list[FlowPeriod]] = defaultdict(list)
        for flow_period, target, others in periods:
            if others:
                groups[target, others].append(flow_period)
        return [
            KeysInPeriods(_ranges(flow_periods, step=self.period_months), keys)
            for (target, others), flow_periods in groups.items()
            if (keys := tuple(sorted(self._incomparable_keys(target, others))))
        ]


def _ranges(flow_periods: Iterable[FlowPeriod], *, step: int) -> tuple[PeriodRange, ...]:
    """Return flows and periods as ranges of consecutive periods, `step` months apart."""
    ranges: list[PeriodRange] = []
    for flow, period in sorted(flow_periods):
        if ranges and ranges[-1][0] == flow and ranges[-1][2] == period - step:
            ranges[-1] = (flow, ranges[-1][1], period)
        else:
            ranges.append((flow, period, period))
    return tuple(ranges)
