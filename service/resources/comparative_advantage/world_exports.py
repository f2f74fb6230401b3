"""Exports of the reference group: all reporters with a loaded dataset in the same family of classifications."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.analytics.figures.currency_conversion import Conversion
from service.analytics.scope import QueryScope
from service.api.database.context import Context
from service.api.resolution.currency_conversion import load_conversions, optional_conversion
from service.api.resolution.dataset_selection import matching_datasets
from service.api.resolution.resolver import ResolvedRequest
from service.domain.codes import ALL_KEYWORD, WORLD_CODE
from service.domain.fiscal_years import FISCAL_REPORTER
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.rounding import Amount
from service.errors import ParameterError, RequestTooLarge
from service.models import Area, Dataset
from service.resources.comparative_advantage.queries import exports_to_world

MAX_ROWS = 10_000


@dataclass(frozen=True)
class ReporterExports:
    """The exports of one reporter to the World in one currency, by period and commodity code."""

    resolved_request: ResolvedRequest
    rows: Mapping[tuple[int, str], Mapping[str, Any]]

    @property
    def reporter(self) -> str:
        """Return the reporter's code."""
        return self.resolved_request.reporter.code

    @property
    def edition(self) -> str:
        """Return the code of the edition of the classification in which the commodities are reported."""
        assert self.resolved_request.classification is not None
        return self.resolved_request.classification.code

    def value(self, period: int, code: str) -> Amount | None:
        """Return the exports of the commodity `code` in the period that begins in the month `period`.

        The value is in units of the currency. It is 0 where the source reports every traded commodity of this level but
        not this one. It is null where it is not known, and for a period with an unpublished month.
        """
        row, scope = self.rows.get((period, code)), self.resolved_request.scope
        assert scope is not None
        if not scope.exhaustive:
            return row["value"] if row is not None and row["months"] == scope.period_months else None
        if scope.published_months.month_count(FLOWS["X"], period) != scope.period_months:
            return None
        if row is not None:
            value: Amount | None = row["value"]
            return value
        return 0 if self._is_reported(code) else None

    def _is_reported(self, code: str) -> bool:
        """Return whether the dataset reports commodities of the level of this one."""
        assert self.resolved_request.commodities is not None
        assert self.resolved_request.scope is not None
        commodity = self.resolved_request.commodities.commodity_by_code.get(code)
        return commodity is not None and commodity.id not in self.resolved_request.scope.unreported_commodities


