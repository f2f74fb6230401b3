"""From the parameters of a request to the keys of what is asked for, with suggestions where a code is unknown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import KeySet
from service.api.resolution.currency_conversion import requested_conversion
from service.api.resolution.dataset_selection import choose_dataset
from service.api.resolution.reference_data import Commodities, Reference
from service.domain.codes import ALL_KEYWORD, TOTAL_CODE
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import period_start, resolve_ranges
from service.domain.suggestions import closest_codes
from service.errors import InvalidRequest, ParameterError, RequestTooLarge
from service.models import Area, Classification, Commodity, Dataset, Observation, Release

MAX_CODES = 1000
EMPTY_RANGE = ((0, -1),)
"""A range that nothing lies in: what is asked for where nothing is published."""


@dataclass(frozen=True)
class ResolvedRequest:
    """A request resolved: the scope, and what it stands for in words.

    `scope` is null where nothing that could answer is loaded; `reason` then says why.
    """

    reporter: Area
    dataset: Dataset | None = None
    classification: Classification | None = None
    commodities: Commodities | None = None
    frequency: str = "M"
    scope: QueryScope | None = None
    empty_reason: str | None = None
    newest_release: Release | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """Return all that it resolves to, as plain values."""
        dataset = None if self.dataset is None else self.dataset.code
        scope, chosen = self.scope, (self.reporter.code, dataset, self.frequency, self.empty_reason)
        if scope is None:
            return chosen
        conversion = scope.conversion and (scope.conversion.currency, scope.conversion.basis)
        keys = (sorted(scope.flows), scope.partners, scope.commodities, scope.levels)
        return *chosen, *keys, sorted(scope.period_ranges), scope.as_of, conversion

    @property
    def currency(self) -> str:
        """Return the currency of all values: the one asked for, or else the dataset's."""
        assert self.dataset is not None
        conversion = None if self.scope is None else self.scope.conversion
        return self.dataset.currency if conversion is None else conversion.currency

    @property
    def period_months(self) -> int:
        """Return the length of an asked period in months."""
        return MONTHS_PER_PERIOD[self.frequency]

    def selected_commodities(self) -> list[Commodity]:
        """Return the commodities that are asked for, by code: those named, or those of the levels."""
        if self.scope is None or self.commodities is None:
            return []
        if self.scope.commodities is None:
            return self.commodities.sorted_by_code(self.scope.levels)
        named = {self.commodities.by_id[key] for key in self.scope.commodities}
        return sorted(named, key=lambda good: good.code)


