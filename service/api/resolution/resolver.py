"""From the parameters of a request to the keys of what is asked for, with suggestions where a code is unknown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.analytics.scope import Scope
from service.analytics.sql.key_conditions import KeySet
from service.api.observability.log_context import note_release
from service.api.resolution.currency_conversion import conversion_asked
from service.api.resolution.dataset_selection import choose_dataset
from service.api.resolution.reference_data import EVERY, TOTAL, Goods, Reference
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS
from service.domain.periods import ranges_within
from service.domain.suggestions import nearest_codes
from service.errors import Fault, InvalidRequest, RequestTooLarge
from service.models import Area, Classification, Commodity, Dataset, Observation

MOST_CODES = 1000
NO_PERIODS = ((0, -1),)
"""A range that nothing lies in: what is asked for where nothing is published."""


@dataclass(frozen=True)
class Resolved:
    """A request resolved: the scope, and what it stands for in words.

    `scope` is null where nothing that could answer is loaded; `reason` then says why.
    """

    reporter: Area
    dataset: Dataset | None = None
    classification: Classification | None = None
    goods: Goods | None = None
    frequency: str = "M"
    scope: Scope | None = None
    reason: str | None = None

    @property
    def currency(self) -> str:
        """Return the currency of all values: the one asked for, or else the dataset's."""
        assert self.dataset is not None
        conversion = None if self.scope is None else self.scope.conversion
        return self.dataset.currency if conversion is None else conversion.currency

    @property
    def step(self) -> int:
        """Return the length of an asked period in months."""
        return MONTHS[self.frequency]

    def goods_asked(self) -> list[Commodity]:
        """Return the commodities that are asked for, by code: those named, or those of the levels."""
        if self.scope is None or self.goods is None:
            return []
        if self.scope.commodities is None:
            return self.goods.listed(self.scope.levels)
        named = {self.goods.by_id[key] for key in self.scope.commodities}
        return sorted(named, key=lambda good: good.code)


