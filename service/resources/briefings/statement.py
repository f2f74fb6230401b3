"""Statements of a briefing: sentences with their numbers, and the requests that return these."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FigureRow = Mapping[str, Any]

SECTIONS = {
    "totals": "Totals",
    "balance": "Balance",
    "partners": "Main partners",
    "second_currency": "In a second currency",
    "contributions": "Partners behind the growth",
    "commodities": "Goods",
    "partner_commodities": "Goods to and from the main partners",
    "measures": "Trade measures",
    "indicators": "Surveys and context",
    "missing": "What is missing",
}
"""The sections of a briefing, in order, and their titles."""

COLUMN_UNITS = {
    "value": None,
    "yoy_base": None,
    "yoy_pct": "%",
    "ytd_value": None,
    "ytd_pct": "%",
    "fytd_value": None,
    "fytd_pct": "%",
    "jan_feb_pct": "%",
    "streak_length": "periods",
    "partner_share_pct": "%",
    "partner_contribution_pp": "pp",
    "commodity_share_pct": "%",
    "commodity_contribution_pp": "pp",
    "rank": "place",
    "exports_value": None,
    "imports_value": None,
    "balance": None,
    "balance_base": None,
    "balance_change": None,
    "balance_magnitude_pct": "%",
    "exchange_rate": "rate",
    "months_before": "months",
    "months_since": "months",
    "before_value": None,
    "since_value": None,
    "growth_pct": "%",
    "before_share_pct": "%",
    "since_share_pct": "%",
    "matched_months": "months",
    "matched_base": None,
    "matched_value": None,
    "matched_pct": "%",
    "matched_base_share_pct": "%",
    "matched_share_pct": "%",
}
"""Units of the columns that statements quote; null for the currency of the row."""


@dataclass(frozen=True)
class Number:
    """A number of a statement. `name` is its column in the response at the statement's link.

    `row` is the key of the row with the number in this response; null where the response has only one row.
    """

    name: str
    value: float | int | None
    unit: str
    row: str | None = None


@dataclass(frozen=True)
class Source:
    """The source of a measure or an indicator: its title and its URL."""

    title: str
    address: str


@dataclass(frozen=True)
class Statement:
    """One sentence with its numbers, the URL of the request that returns them, their releases and their status.

    `source` is null for trade figures.
    """

    id: str
    section: str
    sentence: str
    link: str
    numbers: tuple[Number, ...] = ()
    releases: tuple[str, ...] = ()
    obs_status: str | None = None
    source: Source | None = None


def numbers_from_row(row: FigureRow, names: Iterable[str]) -> tuple[Number, ...]:
    """Return the numbers in the columns `names` of a row, each with its unit."""
    return tuple([Number(name, row[name], COLUMN_UNITS[name] or row["currency"]) for name in names])


def statement_for_row(
    row: FigureRow, key: str, section: str, sentence: str, link: str, names: Iterable[str]
) -> Statement:
    """Return a statement whose numbers are columns of one row. `names` are the names of these columns.

    `key` is the id of the statement, and `link` the URL of the request that returns the row.
    """
    releases = (row["release"],) if row["release"] else ()
    return Statement(key, section, sentence, link, numbers_from_row(row, names), releases, row["obs_status"])


def missing_statement(key: str, sentence: str, *, link: str) -> Statement:
    """Return the statement that figures are missing. Its id is `missing-` followed by `key`.

    `link` is the URL of the request that returns no figures.
    """
    return Statement(f"missing-{key}", "missing", sentence, link)


def source_from_row(row: FigureRow) -> Source:
    """Return the source of a row of measures or indicators."""
    return Source(row["source_title"], row["source_address"])
