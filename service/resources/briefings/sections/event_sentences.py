"""Sentences that compare trade after an event of a measure with trade before it."""

from dataclasses import dataclass

from service.domain.text import format_growth, format_money, format_percent, format_period_range
from service.domain.unrounded_rates import unrounded_rate
from service.resources.briefings.data_source import ResponseRow


@dataclass(frozen=True)
class _ComparisonColumns:
    """The columns of one comparison: numbers of months, sums before and after, growth, shares before and after."""

    months: tuple[str, ...]
    base: str
    value: str
    growth: str
    base_share: str
    share: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all columns of the comparison."""
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
    """Return the sentence on trade before and after an event, and the names of the columns of its numbers.

    The event is the announcement or the entry into force of a trade measure. `row` is a row of
    /v1/measures/{code}/trade. `trade` names the trade in words, such as `exports of machinery to China`; `flow` is
    `exports` or `imports`. The 12 months after the event are compared with the 12 months before it. Where fewer months
    after the event are published, they are compared with the same months a year earlier.
    """
    month_count, matched_count = row["months_since"], row["matched_months"]
    event = "it took effect" if row["event"] == "in_force" else "it was announced"
    if row["growth_status"] == "ok":
        window = f"In the 12 months since {event}, {_format_months(row, 'since')}"
        return (
            f"{window}, {trade} {_describe_comparison(row, YEAR_COMPARISON, 'the 12 months before', flow)}.",
            YEAR_COMPARISON.names,
        )
    if row["matched_status"] == "ok":
        if matched_count == month_count:
            months = f"the {month_count} months"
        else:
            months = f"{matched_count} of {month_count} months"
        preposition = "In" if row["matched_first"] == row["matched_last"] else "From"
        window = f"{preposition} {_format_months(row, 'matched')}, {months} since {event}"
        return (
            f"{window}, {trade} "
            f"{_describe_comparison(row, MATCHED_MONTHS_COMPARISON, 'the same months a year earlier', flow)}.",
            MATCHED_MONTHS_COMPARISON.names,
        )
    months = f"{month_count} month{'s are' if month_count > 1 else ' is'}"
    sentence = f"Since {event} {months} published of {trade}, with none a year earlier to compare with."
    return sentence, MATCHED_MONTHS_COMPARISON.months


def _describe_comparison(row: ResponseRow, columns: _ComparisonColumns, base_period: str, flow: str) -> str:
    base, value = row[columns.base], row[columns.value]
    growth_pct = unrounded_rate(row[columns.growth], value - base, base)
    result = (
        f"came to {format_money(row[columns.value], row['currency'])}, {format_growth(growth_pct)} on {base_period}"
    )
    share, base_share = row[columns.share], row[columns.base_share]
    if row["partner"] == "WLD" or share is None or base_share is None:
        return result
    return f"{result}: {format_percent(share)} of all such {flow}, after {format_percent(base_share)}"


def _format_months(row: ResponseRow, name: str) -> str:
    """Return the range of months in the columns that begin with `name`, `November 2023 to January 2024`."""
    return format_period_range(row[f"{name}_first"], row[f"{name}_last"])
