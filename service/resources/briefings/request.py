"""What a briefing is about."""

from dataclasses import dataclass

from service.domain.periods import parse_period, period_text
from service.resources.briefings.text import period_words

FLOWS = {"exports": "X", "imports": "M"}
ALL_ROWS = "10000"
MAIN_PARTNERS = 3
"""Of how many main partners more than their totals is told."""


@dataclass(frozen=True)
class Asked:
    """What a briefing is about; `currency` is a second one, null for none, and `top` is how many main partners."""

    reporter_name: str
    period: str
    currency: str | None
    fx: str | None
    top: int

    @property
    def when(self) -> str:
        """Return the period in words."""
        return period_words(self.period)

    @property
    def last_month(self) -> str:
        """Return the last month of the period, 2024-01."""
        return period_text(parse_period(self.period).last, months=1)
