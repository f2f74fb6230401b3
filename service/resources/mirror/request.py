"""What is asked of both sides of a flow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from service.api.resolution.reference_data import Reference
from service.domain.frequencies import MONTHS
from service.domain.periods import PeriodRange

MIRRORED = {"X": "M", "M": "X"}
"""What one side's flow is on the other side."""


@dataclass(frozen=True)
class Question:
    """The parameters of a request, and what they are resolved against."""

    session: Session
    reference: Reference
    asked: Mapping[str, Any]

    @property
    def flows(self) -> tuple[str, ...]:
        """Return the reporter's flows."""
        flows: tuple[str, ...] = self.asked["flow"]
        return flows

    @property
    def mirrored(self) -> tuple[str, ...]:
        """Return the partner's flows, each opposite the reporter's."""
        return tuple(MIRRORED[flow] for flow in self.flows)

    @property
    def periods(self) -> tuple[PeriodRange, ...]:
        """Return the ranges of periods as they were asked for."""
        periods: tuple[PeriodRange, ...] = self.asked["period"]
        return periods

    @property
    def step(self) -> int:
        """Return the length of a period in months."""
        return MONTHS[self.asked["frequency"]]

    @property
    def as_of(self) -> date | None:
        """Return the day whose knowledge is asked for; null for today's."""
        day: date | None = self.asked.get("as_of")
        return day
