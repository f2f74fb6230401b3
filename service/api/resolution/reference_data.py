"""The reference tables in memory, loaded once per data version and process."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import compress
from typing import TypeVar, cast

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from service.analytics.figures.classification_depth import DatasetLevels, levels_reported, partners_reported
from service.analytics.figures.currency_conversion import quoted_currencies
from service.analytics.figures.publication_calendar import PublicationCalendar
from service.analytics.sql.key_conditions import KeySet, key_set
from service.analytics.sql.types import SqlExpression
from service.api.resolution.area_lookup import AreaLookup
from service.api.resolution.bounded_cache import BoundedCache
from service.domain.area_names import normalize_name
from service.domain.codes import WORLD_CODE
from service.domain.concordance import Concordance
from service.domain.data_state import DataState
from service.domain.periods import month_number
from service.models import (
    Area,
    AreaCode,
    AreaMember,
    AreaSuccession,
    Classification,
    Commodity,
    ConcordancePair,
    Dataset,
    GroupComposition,
    Release,
    ReleasePeriod,
    ReleaseUnmapped,
)

ModelType = TypeVar("ModelType")

SINGLE_AREA_KINDS = ("country", "special")
GROUP_KIND = "group"


@dataclass(frozen=True)
class Commodities:
    """The commodities of one edition of a classification, or the merged commodities of several editions.

    `other_keys` are keys of commodities that the merged list replaces by commodities of a newer edition with the same
    code. Queries select commodities by ranges of keys, and these ranges must not contain `other_keys`.
    """

    commodity_by_id: dict[int, Commodity]
    other_keys: frozenset[int] = frozenset()
    _keys_by_levels: dict[tuple[int, ...], KeySet] = field(default_factory=dict)
    _sorted_by_levels: dict[tuple[int, ...], list[Commodity]] = field(default_factory=dict)

    @cached_property
    def commodity_by_code(self) -> dict[str, Commodity]:
        """Return each commodity by its code."""
        return {commodity.code: commodity for commodity in self.commodity_by_id.values()}

    @cached_property
    def names(self) -> dict[str, str]:
        """Return the name of each commodity except the total, by code."""
        return {each.code: each.name for each in self.commodity_by_id.values() if each.level > 0}

    @cached_property
    def normalized_names(self) -> dict[str, str]:
        """Return the normalized name of each commodity except the total, by code."""
        return {code: normalize_name(name) for code, name in self.names.items()}

    @cached_property
    def codes_by_text(self) -> dict[str, str]:
        """Return codes of commodities by normalized text, which is a name or a code of the commodity.

        The total is left out. A name of several commodities stands for the first of them, and a text that is both a
        code and a name stands for the commodity with the code.
        """
        codes = {name: code for code, name in reversed(self.normalized_names.items())}
        return codes | {normalize_name(code): code for code in self.names}

    @cached_property
    def _all_keys(self) -> Collection[int]:
        return sorted({*self.commodity_by_id, *self.other_keys}) if self.other_keys else self.commodity_by_id

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """Return the levels of the commodities, in ascending order."""
        return tuple(sorted({commodity.level for commodity in self.commodity_by_id.values()}))

    def keys_at_levels(self, levels: Collection[int] | None) -> KeySet:
        """Return the keys of the commodities of `levels`; null means all commodities except the total."""
        selected_levels = self.select_levels(levels)
        if selected_levels not in self._keys_by_levels:
            keys = [key for key, commodity in self.commodity_by_id.items() if commodity.level in selected_levels]
            self._keys_by_levels[selected_levels] = key_set(keys, all_keys=self._all_keys)
        return self._keys_by_levels[selected_levels]

    def sorted_by_code(self, levels: Collection[int] | None) -> list[Commodity]:
        """Return the commodities of `levels`, sorted by code; null means all commodities except the total."""
        selected_levels = self.select_levels(levels)
        if selected_levels not in self._sorted_by_levels:
            commodities = [
                commodity for commodity in self.commodity_by_id.values() if commodity.level in selected_levels
            ]
            self._sorted_by_levels[selected_levels] = sorted(commodities, key=lambda commodity: commodity.code)
        return self._sorted_by_levels[selected_levels]

    def select_levels(self, levels: Collection[int] | None) -> tuple[int, ...]:
        """Return the levels among `levels` that have commodities, in ascending order.

        If `levels` is null, these are all levels except that of the total.
        """
        return tuple(level for level in self.levels if (level > 0 if levels is None else level in levels))

    def parent_code(self, commodity: Commodity) -> str | None:
        """Return the code of the parent of a commodity; null for the total."""
        return None if commodity.parent_id is None else self.commodity_by_id[commodity.parent_id].code


@dataclass(frozen=True)
class Reference:
    """Areas, classifications, datasets and releases at one state of the data.

    Three caches are valid for this state only: `conversion_cache` has the exchange rates of requested currencies,
    `column_cache` has the response columns that were built, and `coverage_cache` has the requested codes that each
    dataset covers, and the commodities that can be compared between editions of a classification.
    """

    state: DataState
    areas: dict[int, Area]
    area_codes: Sequence[AreaCode]
    members: Sequence[AreaMember]
    successions: Sequence[AreaSuccession]
    compositions: Sequence[GroupComposition]
    classifications: dict[int, Classification]
    datasets: dict[int, Dataset]
    releases: dict[int, Release]
    conversion_cache: BoundedCache = field(default_factory=BoundedCache)
    column_cache: BoundedCache = field(default_factory=BoundedCache)
    coverage_cache: BoundedCache = field(default_factory=BoundedCache)
    _commodities: dict[int, Commodities] = field(default_factory=dict)
    _publication_calendars: dict[int, PublicationCalendar] = field(default_factory=dict)
    _combined_calendars: dict[tuple[int, ...], PublicationCalendar] = field(default_factory=dict)
    _concordances: dict[tuple[int, int], Concordance] = field(default_factory=dict)
    _published_groups: BoundedCache = field(default_factory=BoundedCache)
    _reported_levels: BoundedCache = field(default_factory=BoundedCache)
    _unmapped_codes: dict[int, Sequence[ReleaseUnmapped]] = field(default_factory=dict)
    _currencies: list[str] = field(default_factory=list)
    _rows_of_period: dict[int, float] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """Return the version of the data."""
        return self.state.version

    @cached_property
    def area_lookup(self) -> AreaLookup:
        """Return the lookup of areas by code and by name."""
        return AreaLookup(self.areas, self.area_codes)

    @cached_property
    def world(self) -> Area:
        """Return the area that stands for the World."""
        return next(area for area in self.areas.values() if area.code == WORLD_CODE)

    @cached_property
    def single_areas(self) -> tuple[int, ...]:
        """Return the keys of all areas that are neither the World nor a group."""
        return tuple(key for key, area in self.areas.items() if area.kind in SINGLE_AREA_KINDS)

    @cached_property
    def groups(self) -> frozenset[int]:
        """Return the keys of all groups."""
        return frozenset(key for key, area in self.areas.items() if area.kind == GROUP_KIND)

    @cached_property
    def members_by_group(self) -> dict[int, list[AreaMember]]:
        """Return the memberships of each group."""
        groups: dict[int, list[AreaMember]] = defaultdict(list)
        for member in self.members:
            groups[member.group_id].append(member)
        return groups

    @cached_property
    def start_months(self) -> Mapping[int, int]:
        """Return the first month of each area that took the place of another area, by area."""
        return {entry.successor_id: month_number(entry.changed_on) for entry in self.successions}

    @cached_property
    def end_months(self) -> Mapping[int, int]:
        """Return, for each area that ceased to exist, the first whole month in which it no longer exists."""
        # `valid_to` is the first day on which the area did not exist.
        ends = {key: area.valid_to for key, area in self.areas.items()}
        return {key: _first_whole_month(day) for key, day in ends.items() if day is not None}

    @cached_property
    def changing_areas(self) -> frozenset[int]:
        """Return the keys of all areas that can come into existence, cease to exist or change their members.

        These are successors of other areas, former areas, and groups.
        """
        return self.groups.union(self.start_months, self.end_months)

    def group_members(self, group_id: int, day: date) -> set[int]:
        """Return the keys of the members of a group on a day."""
        return {
            entry.member_id
            for entry in self.members_by_group.get(group_id, ())
            if entry.valid_from <= day and (entry.valid_to is None or day < entry.valid_to)
        }

    @cached_property
    def composition_months(self) -> Mapping[tuple[str, int], frozenset[int]]:
        """Return the months in which a source changed the members of a published group, by source and group key.

        Each is the first whole month in which the group has the changed members.
        """
        days: dict[tuple[str, int], set[date]] = defaultdict(set)
        for entry in self.compositions:
            days[entry.source, entry.group_id].add(entry.valid_from)
        return {key: frozenset(map(_first_whole_month, group - {min(group)})) for key, group in days.items()}

    @cached_property
    def datasets_by_reporter(self) -> Mapping[int, Sequence[Dataset]]:
        """Return the datasets of each reporter."""
        datasets: dict[int, list[Dataset]] = defaultdict(list)
        for dataset in self.datasets.values():
            datasets[dataset.reporter_id].append(dataset)
        return datasets

    @cached_property
    def releases_by_dataset(self) -> Mapping[int, Sequence[Release]]:
        """Return the releases of each dataset, the newest first."""
        releases: dict[int, list[Release]] = defaultdict(list)
        for release in sorted(self.releases.values(), key=lambda release: release.published_on, reverse=True):
            releases[release.dataset_id].append(release)
        return releases

    def newest_release(self, dataset_id: int, *, as_of: date | None = None) -> Release | None:
        """Return the newest release of a dataset as of a day; null where there is none. `as_of` null means today."""
        day = as_of or date.max
        for release in self.releases_by_dataset.get(dataset_id, ()):
            if release.published_on <= day and (release.withdrawn_on is None or day < release.withdrawn_on):
                return release
        return None

    def has_release(self, dataset_id: int, as_of: date | None) -> bool:
        """Return whether a release of a dataset was published on the day `as_of` or before; true if `as_of` is null."""
        return as_of is None or any(
            release.published_on <= as_of for release in self.releases_by_dataset.get(dataset_id, ())[-1:]
        )

    def published_datasets(self, as_of: date | None) -> list[Dataset]:
        """Return the datasets with a release published on the day `as_of` or before, sorted by code.

        If `as_of` is null, these are all datasets.
        """
        datasets = (dataset for key, dataset in self.datasets.items() if self.has_release(key, as_of))
        return sorted(datasets, key=lambda dataset: dataset.code)

    def currencies(self, session: Session) -> list[str]:
        """Return the codes of the currencies with exchange rates, read from the database once."""
        if not self._currencies:
            self._currencies.extend(session.scalars(quoted_currencies()))
        return self._currencies

    def publication_calendar(self, session: Session, dataset_id: int) -> PublicationCalendar:
        """Return the published periods of a dataset. They are read from the database once."""
        return self.publication_calendars(session, [dataset_id])[dataset_id]

    def publication_calendars(self, session: Session, dataset_ids: Sequence[int]) -> Mapping[int, PublicationCalendar]:
        """Return the published periods of several datasets, by dataset.

        A single statement reads the periods of all those datasets whose periods were not read before.
        """
        missing_ids = [key for key in dataset_ids if key not in self._publication_calendars]
        if missing_ids:
            days = {key: (release.published_on, release.withdrawn_on) for key, release in self.releases.items()}
            columns = ReleasePeriod.dataset_id, ReleasePeriod.flow, ReleasePeriod.period, ReleasePeriod.release_id
            is_missing = _matches_ids(ReleasePeriod.dataset_id, missing_ids)
            coverage = defaultdict[int, list[tuple[int, int, date, date | None]]](list)
            for dataset_id, flow, period, release in session.execute(select(*columns).where(is_missing)):
                coverage[dataset_id].append((flow, period, *days[release]))
            self._publication_calendars.update({key: PublicationCalendar(coverage[key]) for key in missing_ids})
        return self._publication_calendars

    def rows_of_period(self, session: Session, dataset_id: int) -> float:
        """Return the estimated number of rows that the files of a dataset have for the largest period of a flow.

        The estimate assumes that the rows of a release are spread evenly over its periods. Several selections (see
        `Release.covers`) of one period are added up; of several complete releases the largest counts.
        """
        if dataset_id not in self._rows_of_period:
            columns = ReleasePeriod.release_id, ReleasePeriod.flow, ReleasePeriod.period
            covered = session.execute(select(*columns).where(ReleasePeriod.dataset_id == dataset_id)).all()
            period_counts = Counter(row.release_id for row in covered)
            complete, selected = defaultdict[tuple[int, int], float](float), defaultdict[tuple[int, int], float](float)
            for release_id, flow, period in covered:
                release = self.releases[release_id]
                rows = release.rows / period_counts[release_id]
                if release.covers == "complete":
                    complete[flow, period] = max(complete[flow, period], rows)
                else:
                    selected[flow, period] += rows
            periods = complete.keys() | selected.keys()
            self._rows_of_period[dataset_id] = max((complete[key] + selected[key] for key in periods), default=0)
        return self._rows_of_period[dataset_id]

    def combined_calendar(self, session: Session, dataset_ids: tuple[int, ...]) -> PublicationCalendar:
        """Return the periods that any of several datasets published."""
        if dataset_ids not in self._combined_calendars:
            calendars = [self.publication_calendar(session, key) for key in dataset_ids]
            self._combined_calendars[dataset_ids] = PublicationCalendar(
                [row for calendar in calendars for row in calendar.coverage]
            )
        return self._combined_calendars[dataset_ids]

    def concordance(self, session: Session, source_id: int, target_id: int) -> Concordance:
        """Return the concordance from one edition of a classification to another one, which may be older or newer.

        It is composed of the concordances between consecutive editions, and is empty if one of these is not loaded.
        """
        if (source_id, target_id) not in self._concordances:
            self._concordances[source_id, target_id] = self._compose_concordances(session, source_id, target_id)
        return self._concordances[source_id, target_id]

    def _compose_concordances(self, session: Session, source_id: int, target_id: int) -> Concordance:
        start, end = (self.classifications[key].valid_from or date.min for key in (source_id, target_id))
        if end < start:
            return self.concordance(session, target_id, source_id).inverse()
        pairs = session.execute(
            select(ConcordancePair.target_classification_id, ConcordancePair.code, ConcordancePair.target_code).where(
                ConcordancePair.classification_id == source_id
            )
        ).all()
        following = next((row.target_classification_id for row in pairs), target_id)
        step = Concordance(frozenset((row.code, row.target_code) for row in pairs))
        return step if following == target_id else step.compose(self.concordance(session, following, target_id))

    def levels_reported(self, session: Session, dataset: Dataset, as_of: date | None) -> frozenset[int]:
        """Return the commodity levels on which a dataset has a figure as of a day, read from the database once.

        Only figures with the World are read, which an exhaustive dataset has for every commodity. `as_of` null means
        today.
        """
        self.load_levels_reported(session, [dataset], as_of)
        levels: frozenset[int] = self._reported_levels[dataset.id, as_of]
        return levels

    def load_levels_reported(self, session: Session, datasets: Sequence[Dataset], as_of: date | None) -> None:
        """Load the reported levels of several datasets. One statement reads those that were not read before."""
        missing = [
            DatasetLevels(each.id, each.classification_id, self.commodities(session, each.classification_id).levels)
            for each in datasets
            if (each.id, as_of) not in self._reported_levels
        ]
        if missing:
            levels = {each.dataset_id: each.levels for each in missing}
            for row in session.execute(levels_reported(missing, world_id=self.world.id, as_of=as_of)).all():
                reported = compress(levels[row.dataset_id], row.level_flags)
                self._reported_levels[row.dataset_id, as_of] = frozenset(reported)

    def published_groups(self, session: Session, dataset_id: int, as_of: date | None) -> frozenset[int]:
        """Return the keys of the groups that a dataset itself publishes as of a day, read from the database once.

        `as_of` null means today.
        """

        def read_groups() -> frozenset[int]:
            groups = sorted(self.groups)
            query = partners_reported(dataset_id, groups, as_of=as_of)
            return _flagged(groups, session.execute(query).one() if groups else ())

        groups: frozenset[int] = self._published_groups.get_or_compute((dataset_id, as_of), read_groups)
        return groups

    def unmapped_codes(self, session: Session, dataset_id: int) -> Sequence[ReleaseUnmapped]:
        """Return the unmapped codes of a dataset, by value in descending order.

        A code in several releases counts once, with its largest value.
        """
        self.load_unmapped_codes(session, [dataset_id])
        return self._unmapped_codes[dataset_id]

    def load_unmapped_codes(self, session: Session, dataset_ids: Sequence[int]) -> None:
        """Load the unmapped codes of several datasets. One statement reads those that were not read before."""
        missing_ids = [key for key in dataset_ids if key not in self._unmapped_codes]
        if missing_ids:
            order = ReleaseUnmapped.value.desc(), ReleaseUnmapped.code, ReleaseUnmapped.release_id
            is_missing = _matches_ids(ReleaseUnmapped.dataset_id, missing_ids)
            largest = defaultdict[int, dict[tuple[str, str], ReleaseUnmapped]](dict)
            for row in _load_rows(session, ReleaseUnmapped, *order, where=is_missing):
                largest[row.dataset_id].setdefault((row.dimension, row.code), row)
            self._unmapped_codes.update({key: tuple(largest[key].values()) for key in missing_ids})

    def commodities(self, session: Session, classification_id: int) -> Commodities:
        """Return the commodities of one edition, read from the database once."""
        if classification_id not in self._commodities:
            condition = Commodity.classification_id == classification_id
            rows = _load_rows(session, Commodity, Commodity.id, where=condition)
            self._commodities[classification_id] = Commodities({row.id: row for row in rows})
        return self._commodities[classification_id]


def load_reference(session: Session, *, state: DataState) -> Reference:
    """Load all reference tables, except the commodities, which are many and are loaded at their first use."""
    return Reference(
        state=state,
        areas={area.id: area for area in _load_rows(session, Area, Area.code)},
        area_codes=_load_rows(session, AreaCode, AreaCode.scheme, AreaCode.code),
        members=_load_rows(session, AreaMember, AreaMember.group_id, AreaMember.member_id),
        successions=_load_rows(session, AreaSuccession, AreaSuccession.successor_id, AreaSuccession.changed_on),
        compositions=_load_rows(session, GroupComposition, GroupComposition.source, GroupComposition.group_id),
        classifications={edition.id: edition for edition in _load_rows(session, Classification, Classification.code)},
        datasets={dataset.id: dataset for dataset in _load_rows(session, Dataset, Dataset.id)},
        releases={release.id: release for release in _load_rows(session, Release, Release.id)},
    )


def _flagged(keys: Sequence[int], flags: Sequence[bool]) -> frozenset[int]:
    return frozenset(key for key, flag in zip(keys, flags, strict=True) if flag)


def _first_whole_month(day: date) -> int:
    return month_number(day) + (day.day > 1)


def _matches_ids(column: SqlExpression, keys: Sequence[int]) -> SqlExpression:
    return column == keys[0] if len(keys) == 1 else column.in_(keys)


def _load_rows(
    session: Session, table: type[ModelType], *order: SqlExpression, where: SqlExpression | None = None
) -> list[ModelType]:
    """Return the rows of a table. They have the attributes of the model, and cost less than its instances."""
    query = select(*inspect(table).columns).order_by(*order)
    return cast("list[ModelType]", list(session.execute(query if where is None else query.where(where))))
