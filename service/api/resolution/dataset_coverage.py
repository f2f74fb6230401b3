"""Coverage of a request by a dataset: the requested periods, partners and commodities that it has figures of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.analytics.figures.reported_keys import reported_keys
from service.api.resolution.reference_data import Reference
from service.domain.codes import ALL_KEYWORD
from service.domain.fiscal_years import fiscal_year_offset, period_offset
from service.domain.flows import FLOWS
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import Period, PeriodRange, begin_fiscal_years
from service.models import Dataset

CoveredCode = tuple[str, str]
"""A parameter and one of its codes, which a dataset covers."""


@dataclass(frozen=True)
class CoverageReader:
    """A reader that determines which of the requested periods, partners and commodities a dataset has.

    `parameters` are the typed parameters of the request. `fiscal_reporter` is the code of the reporter whose fiscal
    years are used.
    """

    session: Session
    reference: Reference
    parameters: Mapping[str, Any]
    fiscal_reporter: str

    def complete_periods(self, dataset: Dataset) -> frozenset[tuple[int, int]]:
        """Return the flow and the first month of each requested period of which the dataset published every month."""
        return self._periods(dataset, is_complete=True)

    def published_periods(self, dataset: Dataset) -> frozenset[tuple[int, int]]:
        """Return the flow and the first month of each requested period of which the dataset published any month."""
        return self._periods(dataset, is_complete=False)

    def covered_codes(self, dataset: Dataset) -> frozenset[CoveredCode]:
        """Return the requested partners and commodities that the dataset covers, each with the name of its parameter.

        An exhaustive dataset covers every partner, and every commodity on the levels that it reports. A selection
        covers those for which it has a figure.
        """
        key = (dataset.id, *(self.parameters.get(name) for name in ("partner", "commodity", "level", "as_of")))
        codes: frozenset[CoveredCode] = self.reference.coverage_cache.get_or_compute(
            key, lambda: frozenset([*self._covered_partners(dataset), *self._covered_commodities(dataset)])
        )
        return codes

    def commodity_code_count(self, dataset: Dataset) -> int:
        """Return how many of the requested commodities are codes in the classification of the dataset."""
        return len(self._commodity_ids(dataset))

    @property
    def _as_of(self) -> date | None:
        return self.parameters.get("as_of")

    def _periods(self, dataset: Dataset, *, is_complete: bool) -> frozenset[tuple[int, int]]:
        period_months = MONTHS_PER_PERIOD[self.parameters["frequency"]]
        published = self.reference.publication_calendar(self.session, dataset.id).published_months(
            self._as_of,
            period_months=period_months,
            source_period_months=MONTHS_PER_PERIOD[dataset.frequency],
            offset=period_offset(self.parameters["frequency"], reporter=self.fiscal_reporter),
        )
        if published.span is None:
            return frozenset()
        first, last = published.span
        min_months = period_months if is_complete else 1
        return frozenset(
            (flow, period)
            for flow in self._flows()
            for period in range(first, last + 1, period_months)
            if published.month_count(flow, period) >= min_months and self._is_requested(period, period_months)
        )

    def _flows(self) -> list[int]:
        return [FLOWS[flow] for flow in self.parameters.get("flow", FLOWS)]

    def _is_requested(self, period: int, period_months: int) -> bool:
        offset = fiscal_year_offset(self.fiscal_reporter)
        ranges: Sequence[PeriodRange] = begin_fiscal_years(self.parameters.get("period", ()), offset=offset)
        return not ranges or any(_contains(each, period, period_months) for each in ranges)

    def _covered_partners(self, dataset: Dataset) -> list[CoveredCode]:
        codes = self.parameters.get("partner", ())
        commodities = self._commodity_ids(dataset)
        conditions = {"commodity_id": commodities} if commodities else {}
        return [
            ("partner", code)
            for code in codes
            if (dataset.exhaustive and code.lower() != ALL_KEYWORD)
            or self._reported(dataset, "partner_id", self._partner_ids(code), conditions)
        ]

    def _covered_commodities(self, dataset: Dataset) -> list[CoveredCode]:
        if not self.parameters.get("commodity"):
            return []
        edition = self.reference.commodities(self.session, dataset.classification_id)
        levels = self.reference.levels_reported(self.session, dataset, self._as_of)
        partners = [key for code in self.parameters.get("partner", ()) for key in self._partner_ids(code)]
        conditions = {"partner_id": partners} if partners else {}
        covered = []
        for code in self.parameters["commodity"]:
            commodity = edition.commodity_by_code.get(code.upper())
            if code.lower() == ALL_KEYWORD:
                is_covered = bool(self._requested_levels(dataset) & (levels - {0}))
            elif commodity is None:
                is_covered = False
            elif dataset.exhaustive:
                is_covered = commodity.level in levels
            else:
                is_covered = bool(self._reported(dataset, "commodity_id", [commodity.id], conditions))
            covered += [("commodity", code)] if is_covered else []
        return covered

    def _requested_levels(self, dataset: Dataset) -> set[int]:
        levels = self.parameters.get("level")
        default_level = self.reference.classifications[dataset.classification_id].default_level
        edition_levels = self.reference.commodities(self.session, dataset.classification_id).levels
        return set(levels or (edition_levels if default_level is None else [default_level]))

    def _commodity_ids(self, dataset: Dataset) -> list[int]:
        """Return the keys of the requested commodities in the edition of the dataset; none where `all` is requested."""
        codes = self.parameters.get("commodity", ())
        edition = self.reference.commodities(self.session, dataset.classification_id).commodity_by_code
        return [edition[code.upper()].id for code in codes if code.upper() in edition]

    def _partner_ids(self, code: str) -> list[int]:
        """Return the keys whose figures answer a partner: itself, and the members of a group."""
        if code.lower() == ALL_KEYWORD:
            return list(self.reference.single_areas)
        area = self.reference.area_lookup.find(code)
        if area is None:
            return []
        return [area.id, *(entry.member_id for entry in self.reference.members_by_group.get(area.id, ()))]

    def _reported(
        self, dataset: Dataset, column_name: str, keys: Sequence[int], conditions: Mapping[str, Sequence[int]]
    ) -> bool:
        query = reported_keys(
            dataset.id, column_name=column_name, keys=keys, conditions=conditions, as_of=self._as_of
        ).limit(1)
        return bool(keys) and self.session.execute(query).first() is not None


def _contains(requested_range: PeriodRange, period: int, period_months: int) -> bool:
    """Return whether a range contains a part of a period; an open end and `latest` contain every period."""
    has_begun = (
        not isinstance(requested_range.start, Period) or requested_range.start.first_month <= period + period_months - 1
    )
    is_unfinished = not isinstance(requested_range.end, Period) or requested_range.end.last_month >= period
    return has_begun and is_unfinished


def has_closed_ranges(ranges: Sequence[PeriodRange]) -> bool:
    """Return whether each requested range has two explicit ends, so that its periods can be counted."""
    return bool(ranges) and all(isinstance(end, Period) for each in ranges for end in (each.start, each.end))
