"""The world that a reporter is compared with: all reporters that are loaded in the same family of classifications."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from service.analytics.figures.currency_conversion import Conversion
from service.analytics.scope import Scope
from service.api.resolution.currency_conversion import conversion_if_quoted
from service.api.resolution.dataset_selection import fitting_datasets
from service.api.resolution.reference_data import EVERY, WORLD, Reference
from service.api.resolution.resolver import Resolved, Resolver
from service.domain.frequencies import MONTHS
from service.domain.ratios import Amount
from service.errors import Fault, RequestTooLarge
from service.models import Area, Dataset
from service.resources.comparative_advantage.queries import exports_to_the_world

MOST_ROWS = 10_000


@dataclass(frozen=True)
class Exports:
    """What one reporter exports to the World, in one currency, by period and code of the commodity."""

    resolved: Resolved
    rows: Mapping[tuple[int, str], RowMapping]

    @property
    def reporter(self) -> str:
        """Return the reporter's code."""
        return self.resolved.reporter.code

    @property
    def edition(self) -> str:
        """Return the code of the edition that it reports in."""
        assert self.resolved.classification is not None
        return self.resolved.classification.code

    def value(self, period: int, code: str) -> Amount | None:
        """Return the exports of a commodity in the whole of a period, in units of the currency.

        0 where an exhaustive source prints other goods of that level, but not this one; null where it is not known.
        """
        row = self.rows.get((period, code))
        if row is not None:
            complete = row["months"] == self.resolved.step
            value: Amount | None = row["value"] if complete else None
            return value
        assert self.resolved.goods is not None
        assert self.resolved.scope is not None
        good = self.resolved.goods.by_code.get(code)
        traded = good is not None and self.resolved.scope.exhaustive and (period, good.level) in self._printed
        return 0 if traded else None

    @cached_property
    def _printed(self) -> set[tuple[int, int]]:
        assert self.resolved.goods is not None
        levels = {code: good.level for code, good in self.resolved.goods.by_code.items()}
        return {(period, levels[code]) for period, code in self.rows}


@dataclass(frozen=True)
class Reader:
    """Reads what reporters export, each from one dataset, as a request asks."""

    session: Session
    reference: Reference
    asked: Mapping[str, Any]

    def own(self) -> Exports | None:
        """Return what the reporter exports; null where none of its datasets fits.

        Of those that fit, a dataset goes first whose family of classifications others report in, too.

        :raises InvalidRequest: a code or a currency is unknown.
        """
        reporter = Resolver(self.session, self.reference, self.asked).area("reporter", self.asked["reporter"])
        fitting = fitting_datasets(self.session, self.reference, reporter, self.asked)
        datasets = self._datasets_known()
        shared = {self._family(dataset) for dataset in datasets if dataset.reporter_id != reporter.id}
        best = next((dataset for dataset in fitting if self._family(dataset) in shared), next(iter(fitting), None))
        return None if best is None else self._exports(reporter, best, self.asked)

    def others(self, own: Exports) -> Iterator[Exports]:
        """Yield what each other reporter exports of the same goods in the same periods."""
        scope, dataset = own.resolved.scope, own.resolved.dataset
        assert scope is not None
        assert dataset is not None
        alike = {name: self.asked.get(name) for name in ("frequency", "as_of")}
        asked = {"classification": self._family(dataset), "commodity": (), **alike}
        reporters = {each.reporter_id for each in self._datasets_known()} - {dataset.reporter_id}
        for reporter in sorted((self.reference.areas[key] for key in reporters), key=lambda area: area.code):
            for other in fitting_datasets(self.session, self.reference, reporter, asked)[:1]:
                goods = self._goods_known(other)
                if goods:
                    like_own = {**self.asked, "commodity": goods, "level": scope.levels, "classification": None}
                    yield self._exports(reporter, other, like_own, periods=scope.periods)

    def _datasets_known(self) -> list[Dataset]:
        return self.reference.datasets_known(self.asked.get("as_of"))

    def _goods_known(self, dataset: Dataset) -> tuple[str, ...]:
        """Return the codes asked for that the dataset's edition knows, or the word for all of them."""
        codes: tuple[str, ...] = self.asked["commodity"]
        known = self.reference.goods(self.session, dataset.classification_id).by_code
        return tuple(code for code in codes if code.lower() == EVERY or code.upper() in known)

    def _exports(
        self,
        reporter: Area,
        dataset: Dataset,
        asked: Mapping[str, Any],
        *,
        periods: tuple[tuple[int, int], ...] | None = None,
    ) -> Exports:
        of_dataset = {"reporter": reporter.code, "dataset": dataset.code, "partner": (WORLD,), "flow": ("X",)}
        unconverted = {"currency": None, "fx": None}
        resolved = Resolver(self.session, self.reference, {**asked, **of_dataset, **unconverted}).resolve()
        assert resolved.scope is not None
        assert resolved.goods is not None
        scope = replace(resolved.scope, conversion=self._conversion(dataset), periods=periods or resolved.scope.periods)
        _refuse_too_many(len(resolved.goods_asked()), scope)
        codes = {key: good.code for key, good in resolved.goods.by_id.items()}
        found = self.session.execute(exports_to_the_world(scope)).mappings()
        rows = {(row["period"], codes[row["commodity_id"]]): row for row in found}
        return Exports(replace(resolved, scope=scope), rows)

    def _conversion(self, dataset: Dataset) -> Conversion | None:
        return conversion_if_quoted(
            self.session, self.reference, self.asked, reported=dataset.currency, step=MONTHS[self.asked["frequency"]]
        )

    def _family(self, dataset: Dataset) -> str:
        return self.reference.classifications[dataset.classification_id].family


def _refuse_too_many(goods: int, scope: Scope) -> None:
    periods = sum((last - first) // scope.step + 1 for first, last in scope.periods)
    if goods * periods > MOST_ROWS:
        reason = f"at most {MOST_ROWS} rows are compared at once; ask for fewer periods or a coarser level"
        raise RequestTooLarge(Fault("period", f"{goods} commodities, {periods} periods", reason))
