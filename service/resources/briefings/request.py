"""The request for a briefing."""

from dataclasses import dataclass

from service.domain.periods import parse_period, period_text
from service.domain.text import format_period

FLOW_CODE_BY_NAME = {"exports": "X", "imports": "M"}
MAX_LIMIT = "10000"
MAX_DETAILED_PARTNERS = 3
"""The number of main partners with statements on commodities."""


@dataclass(frozen=True)
class BriefingRequest:
    """The subject of a briefing: reporter, period, second currency (null for none) and number of main partners."""

    reporter_name: str
    period: str
    currency: str | None
    fx: str | None
    max_partners: int

    @property
    def period_name(self) -> str:
        """Return the period in words."""
        return format_period(self.period)

    @property
    def last_month(self) -> str:
        """Return the last month of the period, such as 2024-01."""
        return period_text(parse_period(self.period).last_month, months=1)
