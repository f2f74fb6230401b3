"""What trade came to since a measure took effect, against before, in words."""

from dataclasses import dataclass

from service.resources.briefings.data_source import ResponseRow
from service.resources.briefings.text import format_growth, format_money, format_percent, format_period_range


@dataclass(frozen=True)
class _ComparisonColumns:
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


YEAR_COMPARISON = _ComparisonColumns(
    ("months_before", "months_since"),
    "before_value",
    "since_value",
    "growth_pct",
    "before_share_pct",
    "since_share_pct",
)
MATCHED_MONTHS_COMPARISON = _ComparisonColumns(
    ("months_since", "matched_months"),
    "matched_base",
    "matched_value",
    "matched_pct",
    "matched_base_share_pct",
    "matched_share_pct",
)


def describe_event_trade(row: ResponseRow, *, trade: str, flow: str) -> tuple[str, tuple[str, ...]]:
    """Return the sentence on `trade` around the day, and the columns of its numbers.

    A whole year is compared with the year before the day; months that are no year yet with the same months before.
    """
    since, matched = row["months_since"], row["matched_months"]
    event = "it took effect" if row["event"] == "in_force" else "it was announced"
    if row["growth_status"] == "ok":
        when = f"In the 12 months since {event}, {_format_months(row, 'since')}"
        return (
            f"{when}, {trade} {_describe_comparison(row, YEAR_COMPARISON, 'the 12 months before', flow)}.",
            YEAR_COMPARISON.names,
        )
    if row["matched_status"] == "ok":
        of_months = f"the {since} months" if matched == since else f"{matched} of {since} months"
        begins = "In" if row["matched_first"] == row["matched_last"] else "From"
        when = f"{begins} {_format_months(row, 'matched')}, {of_months} since {event}"
        return (
            f"{when}, {trade} "
            f"{_describe_comparison(row, MATCHED_MONTHS_COMPARISON, 'the same months a year before', flow)}.",
            MATCHED_MONTHS_COMPARISON.names,
        )
    months = f"{since} month{'s are' if since > 1 else ' is'}"
    sentence = f"Since {event} {months} published of {trade}, with none a year before to compare with."
    return sentence, MATCHED_MONTHS_COMPARISON.months


def _describe_comparison(row: ResponseRow, columns: _ComparisonColumns, base_period: str, flow: str) -> str:
    came_to = (
        f"came to {format_money(row[columns.value], row['currency'])}, "
        f"{format_growth(row[columns.growth])} on {base_period}"
    )
    share, base_share = row[columns.share], row[columns.base_share]
    if row["partner"] == "WLD" or share is None or base_share is None:
        return came_to
    return f"{came_to}: {format_percent(share)} of all such {flow}, after {format_percent(base_share)}"


def _format_months(row: ResponseRow, name: str) -> str:
    """Return `November 2023 to January 2024`, of the months counted."""
    return format_period_range(row[f"{name}_first"], row[f"{name}_last"])
