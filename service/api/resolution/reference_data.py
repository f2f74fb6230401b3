"""The reference tables in memory: codes to keys and back, loaded once per data version and process."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from service.analytics.figures.classification_depth import levels_reported
from service.analytics.figures.currency_conversion import Conversion, quoted_currencies
from service.analytics.figures.publication_calendar import PublicationCalendar
from service.analytics.sql.key_conditions import KeySet, key_set, matches_dataset
from service.analytics.sql.types import SqlExpression
from service.domain.codes import WORLD_CODE
from service.domain.flows import FLOWS
from service.models import (
    Area,
    AreaCode,
    AreaMember,
    Classification,
    Commodity,
    Dataset,
    Observation,
    Release,
    ReleasePeriod,
)

ModelType = TypeVar("ModelType")

SINGLE_AREA_KINDS = ("country", "special")
GROUP_KIND = "group"


@dataclass(frozen=True)
class Commodities:
    """The commodities of one edition, by key and by code."""

    by_id: dict[int, Commodity]
    _keys_by_levels: dict[tuple[int, ...], KeySet] = field(default_factory=dict)
    _sorted_by_levels: dict[tuple[int, ...], list[Commodity]] = field(default_factory=dict)

    @cached_property
    def by_code(self) -> dict[str, Commodity]:
        """Return the commodities by their code."""
        return {good.code: good for good in self.by_id.values()}

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """Return the levels that there are, in order."""
        return tuple(sorted({good.level for good in self.by_id.values()}))

    def keys_at_levels(self, levels: Collection[int] | None) -> KeySet:
        """Return the keys of the commodities of `levels`; where these are null, of all but the total."""
        asked = self._select_levels(levels)
        if asked not in self._keys_by_levels:
            keys = [key for key, good in self.by_id.items() if good.level in asked]
            self._keys_by_levels[asked] = key_set(keys, all_keys=self.by_id)
        return self._keys_by_levels[asked]

    def sorted_by_code(self, levels: Collection[int] | None) -> list[Commodity]:
        """Return the commodities of `levels`, by code; where these are null, all but the total."""
        asked = self._select_levels(levels)
        if asked not in self._sorted_by_levels:
            goods = [good for good in self.by_id.values() if good.level in asked]
            self._sorted_by_levels[asked] = sorted(goods, key=lambda good: good.code)
        return self._sorted_by_levels[asked]

    def _select_levels(self, levels: Collection[int] | None) -> tuple[int, ...]:
        return tuple(level for level in self.levels if (level > 0 if levels is None else level in levels))

    def parent_code(self, commodity: Commodity) -> str | None:
        """Return the code of the good that `good` is a part of; null for the total."""
        return None if commodity.parent_id is None else self.by_id[commodity.parent_id].code


@dataclass(frozen=True)
class Reference:
    """Areas, classifications, datasets and releases as they stand at one data version.

    `conversions` keeps the exchange rates of currencies that were asked for, `made` what else was made of the tables
    for one request and serves the next.
    """

    version: int
    areas: dict[int, Area]
    area_codes: Sequence[AreaCode]
    members: Sequence[AreaMember]
    classifications: dict[int, Classification]
    datasets: dict[int, Dataset]
    releases: dict[int, Release]
    conversion_cache: dict[tuple[Any, ...], Conversion] = field(default_factory=dict)
    column_cache: dict[Hashable, Any] = field(default_factory=dict)
    _commodities: dict[int, Commodities] = field(default_factory=dict)
    _publication_calendars: dict[int, PublicationCalendar] = field(default_factory=dict)
    _published_groups: dict[int, frozenset[int]] = field(default_factory=dict)
    _reported_levels: dict[tuple[int, date | None], frozenset[int]] = field(default_factory=dict)
    _currencies: list[str] = field(default_factory=list)

    @cached_property
    def area_by_code(self) -> dict[str, Area]:
        """Return areas by canonical code, ISO2, M49, and by a source's code, bare or as `scheme:code`.

        Where one number means different areas, M49 goes before UN Comtrade, and UN Comtrade before the others.
        """
        found: dict[str, Area] = {}
        ordered = sorted(self.area_codes, key=lambda entry: entry.scheme != "comtrade")
        for entry in reversed(ordered):
            area = self.areas[entry.area_id]
            found[f"{entry.scheme}:{entry.code}".upper()] = found[entry.code.upper()] = area
        for attribute in ("m49", "iso2", "code"):
            found |= {getattr(area, attribute): area for area in self.areas.values() if getattr(area, attribute)}
        return found

    @cached_property
    def world(self) -> Area:
        """Return the World."""
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

    def group_members(self, group_id: int, day: date) -> set[int]:
        """Return the keys of those who are members of the group on that day."""
        return {
            entry.member_id
            for entry in self.members_by_group[group_id]
            if entry.valid_from <= day and (entry.valid_to is None or day < entry.valid_to)
        }

    @cached_property
    def datasets_by_reporter(self) -> Mapping[int, Sequence[Dataset]]:
        """Return the datasets of each reporter."""
        own: dict[int, list[Dataset]] = defaultdict(list)
        for dataset in self.datasets.values():
            own[dataset.reporter_id].append(dataset)
        return own

    @cached_property
    def releases_by_dataset(self) -> Mapping[int, Sequence[Release]]:
        """Return the releases of each dataset, the newest first."""
        own: dict[int, list[Release]] = defaultdict(list)
        for release in sorted(self.releases.values(), key=lambda release: release.published_on, reverse=True):
            own[release.dataset_id].append(release)
        return own

    def newest_release(self, dataset_id: int, *, as_of: date | None = None) -> Release | None:
        """Return the newest release of a dataset that was known on a day, or is now; null where none was."""
        day = as_of or date.max
        for release in self.releases_by_dataset.get(dataset_id, ()):
            if release.published_on <= day and (release.withdrawn_on is None or day < release.withdrawn_on):
                return release
        return None

    def has_release(self, dataset_id: int, as_of: date | None) -> bool:
        """Return whether something of a dataset was published by a day; always where that is null."""
        return as_of is None or any(
            own.published_on <= as_of for own in self.releases_by_dataset.get(dataset_id, ())[-1:]
        )

    def published_datasets(self, as_of: date | None) -> list[Dataset]:
        """Return the datasets of which something was published by a day, or all, by code."""
        known = (dataset for key, dataset in self.datasets.items() if self.has_release(key, as_of))
        return sorted(known, key=lambda dataset: dataset.code)

    def currencies(self, session: Session) -> list[str]:
        """Return the codes of the currencies of which there are rates, read from the database the first time."""
        if not self._currencies:
            self._currencies.extend(session.scalars(quoted_currencies()))
        return self._currencies

    def publication_calendar(self, session: Session, dataset_id: int) -> PublicationCalendar:
        """Return what the releases of a dataset speak of, read from the database the first time."""
        if dataset_id not in self._publication_calendars:
            days = {key: (release.published_on, release.withdrawn_on) for key, release in self.releases.items()}
            spoken = select(ReleasePeriod.flow, ReleasePeriod.period, ReleasePeriod.release_id)
            rows = session.execute(spoken.where(ReleasePeriod.dataset_id == dataset_id))
            self._publication_calendars[dataset_id] = PublicationCalendar(
                [(flow, period, *days[release]) for flow, period, release in rows]
            )
        return self._publication_calendars[dataset_id]

    def levels_reported(self, session: Session, dataset: Dataset, as_of: date | None) -> frozenset[int]:
        """Return the levels of goods of which a dataset had any figure on a day, read from the database the first time.

        Looked for among figures with the World, which an exhaustive dataset has of everything.
        """
        key = dataset.id, as_of
        if key not in self._reported_levels:
            levels = self.commodities(session, dataset.classification_id).levels
            printed = levels_reported(
                dataset.id,
                classification_id=dataset.classification_id,
                world_id=self.world.id,
                levels=levels,
                as_of=as_of,
            )
            found = session.execute(printed).one()
            self._reported_levels[key] = frozenset(
                level for level, is_there in zip(levels, found, strict=True) if is_there
            )
        return self._reported_levels[key]

    def published_groups(self, session: Session, dataset_id: int) -> frozenset[int]:
        """Return the keys of the groups that a dataset has figures of, read from the database the first time."""
        if dataset_id not in self._published_groups:
            groups = [key for key, area in self.areas.items() if area.kind == GROUP_KIND]
            flow = Observation.flow.in_(FLOWS.values())  # named for the sake of the index, which begins with it
            there = (
                exists().where(matches_dataset(Observation, dataset_id), flow, Observation.partner_id == group)
                for group in groups
            )
            found = session.execute(select(*there)).one() if groups else ()
            self._published_groups[dataset_id] = frozenset(
                group for group, is_there in zip(groups, found, strict=True) if is_there
            )
        return self._published_groups[dataset_id]

    def commodities(self, session: Session, classification_id: int) -> Commodities:
        """Return the commodities of one edition, read from the database the first time."""
        if classification_id not in self._commodities:
            of_edition = Commodity.classification_id == classification_id
            goods = _load_rows(session, Commodity, Commodity.id, where=of_edition)
            self._commodities[classification_id] = Commodities({good.id: good for good in goods})
        return self._commodities[classification_id]


def load_reference(session: Session, *, version: int) -> Reference:
    """Read all reference tables but the commodities, which are many and read when needed."""
    return Reference(
        version=version,
        areas={area.id: area for area in _load_rows(session, Area, Area.code)},
        area_codes=_load_rows(session, AreaCode, AreaCode.scheme, AreaCode.code),
        members=_load_rows(session, AreaMember, AreaMember.group_id, AreaMember.member_id),
        classifications={edition.id: edition for edition in _load_rows(session, Classification, Classification.code)},
        datasets={dataset.id: dataset for dataset in _load_rows(session, Dataset, Dataset.id)},
        releases={release.id: release for release in _load_rows(session, Release, Release.id)},
    )


def _load_rows(
    session: Session, table: type[ModelType], *order: SqlExpression, where: SqlExpression | None = None
) -> list[ModelType]:
    query = select(table).order_by(*order)
    rows = list(session.scalars(query if where is None else query.where(where)))
    session.expunge_all()
    return rows
