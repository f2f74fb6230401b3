"""The request for a comparison of both sides of a flow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.api.database.context import Context
from service.api.resolution.reference_data import Reference
from service.domain.fiscal_years import FISCAL_REPORTER, fiscal_year_offset
from service.domain.frequencies import FISCAL_YEARS, MONTHS_PER_PERIOD
from service.domain.periods import PeriodRange, begin_fiscal_years

MIRROR_FLOWS = {"X": "M", "M": "X"}
"""The flow in the report of the other side, by flow."""


@dataclass(frozen=True)
class MirrorRequest:
    """The parameters of a request for a mirror comparison, with the context that resolves their codes."""

    context: Context
    parameters: Mapping[str, Any]

    @property
    def session(self) -> Session:
        """Return the session for reference tables."""
        return self.context.session

    @property
    def reference(self) -> Reference:
        """Return the reference data."""
        return self.context.reference

    @property
    def reporter_flows(self) -> tuple[str, ...]:
        """Return the requested flows from the reporter's view, such as `X`."""
        flows: tuple[str, ...] = self.parameters["flow"]
        return flows

    @property
    def partner_flows(self) -> tuple[str, ...]:
        """Return the same flows from the partner's view, in the same order: `M` where the reporter has `X`."""
        return tuple(MIRROR_FLOWS[flow] for flow in self.reporter_flows)

    @property
    def periods(self) -> tuple[PeriodRange, ...]:
        """Return the requested ranges of periods, in which ends may be open or the keyword `latest`."""
        offset = fiscal_year_offset(self.parameters[FISCAL_REPORTER])
        return begin_fiscal_years(self.parameters["period"], offset=offset)

    @property
    def period_months(self) -> int:
        """Return the length of a period in months."""
        return MONTHS_PER_PERIOD[self.parameters["frequency"]]

    @property
    def fiscal_offset(self) -> int | None:
        """Return how many months after January fiscal years begin; null unless fiscal years are requested."""
        is_fiscal = self.parameters["frequency"] == FISCAL_YEARS
        return fiscal_year_offset(self.parameters[FISCAL_REPORTER]) if is_fiscal else None

    @property
    def as_of(self) -> date | None:
        """Return the day as of which figures are requested; null for the newest figures."""
        day: date | None = self.parameters.get("as_of")
        return day
