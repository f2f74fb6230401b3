"""The world that a reporter is compared with: all reporters that are loaded in the same family of classifications."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from service.analytics.figures.currency_conversion import Conversion
from service.analytics.scope import QueryScope
from service.api.database.context import Context
from service.api.resolution.currency_conversion import optional_conversion
from service.api.resolution.dataset_selection import matching_datasets
from service.api.resolution.resolver import ResolvedRequest
from service.domain.codes import ALL_KEYWORD, WORLD_CODE
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.rounding import Amount
from service.errors import ParameterError, RequestTooLarge
from service.models import Area, Dataset
from service.resources.comparative_advantage.queries import exports_to_world

MAX_ROWS = 10_000


@dataclass(frozen=True)
class ReporterExports:
    """What one reporter exports to the World, in one currency, by period and code of the commodity."""

    resolved_request: ResolvedRequest
    rows: Mapping[tuple[int, str], Mapping[str, Any]]

    @property
    def reporter(self) -> str:
        """Return the reporter's code."""
        return self.resolved_request.reporter.code

    @property
    def edition(self) -> str:
        """Return the code of the edition that it reports in."""
        assert self.resolved_request.classification is not None
        return self.resolved_request.classification.code

    def value(self, period: int, code: str) -> Amount | None:
        """Return the exports of a commodity in the whole of a period, in units of the currency.

        0 where an exhaustive source prints other goods of that level, but not this one; null where it is not known.
        """
        row = self.rows.get((period, code))
        if row is not None:
            complete = row["months"] == self.resolved_request.period_months
            value: Amount | None = row["value"] if complete else None
            return value
        assert self.resolved_request.commodities is not None
        assert self.resolved_request.scope is not None
        good = self.resolved_request.commodities.commodity_by_code.get(code)
        traded = (
            good is not None
            and self.resolved_request.scope.exhaustive
            and (period, good.level) in self._reported_levels
        )
        return 0 if traded else None

    @cached_property
    def _reported_levels(self) -> set[tuple[int, int]]:
        assert self.resolved_request.commodities is not None
        levels = {code: good.level for code, good in self.resolved_request.commodities.commodity_by_code.items()}
        return {(period, levels[code]) for period, code in self.rows}


@dataclass(frozen=True)
class ExportsReader:
    """Reads what reporters export, each from one dataset, as a request asks."""

    context: Context
    parameters: Mapping[str, Any]

    def reporter_exports(self) -> ReporterExports | None:
        """Return what the reporter exports; null where none of its datasets fits.

        Of those that fit, a dataset goes first whose family of classifications others report in, too.

        :raises InvalidRequest: a code or a currency is unknown.
        """
        reporter = self.context.find_area("reporter", self.parameters["reporter"])
        fitting = matching_datasets(self.context.session, self.context.reference, reporter, self.parameters)
        datasets = self._known_datasets()
        shared = {self._family(dataset) for dataset in datasets if dataset.reporter_id != reporter.id}
        best = next((dataset for dataset in fitting if self._family(dataset) in shared), next(iter(fitting), None))
        return None if best is None else self._fetch_exports(reporter, best, self.parameters)

    def other_exports(self, reporter_exports: ReporterExports) -> Iterator[ReporterExports]:
        """Yield what each other reporter exports of the same goods in the same periods."""
        scope, dataset = reporter_exports.resolved_request.scope, reporter_exports.resolved_request.dataset
        assert scope is not None
        assert dataset is not None
        alike = {name: self.parameters.get(name) for name in ("frequency", "as_of")}
        asked = {"classification": self._family(dataset), "commodity": (), **alike}
        reporters = {each.reporter_id for each in self._known_datasets()} - {dataset.reporter_id}
        for reporter in sorted((self.context.reference.areas[key] for key in reporters), key=lambda area: area.code):
            for other in matching_datasets(self.context.session, self.context.reference, reporter, asked)[:1]:
                goods = self._known_commodity_codes(other)
                if goods:
                    like_own = {**self.parameters, "commodity": goods, "level": scope.levels, "classification": None}
                    yield self._fetch_exports(reporter, other, like_own, periods=scope.period_ranges)

    def _known_datasets(self) -> list[Dataset]:
        return self.context.reference.published_datasets(self.parameters.get("as_of"))

    def _known_commodity_codes(self, dataset: Dataset) -> tuple[str, ...]:
        """Return the codes asked for that the dataset's edition knows, or the word for all of them."""
        codes: tuple[str, ...] = self.parameters["commodity"]
        known = self.context.reference.commodities(self.context.session, dataset.classification_id).commodity_by_code
        return tuple(code for code in codes if code.lower() == ALL_KEYWORD or code.upper() in known)

    def _fetch_exports(
        self,
        reporter: Area,
        dataset: Dataset,
        parameters: Mapping[str, Any],
        *,
        periods: tuple[tuple[int, int], ...] | None = None,
    ) -> ReporterExports:
        of_dataset = {"reporter": reporter.code, "dataset": dataset.code, "partner": (WORLD_CODE,), "flow": ("X",)}
        unconverted = {"currency": None, "fx": None}
        resolved = self.context.resolve({**parameters, **of_dataset, **unconverted})
        assert resolved.scope is not None
        assert resolved.commodities is not None
        scope = replace(
            resolved.scope, conversion=self._conversion(dataset), period_ranges=periods or resolved.scope.period_ranges
        )
        _check_row_count(len(resolved.selected_commodities()), scope)
        codes = {key: good.code for key, good in resolved.commodities.commodity_by_id.items()}
        found = self.context.fetch(exports_to_world(scope)).mappings()
        rows = {(row["period"], codes[row["commodity_id"]]): row for row in found}
        return ReporterExports(replace(resolved, scope=scope), rows)

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


def _check_row_count(commodity_count: int, scope: QueryScope) -> None:
    periods = sum((last - first) // scope.period_months + 1 for first, last in scope.period_ranges)
    if commodity_count * periods > MAX_ROWS:
        reason = f"at most {MAX_ROWS} rows are compared at once; ask for fewer periods or a coarser level"
        raise RequestTooLarge(ParameterError("period", f"{commodity_count} commodities, {periods} periods", reason))
