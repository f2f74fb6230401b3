"""Time series of a chart: rows grouped by series, the names of series, and the value that is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.flows import FLOW_NAMES, FLOW_PREPOSITIONS
from service.domain.text import (
    describe_members,
    format_area,
    format_commodity,
    format_row_period,
    possessive,
    short_area_name,
)

ChartRow = Mapping[str, Any]
SERIES_KEY = ("flow", "partner", "commodity")
PROVISIONAL_STATUSES = {"P": "provisional", "E": "estimated"}
STATUS_NAMES = {**PROVISIONAL_STATUSES, "M": "missing", "Q": "suppressed"}
"""Names of the statuses of figures that are not final."""


@dataclass(frozen=True)
class Series:
    """The rows of one time series: of one flow, partner and commodity, in ascending order of their periods.

    A period without a figure has a null value.
    """

    rows: Sequence[ChartRow]

    @cached_property
    def last_row(self) -> ChartRow:
        """Return the last row that has a value; if no row has one, the last row."""
        return next((row for row in reversed(self.rows) if row["value"] is not None), self.rows[-1])


def group_series(rows: Sequence[ChartRow]) -> list[Series]:
    """Return the rows grouped by series, in the order in which the series first appear."""
    groups: dict[tuple[str, ...], list[ChartRow]] = {}
    for row in rows:
        groups.setdefault(tuple(row[column] for column in SERIES_KEY), []).append(row)
    return [Series(sorted(group, key=lambda row: row["period"])) for group in groups.values()]


def series_names(all_series: Sequence[Series]) -> list[str]:
    """Return a short name for each series: only the flow, partner or commodity in which the series differ."""
    first_rows = [series.rows[0] for series in all_series]
    columns = [column for column in SERIES_KEY if len({row[column] for row in first_rows}) > 1]
    return [", ".join(_name(row, column) for column in columns or ("flow",)) for row in first_rows]


def share_column(row: ChartRow) -> str:
    """Return the name of the column with the share of a row.

    For any partner but the World this is its share in the trade with the World; for the World it is the share of the
    commodity in all commodities.
    """
    return "partner_share_pct" if row["partner"] != WORLD_CODE else "commodity_share_pct"


def describe_trade(row: ChartRow, *, reporter_name: str | None) -> str:
    """Return the trade of a row in words, such as `Japan's exports of cars to China`, or `exports of cars to China`.

    If `reporter_name` is null, the words leave out the reporter.
    """
    flow = FLOW_NAMES[row["flow"]]
    owner = "" if reporter_name is None else f"{possessive(reporter_name)} "
    commodity = "" if row["commodity"] == TOTAL_CODE else f" of {format_commodity(row)}"
    return f"{owner}{flow}{commodity}{partner_words(row)}"


def partner_words(row: ChartRow) -> str:
    """Return the words for the partner of a row, such as ` to China` or ` from China`; empty for the World."""
    if row["partner"] == WORLD_CODE:
        return ""
    return f" {FLOW_PREPOSITIONS[row['flow']]} {format_area(row['partner_name'])}{describe_members(row)}"


def is_provisional(row: ChartRow) -> bool:
    """Return whether the figure of a row is provisional or estimated."""
    return row["obs_status"] in PROVISIONAL_STATUSES


def period_heading(row: ChartRow) -> str:
    """Return the period of a row as a heading, such as `January 2024` or `First quarter of 2024 (1 of 3 months)`."""
    words = format_row_period(row).removeprefix("the ")
    return f"{words[:1].upper()}{words[1:]}"


def describe_status(row: ChartRow) -> str:
    """Return the word for the status of a figure, such as `provisional` or `final`."""
    return STATUS_NAMES.get(row["obs_status"] or "", "final")


def describe_statuses(rows: Sequence[ChartRow]) -> str:
    """Return `provisional` or `estimated` if figures of the rows have this status; empty if none has.

    The text is `provisional or estimated` if both occur.
    """
    statuses = {row.get("obs_status") for row in rows}
    return " or ".join(name for status, name in PROVISIONAL_STATUSES.items() if status in statuses)


def _name(row: ChartRow, column: str) -> str:
    if column == "flow":
        return FLOW_NAMES[row["flow"]].capitalize()
    if column == "partner":
        return f"{short_area_name(row['partner_name'])}{describe_members(row)}"
    return str(row["commodity_name"])
