"""Resolution of request parameters to database keys, with suggestions for unknown codes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from service.analytics.figures.currency_conversion import Conversion
from service.analytics.figures.editions import StitchedEditions
from service.analytics.scope import QueryScope
from service.analytics.sql.key_conditions import KeySet
from service.api.resolution.area_changes import AreaChanges, area_changes
from service.api.resolution.currency_conversion import requested_conversion
from service.api.resolution.dataset_selection import choose_dataset, choose_editions
from service.api.resolution.edition_stitching import edition_commodities, stitch_editions
from service.api.resolution.reference_data import Commodities, Reference
from service.domain.codes import ALL_KEYWORD, TOTAL_CODE
from service.domain.fiscal_years import FISCAL_REPORTER, fiscal_year_offset, period_offset
from service.domain.flows import FLOWS
from service.domain.frequencies import FISCAL_YEARS, MONTHS_PER_PERIOD, MONTHS_PER_YEAR
from service.domain.periods import begin_fiscal_years, period_start, period_text, resolve_ranges
from service.domain.suggestions import closest_codes
from service.errors import InvalidRequest, ParameterError, RequestTooLarge, call_all
from service.models import Area, Classification, Commodity, Dataset, Release

MAX_CODES = 1000
EMPTY_RANGE = ((0, -1),)
"""The requested range of periods where no period is published: a range without members."""


@dataclass(frozen=True)
class ResolvedRequest:
    """The resolved parameters of a request: the scope of its queries, and the rows of reference tables that it names.

    If no dataset of the reporter matches the request, `scope` and `dataset` are null. `empty_reason` is the reason why
    the response has no rows, where this is known without a query. `editions` is empty unless several datasets, which
    differ in the edition of their classification, answer the request together; `dataset` and `classification` are then
    those of the newest edition.
    """

    reporter: Area
    dataset: Dataset | None = None
    classification: Classification | None = None
    commodities: Commodities | None = None
    frequency: str = "M"
    scope: QueryScope | None = None
    empty_reason: str | None = None
    newest_release: Release | None = None
    editions: tuple[Dataset, ...] = ()

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """Return the datasets that answer the request, in descending order of their classification editions."""
        return self.editions or (() if self.dataset is None else (self.dataset,))

    @property
    def is_empty(self) -> bool:
        """Return whether it is certain, without a query, that the response has no rows."""
        return self.scope is None or self.empty_reason is not None

    def edition_code(self, classifications: Mapping[int, Classification], flow: int, period: int) -> str:
        """Return the code of the classification edition that answers a period of a flow; if none does, the newest one.

        `flow` is the number of the flow as it is stored, and `period` is the first month of the period.
        """
        stitched = None if self.scope is None else self.scope.editions
        assert self.classification is not None
        if stitched is None:
            return self.classification.code
        position = stitched.edition_position(flow, period) or 0
        return classifications[stitched.classification_ids[position]].code

    @property
    def key(self) -> tuple[Any, ...]:
        """Return a key that is equal for requests whose parameters select the same figures.

        It consists of plain values that can be encoded as JSON.
        """
        datasets = tuple(map(attrgetter("code"), self.datasets))
        scope, selection = self.scope, (self.reporter.code, datasets, self.frequency, self.empty_reason)
        if scope is None:
            return selection
        conversion = scope.conversion and (scope.conversion.currency, scope.conversion.basis)
        keys = (sorted(scope.flows), scope.partners, scope.commodities, scope.levels)
        return *selection, *keys, sorted(scope.period_ranges), scope.as_of, scope.composition, conversion

    @property
    def currency(self) -> str:
        """Return the currency of the response: the requested one, or that of the dataset where none is requested."""
        assert self.dataset is not None
        conversion = None if self.scope is None else self.scope.conversion
        return self.dataset.currency if conversion is None else conversion.currency

    @property
    def period_months(self) -> int:
        """Return the length of a requested period in months."""
        return MONTHS_PER_PERIOD[self.frequency]

    @property
    def period_text(self) -> Callable[[int], str]:
        """Return the function that returns the text of the requested period that begins with a month."""
        return partial(period_text, months=self.period_months, is_fiscal=self.frequency == FISCAL_YEARS)

    def selected_commodities(self) -> list[Commodity]:
        """Return the requested commodities, sorted by code, whether they were requested by code or by level."""
        if self.scope is None or self.commodities is None:
            return []
        if self.scope.commodities is None:
            return self.commodities.sorted_by_code(self.scope.levels)
        commodities = {self.commodities.commodity_by_id[key] for key in self.scope.commodities}
        return sorted(commodities, key=lambda commodity: commodity.code)


@dataclass(frozen=True)
class RequestResolver:
    """A resolver of the parameters of one request, which reads the reference tables."""

    session: Session
    reference: Reference
    parameters: Mapping[str, Any]
    can_stitch: bool = False
    needs_whole_series: bool = False

    def resolve(self) -> ResolvedRequest:
        """Return the resolved request.

        :raises InvalidRequest: a code is unknown, or a period does not fit the frequency.
        """
        reporter = self.find_area("reporter", self.parameters["reporter"])
        frequency = self.parameters["frequency"]
        datasets = self._choose_datasets(reporter)
        partners = self._resolve_partners()
        if not datasets:
            return ResolvedRequest(reporter, frequency=frequency, empty_reason="not_covered")
        dataset = datasets[0]
        if len(datasets) == 1:
            commodities = self.reference.commodities(self.session, dataset.classification_id)
        else:
            commodities = edition_commodities(self.session, self.reference, datasets)
        scope = self._build_scope(reporter, datasets, commodities, partners)
        position = None if scope.editions is None or self.needs_whole_series else _only_edition(scope, scope.editions)
        if position is not None:
            dataset = datasets[position]
            datasets, commodities = (dataset,), self.reference.commodities(self.session, dataset.classification_id)
            scope = self._build_scope(reporter, datasets, commodities, partners)
        return ResolvedRequest(
            reporter,
            dataset=dataset,
            editions=datasets if len(datasets) > 1 else (),
            classification=self.reference.classifications[dataset.classification_id],
            commodities=commodities,
            frequency=frequency,
            scope=scope,
            empty_reason="not_published" if scope.period_ranges == EMPTY_RANGE else None,
            newest_release=self._newest_release(datasets),
        )

    def _choose_datasets(self, reporter: Area) -> tuple[Dataset, ...]:
        """Return the dataset, or its editions where the resource and the request can have several of them."""
        if self.can_stitch:
            return choose_editions(self.session, self.reference, reporter, self.parameters)
        dataset = choose_dataset(self.session, self.reference, reporter, self.parameters)
        return () if dataset is None else (dataset,)

    def _newest_release(self, datasets: Sequence[Dataset]) -> Release | None:
        as_of = self.parameters.get("as_of")
        releases = [self.reference.newest_release(dataset.id, as_of=as_of) for dataset in datasets]
        return max(filter(None, releases), key=attrgetter("published_on", "code"), default=None)

    def _build_scope(
        self,
        reporter: Area,
        datasets: tuple[Dataset, ...],
        known_commodities: Commodities,
        partners: tuple[int, ...],
    ) -> QueryScope:
        dataset, period_months = datasets[0], MONTHS_PER_PERIOD[self.parameters["frequency"]]
        commodities, levels = self._resolve_commodities(known_commodities), self._resolve_levels(dataset)
        commodity_keys = known_commodities.keys_at_levels(levels) if commodities is None else KeySet(keys=commodities)
        commodity_levels = _commodity_levels(known_commodities, commodities, levels)
        calendar = self.reference.combined_calendar(self.session, tuple(map(attrgetter("id"), datasets)))
        groups = self._computed_groups(datasets, partners)
        flows, as_of = tuple(map(FLOWS.__getitem__, self.parameters["flow"])), self.parameters.get("as_of")
        span, changes = calendar.span(flows, as_of), AreaChanges()
        if span is not None and not self.reference.changing_areas.isdisjoint(partners):
            changes = area_changes(self.reference, partners, groups, span, source=dataset.source)
        fiscal_reporter = self.parameters.get(FISCAL_REPORTER) or reporter.code
        year_offset = fiscal_year_offset(fiscal_reporter)
        offset = period_offset(self.parameters["frequency"], reporter=fiscal_reporter)
        return QueryScope(
            dataset_id=dataset.id,
            classification_id=dataset.classification_id,
            exhaustive=dataset.exhaustive,
            unit_multiplier=10**dataset.unit_exponent,
            period_months=period_months,
            source_period_months=MONTHS_PER_PERIOD[dataset.frequency],
            flows=flows,
            partners=partners,
            individual_areas=self.reference.single_areas,
            groups=groups,
            commodities=commodities,
            levels=levels,
            period_ranges=self._resolve_periods(span, period_months, year_offset, offset) or EMPTY_RANGE,
            as_of=as_of,
            world_id=self.reference.world.id,
            total_id=known_commodities.commodity_by_code[TOTAL_CODE].id,
            commodity_keys=commodity_keys,
            level_keys=tuple(known_commodities.keys_at_levels((level,)) for level in commodity_levels),
            publication_calendar=calendar,
            conversion=self._conversion(dataset) if {"currency", "fx"} & self.parameters.keys() else None,
            composition=self.parameters.get("composition"),
            unreported_commodities=self._unreported_commodities(datasets, known_commodities, commodities, levels),
            **vars(changes),
            fiscal_year_offset=year_offset,
            period_offset=offset,
            editions=None
            if len(datasets) == 1
            else self._stitch_editions(datasets, commodity_levels, period_months, offset),
        )

    def _conversion(self, dataset: Dataset) -> Conversion | None:
        return requested_conversion(
            self.session,
            self.reference,
            self.parameters,
            reported_currency=dataset.currency,
            period_months=MONTHS_PER_PERIOD[dataset.frequency],
        )

    def _stitch_editions(
        self, datasets: tuple[Dataset, ...], levels: Sequence[int], period_months: int, offset: int
    ) -> StitchedEditions:
        return stitch_editions(
            self.session,
            self.reference,
            datasets,
            levels=levels,
            period_months=period_months,
            period_offset=offset,
            as_of=self.parameters.get("as_of"),
        )

    def find_area(self, parameter: str, code: str) -> Area:
        """Return the area that a code or a name in a parameter stands for.

        :raises InvalidRequest: no area has the code or name, or several areas have the name.
        """
        area = self.reference.area_lookup.find(code)
        if area is None:
            raise InvalidRequest(self.reference.area_lookup.error(parameter, code))
        return area

    def _resolve_partners(self) -> tuple[int, ...]:
        codes = self.parameters["partner"]
        if len(codes) > MAX_CODES:
            raise _too_many_codes("partner", codes)
        keys = call_all(self._partner_keys, codes)
        return tuple(sorted(set(chain.from_iterable(keys))))

    def _partner_keys(self, code: str) -> Sequence[int]:
        if code.lower() == ALL_KEYWORD:
            return self.reference.single_areas
        return (self.find_area("partner", code).id,)

    def _computed_groups(self, datasets: Sequence[Dataset], partners: Sequence[int]) -> tuple[int, ...]:
        """Return the requested groups that are sums of their members.

        A group that a dataset publishes is a sum only where the request fixes its composition.
        """
        groups = self.reference.groups.intersection(partners)
        if not groups or self.parameters.get("composition") is not None:
            return tuple(sorted(groups))
        as_of = self.parameters.get("as_of")
        published = (self.reference.published_groups(self.session, dataset.id, as_of) for dataset in datasets)
        return tuple(sorted(groups.difference(*published)))

    def _resolve_commodities(self, known_commodities: Commodities) -> tuple[int, ...] | None:
        codes = self.parameters["commodity"]
        if len(codes) == 1 and codes[0].lower() == ALL_KEYWORD:
            return None
        if len(codes) > MAX_CODES:
            raise _too_many_codes("commodity", codes)
        return tuple(sorted(set(call_all(partial(self._resolve_commodity, known_commodities), codes))))

    def _resolve_commodity(self, known_commodities: Commodities, code: str) -> int:
        commodity = known_commodities.commodity_by_code.get(code.upper())
        if commodity is None:
            names = {each.code: each.name for each in known_commodities.commodity_by_id.values()}
            reason = "it is not a code of the classification; see /v1/classifications"
            raise InvalidRequest(ParameterError("commodity", code, reason, closest_codes(code, names)))
        return commodity.id

    def _unreported_commodities(
        self,
        datasets: Sequence[Dataset],
        known_commodities: Commodities,
        commodities: Sequence[int] | None,
        levels: Sequence[int] | None,
    ) -> tuple[int, ...]:
        """Return the requested commodities of levels that not every one of exhaustive datasets reports."""
        if not datasets[0].exhaustive:
            return ()
        as_of = self.parameters.get("as_of")
        reported_levels = frozenset.intersection(
            *(self.reference.levels_reported(self.session, dataset, as_of) for dataset in datasets)
        )
        unreported_levels = set(_commodity_levels(known_commodities, commodities, levels)) - reported_levels
        if not unreported_levels:
            return ()
        requested_keys = known_commodities.commodity_by_id if commodities is None else commodities
        return tuple(key for key in requested_keys if known_commodities.commodity_by_id[key].level in unreported_levels)

    def _resolve_levels(self, dataset: Dataset) -> tuple[int, ...] | None:
        requested_levels = self.parameters.get("level")
        default_level = self.reference.classifications[dataset.classification_id].default_level
        if requested_levels:
            return tuple(sorted(set(requested_levels)))
        return None if default_level is None else (default_level,)

    def _resolve_periods(
        self, span: tuple[int, int] | None, period_months: int, year_offset: int, offset: int
    ) -> tuple[tuple[int, int], ...]:
        """Return the requested ranges within the published months; no range where no month is published."""
        if span is None:
            return ()
        first = period_start(span[0], period_months=period_months, offset=offset)
        last = period_start(span[1], period_months=period_months, offset=offset)
        return resolve_ranges(
            begin_fiscal_years(self.parameters["period"], offset=year_offset),
            (first, last),
            period_months=period_months,
            fiscal_offset=year_offset if self.parameters["frequency"] == FISCAL_YEARS else None,
        )


def _only_edition(scope: QueryScope, editions: StitchedEditions) -> int | None:
    """Return the position of the edition that answers all requested periods and those they are compared with.

    Null where there are several.
    """
    periods_back = (0, scope.period_months, MONTHS_PER_YEAR)
    flow_periods = (
        (flow, period - months) for flow in scope.flows for period in scope.published_periods for months in periods_back
    )
    return editions.only_edition(flow_periods, scope.commodities or ())


def _commodity_levels(
    edition_commodities: Commodities, commodities: Sequence[int] | None, levels: Collection[int] | None
) -> Sequence[int]:
    """Return the levels of the requested commodities, in order."""
    if commodities is not None:
        return sorted({edition_commodities.commodity_by_id[key].level for key in commodities})
    return edition_commodities.select_levels(levels)


def _too_many_codes(parameter: str, codes: Sequence[str]) -> RequestTooLarge:
    reason = f"a request may have at most {MAX_CODES} codes"
    return RequestTooLarge(ParameterError(parameter, f"{len(codes)} codes", reason))