class RequestResolver:
    """Resolves the parameters of one request against the reference tables."""

    def __init__(self, session: Session, reference: Reference, parameters: Mapping[str, Any]) -> None:
        self._session = session
        self._reference = reference
        self._parameters = parameters

    def resolve(self) -> ResolvedRequest:
        """Return what the request asks for.

        :raises InvalidRequest: a code is unknown, or a period does not fit the frequency.
        """
        reporter = self.find_area("reporter", self._parameters["reporter"])
        frequency = self._parameters["frequency"]
        dataset = choose_dataset(self._session, self._reference, reporter, self._parameters)
        partners = self._resolve_partners()
        if dataset is None:
            return ResolvedRequest(reporter, frequency=frequency, empty_reason="not_covered")
        newest = self._reference.newest_release(dataset.id, as_of=self._parameters.get("as_of"))
        goods = self._reference.commodities(self._session, dataset.classification_id)
        scope = self._build_scope(dataset, goods, partners)
        return ResolvedRequest(
            reporter,
            dataset=dataset,
            classification=self._reference.classifications[dataset.classification_id],
            commodities=goods,
            frequency=frequency,
            scope=scope,
            empty_reason="not_published" if scope.period_ranges == EMPTY_RANGE else None,
            newest_release=newest,
        )

    def _build_scope(self, dataset: Dataset, edition_commodities: Commodities, partners: tuple[int, ...]) -> QueryScope:
        step = MONTHS_PER_PERIOD[self._parameters["frequency"]]
        commodities, levels = self._resolve_commodities(edition_commodities), self._resolve_levels(dataset)
        wanted = edition_commodities.keys_at_levels(levels) if commodities is None else KeySet(keys=commodities)
        return QueryScope(
            dataset_id=dataset.id,
            classification_id=dataset.classification_id,
            exhaustive=dataset.exhaustive,
            unit_multiplier=10**dataset.unit_exponent,
            period_months=step,
            source_period_months=MONTHS_PER_PERIOD[dataset.frequency],
            flows=tuple(FLOWS[flow] for flow in self._parameters["flow"]),
            partners=partners,
            individual_areas=self._reference.single_areas,
            groups=self._computed_groups(dataset, partners),
            commodities=commodities,
            levels=levels,
            period_ranges=self._resolve_periods(dataset, step) or EMPTY_RANGE,
            as_of=self._parameters.get("as_of"),
            world_id=self._reference.world.id,
            total_id=edition_commodities.by_code[TOTAL_CODE].id,
            commodity_keys=wanted,
            level_keys=tuple(
                edition_commodities.keys_at_levels((level,))
                for level in _commodity_levels(edition_commodities, commodities, levels)
            ),
            publication_calendar=self._reference.publication_calendar(self._session, dataset.id),
            conversion=requested_conversion(
                self._session, self._reference, self._parameters, reported_currency=dataset.currency, period_months=step
            ),
            unreported_commodities=self._unreported_commodities(dataset, edition_commodities, commodities, levels),
        )

    def find_area(self, parameter: str, code: str) -> Area:
        """Return the area of that code.

        :raises InvalidRequest: there is none; the error suggests which were likely meant.
        """
        area = self._reference.area_by_code.get(code.upper())
        if area is None:
            raise InvalidRequest(self._unknown_area_error(parameter, code))
        return area

    def _unknown_area_error(self, parameter: str, code: str) -> ParameterError:
        names = {area.code: area.name for area in self._used_areas(parameter)}
        everywhere = {area.code: area.name for area in self._reference.areas.values()}
        suggestions = [*closest_codes(code, names), *closest_codes(code, everywhere)]
        or_group = "" if parameter == "reporter" else ", or a group (ASEAN)"
        reason = f"it is no code of an area: ISO 3166 (CHN, CN), M49 (156){or_group}"
        return ParameterError(parameter, code, reason, list(dict.fromkeys(suggestions))[:5])

    def _used_areas(self, parameter: str) -> Sequence[Area]:
        if parameter == "reporter":
            used = {dataset.reporter_id for dataset in self._reference.datasets.values()}
        else:
            used = set(self._session.scalars(select(Observation.partner_id).distinct()))
        return [self._reference.areas[key] for key in used]

    def _resolve_partners(self) -> tuple[int, ...]:
        codes = self._parameters["partner"]
        _check_code_count("partner", codes)
        found: dict[int, None] = {}
        for code in codes:
            if code.lower() == ALL_KEYWORD:
                found |= dict.fromkeys(self._reference.single_areas)
            else:
                found[self.find_area("partner", code).id] = None
        return tuple(sorted(found))

    def _computed_groups(self, dataset: Dataset, partners: Sequence[int]) -> tuple[int, ...]:
        """Return the groups among `partners` that the dataset does not publish as such."""
        groups = self._reference.groups.intersection(partners)
        if not groups:
            return ()
        return tuple(sorted(groups - self._reference.published_groups(self._session, dataset.id)))

    def _resolve_commodities(self, edition_commodities: Commodities) -> tuple[int, ...] | None:
        codes = self._parameters["commodity"]
        if [code.lower() for code in codes] == [ALL_KEYWORD]:
            return None
        _check_code_count("commodity", codes)
        return tuple(sorted({self._resolve_commodity(edition_commodities, code) for code in codes}))

    def _resolve_commodity(self, edition_commodities: Commodities, code: str) -> int:
        good = edition_commodities.by_code.get(code.upper())
        if good is None:
            names = {good.code: good.name for good in edition_commodities.by_id.values()}
            reason = "it is not a code of the classification; see /v1/classifications"
            raise InvalidRequest(ParameterError("commodity", code, reason, closest_codes(code, names)))
        return good.id

    def _unreported_commodities(
        self,
        dataset: Dataset,
        edition_commodities: Commodities,
        commodities: Sequence[int] | None,
        levels: Sequence[int] | None,
    ) -> tuple[int, ...]:
        """Return those of the goods asked for of whose level an exhaustive dataset prints none."""
        if not dataset.exhaustive:
            return ()
        printed = self._reference.levels_reported(self._session, dataset, self._parameters.get("as_of"))
        unprinted = set(_commodity_levels(edition_commodities, commodities, levels)) - printed
        asked = edition_commodities.by_id if commodities is None else commodities
        return tuple(key for key in asked if edition_commodities.by_id[key].level in unprinted) if unprinted else ()

    def _resolve_levels(self, dataset: Dataset) -> tuple[int, ...] | None:
        asked = self._parameters.get("level")
        default = self._reference.classifications[dataset.classification_id].default_level
        return tuple(sorted(set(asked))) if asked else None if default is None else (default,)

    def _resolve_periods(self, dataset: Dataset, period_months: int) -> tuple[tuple[int, int], ...]:
        """Return the asked ranges within what is published; none where nothing is published at all."""
        published = self._reference.publication_calendar(self._session, dataset.id)
        span = published.span([FLOWS[flow] for flow in self._parameters["flow"]], self._parameters.get("as_of"))
        if span is None:
            return ()
        first, last = (period_start(month, period_months=period_months) for month in span)
        return resolve_ranges(self._parameters["period"], (first, last), period_months=period_months)


def _commodity_levels(
    edition_commodities: Commodities, commodities: Sequence[int] | None, levels: Collection[int] | None
) -> list[int]:
    """Return the levels of the commodities asked for, in order."""
    if commodities is not None:
        return sorted({edition_commodities.by_id[key].level for key in commodities})
    return [level for level in edition_commodities.levels if (level > 0 if levels is None else level in levels)]


def _check_code_count(parameter: str, codes: Sequence[str]) -> None:
    if len(codes) > MAX_CODES:
        raise RequestTooLarge(ParameterError(parameter, f"{len(codes)} codes", f"at most {MAX_CODES} codes at once"))