class Resolver:
    """Resolves the parameters of one request against the reference tables."""

    def __init__(self, session: Session, reference: Reference, parameters: Mapping[str, Any]) -> None:
        self._session = session
        self._reference = reference
        self._asked = parameters

    def resolve(self) -> Resolved:
        """Return what the request asks for.

        :raises InvalidRequest: a code is unknown, or a period does not fit the frequency.
        """
        reporter = self.area("reporter", self._asked["reporter"])
        frequency = self._asked["frequency"]
        dataset = choose_dataset(self._session, self._reference, reporter, self._asked)
        partners = self._partners()
        if dataset is None:
            return Resolved(reporter, frequency=frequency, reason="not_covered")
        newest = self._reference.newest_release(dataset.id, as_of=self._asked.get("as_of"))
        if newest is not None:
            note_release(newest.code)
        goods = self._reference.goods(self._session, dataset.classification_id)
        scope = self._scope(dataset, goods, partners)
        return Resolved(
            reporter,
            dataset=dataset,
            classification=self._reference.classifications[dataset.classification_id],
            goods=goods,
            frequency=frequency,
            scope=scope,
            reason="not_published" if scope.periods == NO_PERIODS else None,
        )

    def _scope(self, dataset: Dataset, goods: Goods, partners: tuple[int, ...]) -> Scope:
        step = MONTHS[self._asked["frequency"]]
        commodities, levels = self._commodities(goods), self._levels(dataset)
        wanted = goods.of_levels(levels) if commodities is None else KeySet(keys=commodities)
        return Scope(
            dataset_id=dataset.id,
            classification_id=dataset.classification_id,
            exhaustive=dataset.exhaustive,
            unit=10**dataset.unit_exponent,
            step=step,
            source_step=MONTHS[dataset.frequency],
            flows=tuple(FLOWS[flow] for flow in self._asked["flow"]),
            partners=partners,
            single_areas=self._reference.single_areas,
            groups=self._groups_to_add_up(dataset, partners),
            commodities=commodities,
            levels=levels,
            periods=self._periods(dataset, step) or NO_PERIODS,
            as_of=self._asked.get("as_of"),
            world_id=self._reference.world.id,
            total_id=goods.by_code[TOTAL].id,
            goods=wanted,
            peers=tuple(goods.of_levels((level,)) for level in _levels_of(goods, commodities, levels)),
            published=self._reference.published(self._session, dataset.id),
            conversion=conversion_asked(
                self._session, self._reference, self._asked, reported=dataset.currency, step=step
            ),
            uncovered=self._uncovered(dataset, goods, commodities, levels),
        )

    def area(self, parameter: str, code: str) -> Area:
        """Return the area of that code.

        :raises InvalidRequest: there is none; the error suggests which were likely meant.
        """
        area = self._reference.area_by_code.get(code.upper())
        if area is None:
            raise InvalidRequest(self._unknown_area(parameter, code))
        return area

    def _unknown_area(self, parameter: str, code: str) -> Fault:
        names = {area.code: area.name for area in self._areas_in_use(parameter)}
        everywhere = {area.code: area.name for area in self._reference.areas.values()}
        suggestions = [*nearest_codes(code, names), *nearest_codes(code, everywhere)]
        or_group = "" if parameter == "reporter" else ", or a group (ASEAN)"
        reason = f"it is no code of an area: ISO 3166 (CHN, CN), M49 (156){or_group}"
        return Fault(parameter, code, reason, list(dict.fromkeys(suggestions))[:5])

    def _areas_in_use(self, parameter: str) -> Sequence[Area]:
        if parameter == "reporter":
            used = {dataset.reporter_id for dataset in self._reference.datasets.values()}
        else:
            used = set(self._session.scalars(select(Observation.partner_id).distinct()))
        return [self._reference.areas[key] for key in used]

    def _partners(self) -> tuple[int, ...]:
        codes = self._asked["partner"]
        _bounded("partner", codes)
        found: dict[int, None] = {}
        for code in codes:
            if code.lower() == EVERY:
                found |= dict.fromkeys(self._reference.single_areas)
            else:
                found[self.area("partner", code).id] = None
        return tuple(sorted(found))

    def _groups_to_add_up(self, dataset: Dataset, partners: Sequence[int]) -> tuple[int, ...]:
        """Return the groups among `partners` that the dataset does not publish as such."""
        groups = self._reference.groups.intersection(partners)
        if not groups:
            return ()
        return tuple(sorted(groups - self._reference.groups_published(self._session, dataset.id)))

    def _commodities(self, goods: Goods) -> tuple[int, ...] | None:
        codes = self._asked["commodity"]
        if [code.lower() for code in codes] == [EVERY]:
            return None
        _bounded("commodity", codes)
        return tuple(sorted({self._commodity(goods, code) for code in codes}))

    def _commodity(self, goods: Goods, code: str) -> int:
        good = goods.by_code.get(code.upper())
        if good is None:
            names = {good.code: good.name for good in goods.by_id.values()}
            reason = "it is not a code of the classification; see /v1/classifications"
            raise InvalidRequest(Fault("commodity", code, reason, nearest_codes(code, names)))
        return good.id

    def _uncovered(
        self, dataset: Dataset, goods: Goods, commodities: Sequence[int] | None, levels: Sequence[int] | None
    ) -> tuple[int, ...]:
        """Return those of the goods asked for of whose level an exhaustive dataset prints none."""
        if not dataset.exhaustive:
            return ()
        printed = self._reference.levels_printed(self._session, dataset, self._asked.get("as_of"))
        unprinted = set(_levels_of(goods, commodities, levels)) - printed
        asked = goods.by_id if commodities is None else commodities
        return tuple(key for key in asked if goods.by_id[key].level in unprinted) if unprinted else ()

    def _levels(self, dataset: Dataset) -> tuple[int, ...] | None:
        asked = self._asked.get("level")
        default = self._reference.classifications[dataset.classification_id].default_level
        return tuple(sorted(set(asked))) if asked else None if default is None else (default,)

    def _periods(self, dataset: Dataset, step: int) -> tuple[tuple[int, int], ...]:
        """Return the asked ranges within what is published; none where nothing is published at all."""
        published = self._reference.published(self._session, dataset.id)
        span = published.span([FLOWS[flow] for flow in self._asked["flow"]], self._asked.get("as_of"))
        if span is None:
            return ()
        first, last = (month - month % step for month in span)
        return ranges_within(self._asked["period"], (first, last), step=step)


def _levels_of(goods: Goods, commodities: Sequence[int] | None, levels: Collection[int] | None) -> list[int]:
    """Return the levels of the commodities asked for, in order."""
    if commodities is not None:
        return sorted({goods.by_id[key].level for key in commodities})
    return [level for level in goods.levels if (level > 0 if levels is None else level in levels)]


def _bounded(parameter: str, codes: Sequence[str]) -> None:
    if len(codes) > MOST_CODES:
        raise RequestTooLarge(Fault(parameter, f"{len(codes)} codes", f"at most {MOST_CODES} codes at once"))
