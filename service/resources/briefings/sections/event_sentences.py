"""What trade came to since a measure took effect, against before, in words."""

from dataclasses import dataclass

from service.resources.briefings.data_source import Row
from service.resources.briefings.text import money, moved, percent, span_words


@dataclass(frozen=True)
class _Compared:
    """The columns of one comparison: months counted, the sum before and since, growth, the share before and since."""

    months: tuple[str, ...]
    base: str
    value: str
    growth: str
    base_share: str
    share: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return all of them."""
        return (*self.months, self.base, self.value, self.growth, self.base_share, self.share)


YEARS = _Compared(
    ("months_before", "months_since"),
    "before_value",
    "since_value",
    "growth_pct",
    "before_share_pct",
    "since_share_pct",
)
MONTHS = _Compared(
    ("months_since", "matched_months"),
    "matched_base",
    "matched_value",
    "matched_pct",
    "matched_base_share_pct",
    "matched_share_pct",
)


def since_words(around: Row, *, trade: str, flow: str) -> tuple[str, tuple[str, ...]]:
    """Return the sentence on `trade` around the day, and the columns of its numbers.

    A whole year is compared with the year before the day; months that are no year yet with the same months before.
    """
    since, matched = around["months_since"], around["matched_months"]
    event = "it took effect" if around["event"] == "in_force" else "it was announced"
    if around["growth_status"] == "ok":
        when = f"In the 12 months since {event}, {_span(around, 'since')}"
        return f"{when}, {trade} {_came_to(around, YEARS, 'the 12 months before', flow)}.", YEARS.names
    if around["matched_status"] == "ok":
        of_months = f"the {since} months" if matched == since else f"{matched} of {since} months"
        begins = "In" if around["matched_first"] == around["matched_last"] else "From"
        when = f"{begins} {_span(around, 'matched')}, {of_months} since {event}"
        return f"{when}, {trade} {_came_to(around, MONTHS, 'the same months a year before', flow)}.", MONTHS.names
    months = f"{since} month{'s are' if since > 1 else ' is'}"
    sentence = f"Since {event} {months} published of {trade}, with none a year before to compare with."
    return sentence, MONTHS.months


def _came_to(around: Row, compared: _Compared, base: str, flow: str) -> str:
    came_to = f"came to {money(around[compared.value], around['currency'])}, {moved(around[compared.growth])} on {base}"
    share, base_share = around[compared.share], around[compared.base_share]
    if around["partner"] == "WLD" or share is None or base_share is None:
        return came_to
    return f"{came_to}: {percent(share)} of all such {flow}, after {percent(base_share)}"


def _span(around: Row, name: str) -> str:
    """Return `November 2023 to January 2024`, of the months counted."""
    return span_words(around[f"{name}_first"], around[f"{name}_last"])