@dataclass(frozen=True)
class ExportsReader:
    """Reader of the exports to the World of the requested reporter, and of the other reporters in the reference group.

    The exports of each reporter are read from one dataset. `parameters` are those of the request for comparative
    advantages.
    """

    context: Context
    parameters: Mapping[str, Any]

    def resolve_reporter(self) -> ResolvedRequest | None:
        """Return the resolved request for the exports of the requested reporter; null where no dataset matches.

        If several datasets match, one whose family of classifications other reporters use is preferred.

        :raises InvalidRequest: a code or a currency is unknown.
        """
        reporter = self.context.find_area("reporter", self.parameters["reporter"])
        datasets = matching_datasets(self.context.session, self.context.reference, reporter, self.parameters)
        other_families = {
            self._family(dataset) for dataset in self._known_datasets() if dataset.reporter_id != reporter.id
        }
        comparable = (dataset for dataset in datasets if self._family(dataset) in other_families)
        dataset = next(comparable, next(iter(datasets), None))
        return None if dataset is None else self._resolve(reporter, dataset, self.parameters)

    def fixed_world(self) -> frozenset[str]:
        """Return the codes of the reporters that the request selects as the reference group (parameter `world`).

        The set is empty where the request selects none: then all other reporters form the group.

        :raises InvalidRequest: a code is unknown.
        """
        codes = self.parameters.get("world") or ()
        return frozenset(self.context.find_area("world", code).code for code in codes)

    def resolve_others(self, resolved: ResolvedRequest, fixed_world: frozenset[str]) -> Iterator[ResolvedRequest]:
        """Yield the resolved request for the exports of each other reporter in the reference group.

        `resolved` is the resolved request for the requested reporter, whose commodities and periods are read.
        `fixed_world` has the codes of the reporters in the group; it is empty for all reporters.
        """
        scope, dataset = resolved.scope, resolved.dataset
        assert scope is not None
        assert dataset is not None
        for other_dataset in self._other_datasets(dataset, resolved.reporter.code, fixed_world):
            codes = self._known_commodity_codes(other_dataset)
            if codes:
                parameters = {
                    **self.parameters,
                    FISCAL_REPORTER: resolved.reporter.code,
                    "commodity": codes,
                    "level": scope.levels,
                    "classification": None,
                }
                reporter = self.context.reference.areas[other_dataset.reporter_id]
                yield self._resolve(reporter, other_dataset, parameters, periods=scope.period_ranges)

    def _other_datasets(self, dataset: Dataset, fiscal_reporter: str, fixed_world: frozenset[str]) -> list[Dataset]:
        """Return the best dataset of each other reporter, in order of the reporters' codes."""
        family, reference, session = self._family(dataset), self.context.reference, self.context.session
        candidates = [each for each in self._known_datasets() if self._family(each) == family]
        reference.publication_calendars(session, [each.id for each in candidates])
        reporters = {reference.areas[each.reporter_id].code: each.reporter_id for each in candidates}
        dataset_filter = {
            "classification": family,
            "commodity": (),
            FISCAL_REPORTER: fiscal_reporter,
            **{name: self.parameters.get(name) for name in ("frequency", "as_of")},
        }
        datasets: list[Dataset] = []
        for code, reporter_id in sorted(reporters.items()):
            if reporter_id != dataset.reporter_id and (not fixed_world or code in fixed_world):
                reporter = reference.areas[reporter_id]
                datasets += matching_datasets(session, reference, reporter, dataset_filter)[:1]
        self._load_datasets(datasets)
        return datasets

    def fetch_exports(self, resolved_requests: Sequence[ResolvedRequest]) -> list[ReporterExports]:
        """Return the exports of several reporters, read by one statement.

        :raises RequestTooLarge: commodities times periods are more than MAX_ROWS.
        """
        scopes = {each.scope.dataset_id: each.scope for each in resolved_requests if each.scope is not None}
        for each in resolved_requests:
            _check_row_count(len(each.selected_commodities()), scopes[_dataset_id(each)])
        rows = defaultdict[int, list[Mapping[str, Any]]](list)
        for row in self.context.fetch(exports_to_world(list(scopes.values()))).mappings():
            rows[row["dataset_id"]].append(row)
        return [_reporter_exports(each, rows[_dataset_id(each)]) for each in resolved_requests]

    def _load_datasets(self, datasets: Sequence[Dataset]) -> None:
        """Load the reported levels and exchange rates of datasets, by as many statements for one as for many."""
        reference, session = self.context.reference, self.context.session
        exhaustive = [dataset for dataset in datasets if dataset.exhaustive]
        reference.load_levels_reported(session, exhaustive, self.parameters.get("as_of"))
        currencies = defaultdict[int, set[str]](set)
        for dataset in datasets:
            currencies[MONTHS_PER_PERIOD[dataset.frequency]].add(dataset.currency)
        for months, reported_currencies in currencies.items():
            load_conversions(
                session, reference, self.parameters, reported_currencies=reported_currencies, period_months=months
            )

    def _known_datasets(self) -> list[Dataset]:
        return self.context.reference.published_datasets(self.parameters.get("as_of"))

    def _known_commodity_codes(self, dataset: Dataset) -> tuple[str, ...]:
        """Return the requested codes that exist in the edition of the dataset; the keyword `all` is kept."""
        codes: tuple[str, ...] = self.parameters["commodity"]
        known_codes = self.context.reference.commodities(
            self.context.session, dataset.classification_id
        ).commodity_by_code
        return tuple(code for code in codes if code.lower() == ALL_KEYWORD or code.upper() in known_codes)

    def _resolve(
        self,
        reporter: Area,
        dataset: Dataset,
        parameters: Mapping[str, Any],
        *,
        periods: tuple[tuple[int, int], ...] | None = None,
    ) -> ResolvedRequest:
        dataset_parameters = {
            "reporter": reporter.code,
            "dataset": dataset.code,
            "partner": (WORLD_CODE,),
            "flow": ("X",),
            "currency": None,
            "fx": None,
        }
        resolved = self.context.resolve({**parameters, **dataset_parameters})
        assert resolved.scope is not None
        scope = replace(
            resolved.scope, conversion=self._conversion(dataset), period_ranges=periods or resolved.scope.period_ranges
        )
        return replace(resolved, scope=scope)

    def _conversion(self, dataset: Dataset) -> Conversion | None:
        return optional_conversion(
            self.context.session,
            self.context.reference,
            self.parameters,
            reported_currency=dataset.currency,
            period_months=MONTHS_PER_PERIOD[dataset.frequency],
        )

    def _family(self, dataset: Dataset) -> str:
        return self.context.reference.classifications[dataset.classification_id].family


def _dataset_id(resolved: ResolvedRequest) -> int:
    assert resolved.dataset is not None
    return resolved.dataset.id


def _reporter_exports(resolved: ResolvedRequest, rows: Sequence[Mapping[str, Any]]) -> ReporterExports:
    """Return the exports of a reporter; values that are not converted are whole numbers."""
    assert resolved.scope is not None
    assert resolved.commodities is not None
    is_converted, commodities = resolved.scope.conversion is not None, resolved.commodities.commodity_by_id
    exports = {}
    for row in rows:
        reported_value = row["reported_value"] if row["is_whole"] else None
        value = row["converted_value"] if is_converted else reported_value
        exports[row["period"], commodities[row["commodity_id"]].code] = {**row, "value": value}
    return ReporterExports(resolved, exports)


def _check_row_count(commodity_count: int, scope: QueryScope) -> None:
    period_count = sum((last - first) // scope.period_months + 1 for first, last in scope.period_ranges)
    if commodity_count * period_count > MAX_ROWS:
        reason = f"one request compares at most {MAX_ROWS} rows; request fewer periods or a coarser level"
        raise RequestTooLarge(
            ParameterError("period", f"{commodity_count} commodities, {period_count} periods", reason)
        )
