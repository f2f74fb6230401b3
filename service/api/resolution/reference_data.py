"""The reference tables in memory: codes to keys and back, loaded once per data version and process."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from service.analytics.figures.classification_depth import levels_printed
from service.analytics.figures.currency_conversion import Conversion, quoted_currencies
from service.analytics.figures.publication_calendar import Published
from service.analytics.sql.key_conditions import KeySet, key_set, of_dataset
from service.analytics.sql.types import Expression
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

Row = TypeVar("Row")

WORLD = "WLD"
TOTAL = "TOTAL"
EVERY = "all"
SINGLE_KINDS = ("country", "special")
GROUP = "group"


@dataclass(frozen=True)
class Goods:
    """The commodities of one edition, by key and by code."""

    by_id: dict[int, Commodity]
    _by_levels: dict[tuple[int, ...], KeySet] = field(default_factory=dict)
    _listed: dict[tuple[int, ...], list[Commodity]] = field(default_factory=dict)

    @cached_property
    def by_code(self) -> dict[str, Commodity]:
        """Return the commodities by their code."""
        return {good.code: good for good in self.by_id.values()}

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """Return the levels that there are, in order."""
        return tuple(sorted({good.level for good in self.by_id.values()}))

    def of_levels(self, levels: Collection[int] | None) -> KeySet:
        """Return the keys of the commodities of `levels`; where these are null, of all but the total."""
        asked = self._asked(levels)
        if asked not in self._by_levels:
            keys = [key for key, good in self.by_id.items() if good.level in asked]
            self._by_levels[asked] = key_set(keys, among=self.by_id)
        return self._by_levels[asked]

    def listed(self, levels: Collection[int] | None) -> list[Commodity]:
        """Return the commodities of `levels`, by code; where these are null, all but the total."""
        asked = self._asked(levels)
        if asked not in self._listed:
            goods = [good for good in self.by_id.values() if good.level in asked]
            self._listed[asked] = sorted(goods, key=lambda good: good.code)
        return self._listed[asked]

    def _asked(self, levels: Collection[int] | None) -> tuple[int, ...]:
        return tuple(level for level in self.levels if (level > 0 if levels is None else level in levels))

    def parent_code(self, good: Commodity) -> str | None:
        """Return the code of the good that `good` is a part of; null for the total."""
        return None if good.parent_id is None else self.by_id[good.parent_id].code


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
    conversions: dict[tuple[Any, ...], Conversion] = field(default_factory=dict)
    made: dict[Hashable, Any] = field(default_factory=dict)
    _goods: dict[int, Goods] = field(default_factory=dict)
    _published: dict[int, Published] = field(default_factory=dict)
    _groups: dict[int, frozenset[int]] = field(default_factory=dict)
    _levels: dict[tuple[int, date | None], frozenset[int]] = field(default_factory=dict)
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
        return next(area for area in self.areas.values() if area.code == WORLD)

    @cached_property
    def single_areas(self) -> tuple[int, ...]:
        """Return the keys of all areas that are neither the World nor a group."""
        return tuple(key for key, area in self.areas.items() if area.kind in SINGLE_KINDS)

    @cached_property
    def groups(self) -> frozenset[int]:
        """Return the keys of all groups."""
        return frozenset(key for key, area in self.areas.items() if area.kind == GROUP)

    @cached_property
    def members_by_group(self) -> dict[int, list[AreaMember]]:
        """Return the memberships of each group."""
        groups: dict[int, list[AreaMember]] = defaultdict(list)
        for member in self.members:
            groups[member.group_id].append(member)
        return groups

    def members_on(self, group_id: int, day: date) -> set[int]:
        """Return the keys of those who are members of the group on that day."""
        return {
            entry.member_id
            for entry in self.members_by_group[group_id]
            if entry.valid_from <= day and (entry.valid_to is None or day < entry.valid_to)
        }

    @cached_property
    def datasets_of(self) -> Mapping[int, Sequence[Dataset]]:
        """Return the datasets of each reporter."""
        own: dict[int, list[Dataset]] = defaultdict(list)
        for dataset in self.datasets.values():
            own[dataset.reporter_id].append(dataset)
        return own

    @cached_property
    def releases_of(self) -> Mapping[int, Sequence[Release]]:
        """Return the releases of each dataset, the newest first."""
        own: dict[int, list[Release]] = defaultdict(list)
        for release in sorted(self.releases.values(), key=lambda release: release.published_on, reverse=True):
            own[release.dataset_id].append(release)
        return own

    def newest_release(self, dataset_id: int, *, as_of: date | None = None) -> Release | None:
        """Return the newest release of a dataset that was known on a day, or is now; null where none was."""
        day = as_of or date.max
        for release in self.releases_of.get(dataset_id, ()):
            if release.published_on <= day and (release.withdrawn_on is None or day < release.withdrawn_on):
                return release
        return None

    def is_known(self, dataset_id: int, as_of: date | None) -> bool:
        """Return whether something of a dataset was published by a day; always where that is null."""
        return as_of is None or any(own.published_on <= as_of for own in self.releases_of.get(dataset_id, ())[-1:])

    def datasets_known(self, as_of: date | None) -> list[Dataset]:
        """Return the datasets of which something was published by a day, or all, by code."""
        known = (dataset for key, dataset in self.datasets.items() if self.is_known(key, as_of))
        return sorted(known, key=lambda dataset: dataset.code)

    def currencies(self, session: Session) -> list[str]:
        """Return the codes of the currencies of which there are rates, read from the database the first time."""
        if not self._currencies:
            self._currencies.extend(session.scalars(quoted_currencies()))
        return self._currencies

    def published(self, session: Session, dataset_id: int) -> Published:
        """Return what the releases of a dataset speak of, read from the database the first time."""
        if dataset_id not in self._published:
            days = {key: (release.published_on, release.withdrawn_on) for key, release in self.releases.items()}
            spoken = select(ReleasePeriod.flow, ReleasePeriod.period, ReleasePeriod.release_id)
            rows = session.execute(spoken.where(ReleasePeriod.dataset_id == dataset_id))
            self._published[dataset_id] = Published([(flow, period, *days[release]) for flow, period, release in rows])
        return self._published[dataset_id]

    def levels_printed(self, session: Session, dataset: Dataset, as_of: date | None) -> frozenset[int]:
        """Return the levels of goods of which a dataset had any figure on a day, read from the database the first time.

        Looked for among figures with the World, which an exhaustive dataset has of everything.
        """
        key = dataset.id, as_of
        if key not in self._levels:
            levels = self.goods(session, dataset.classification_id).levels
            printed = levels_printed(
                dataset.id,
                classification_id=dataset.classification_id,
                world_id=self.world.id,
                levels=levels,
                as_of=as_of,
            )
            found = session.execute(printed).one()
            self._levels[key] = frozenset(level for level, is_there in zip(levels, found, strict=True) if is_there)
        return self._levels[key]

    def groups_published(self, session: Session, dataset_id: int) -> frozenset[int]:
        """Return the keys of the groups that a dataset has figures of, read from the database the first time."""
        if dataset_id not in self._groups:
            groups = [key for key, area in self.areas.items() if area.kind == GROUP]
            flow = Observation.flow.in_(FLOWS.values())  # named for the sake of the index, which begins with it
            there = (
                exists().where(of_dataset(Observation, dataset_id), flow, Observation.partner_id == group)
                for group in groups
            )
            found = session.execute(select(*there)).one() if groups else ()
            self._groups[dataset_id] = frozenset(
                group for group, is_there in zip(groups, found, strict=True) if is_there
            )
        return self._groups[dataset_id]

    def goods(self, session: Session, classification_id: int) -> Goods:
        """Return the commodities of one edition, read from the database the first time."""
        if classification_id not in self._goods:
            of_edition = Commodity.classification_id == classification_id
            goods = _all(session, Commodity, Commodity.id, where=of_edition)
            self._goods[classification_id] = Goods({good.id: good for good in goods})
        return self._goods[classification_id]


def load_reference(session: Session, *, version: int) -> Reference:
    """Read all reference tables but the commodities, which are many and read when needed."""
    return Reference(
        version=version,
        areas={area.id: area for area in _all(session, Area, Area.code)},
        area_codes=_all(session, AreaCode, AreaCode.scheme, AreaCode.code),
        members=_all(session, AreaMember, AreaMember.group_id, AreaMember.member_id),
        classifications={edition.id: edition for edition in _all(session, Classification, Classification.code)},
        datasets={dataset.id: dataset for dataset in _all(session, Dataset, Dataset.id)},
        releases={release.id: release for release in _all(session, Release, Release.id)},
    )


def _all(session: Session, table: type[Row], *order: Expression, where: Expression | None = None) -> list[Row]:
    query = select(table).order_by(*order)
    rows = list(session.scalars(query if where is None else query.where(where)))
    session.expunge_all()
    return rows
