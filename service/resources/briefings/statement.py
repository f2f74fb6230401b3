"""A statement of a briefing: a sentence made of numbers, with the request that gives them."""

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
"""Columns that statements take numbers from, and their units; null is the row's currency."""


@dataclass(frozen=True)
class Number:
    """A number of a statement: `name` is the column of a row at the statement's link that it stands in.

    `row` is the key of that row; null where there is one only.
    """

    name: str
    value: float | int | None
    unit: str
    row: str | None = None


@dataclass(frozen=True)
class Source:
    """Where what is no figure of a release is from."""

    title: str
    address: str


@dataclass(frozen=True)
class Statement:
    """One sentence, its numbers, the releases and the status that they come with, and the request that gives them.

    `source` is that of what no release prints; null for figures.
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
    """Return the numbers in the columns of `names`, each with its unit."""
    return tuple(Number(name, row[name], COLUMN_UNITS[name] or row["currency"]) for name in names)


def statement_for_row(
    row: FigureRow, key: str, section: str, sentence: str, link: str, names: Iterable[str]
) -> Statement:
    """Return a statement of the numbers of one row of figures."""
    releases = (row["release"],) if row["release"] else ()
    return Statement(key, section, sentence, link, numbers_from_row(row, names), releases, row["obs_status"])


def missing_statement(key: str, sentence: str, *, link: str) -> Statement:
    """State what cannot be said, and where that can be seen."""
    return Statement(f"missing-{key}", "missing", sentence, link)


def source_from_row(row: FigureRow) -> Source:
    """Return the source of a row of what is no figure."""
    return Source(row["source_title"], row["source_address"])
