"""The request for a comparison of both sides of a flow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.api.database.context import Context
from service.api.resolution.reference_data import Reference
from service.domain.frequencies import MONTHS_PER_PERIOD
from service.domain.periods import PeriodRange

MIRROR_FLOWS = {"X": "M", "M": "X"}
"""The flow in the report of the other side, by flow."""


@dataclass(frozen=True)
class MirrorRequest:
    """The parameters of a request, with the context that resolves them."""

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
        """Return the reporter's flows."""
        flows: tuple[str, ...] = self.parameters["flow"]
        return flows

    @property
    def partner_flows(self) -> tuple[str, ...]:
        """Return the partner's flows, in the order of the reporter's."""
        return tuple(MIRROR_FLOWS[flow] for flow in self.reporter_flows)

    @property
    def periods(self) -> tuple[PeriodRange, ...]:
        """Return the requested ranges of periods, not yet resolved."""
        periods: tuple[PeriodRange, ...] = self.parameters["period"]
        return periods

    @property
    def period_months(self) -> int:
        """Return the length of a period in months."""
        return MONTHS_PER_PERIOD[self.parameters["frequency"]]

    @property
    def as_of(self) -> date | None:
        """Return the day of the requested vintage; null for the newest one."""
        day: date | None = self.parameters.get("as_of")
        return day
