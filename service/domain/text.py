"""Formatting of numbers, periods and names in English sentences."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from service.domain.flows import FLOW_NAMES, FLOW_PREPOSITIONS
from service.domain.periods import parse_period
from service.domain.unrounded_rates import unrounded_growth_pct

SCALES = ((10**12, "trillion", 2), (10**9, "billion", 2), (10**6, "million", 1))
_PREPOSITIONS = {name: FLOW_PREPOSITIONS[code] for code, name in FLOW_NAMES.items()}
MINUS_SIGN = "\N{MINUS SIGN}"
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
PART_NAMES = ("first", "second", "third", "fourth")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ORDINAL_SUFFIXES, TEENS = {1: "st", 2: "nd", 3: "rd"}, (11, 12, 13)
CURRENCY_NAMES = {
    "AUD": "Australian dollars",
    "CAD": "Canadian dollars",
    "CHF": "Swiss francs",
    "CNY": "yuan",
    "EUR": "euros",
    "GBP": "pounds",
    "INR": "rupees",
    "JPY": "yen",
    "KRW": "won",
    "NZD": "New Zealand dollars",
    "USD": "US dollars",
}
MAX_NAME_LENGTH = 60
SHORT_GROUP_NAMES = {
    "Asia-Pacific Economic Cooperation": "APEC",
    "Association of Southeast Asian Nations": "ASEAN",
    "Comprehensive and Progressive Agreement for Trans-Pacific Partnership": "CPTPP",
    "European Free Trade Association": "EFTA",
    "Group of Seven": "G7",
    "Group of Twenty (countries)": "G20",
    "Gulf Cooperation Council": "GCC",
    "North American Free Trade Agreement": "NAFTA",
    "Organisation for Economic Co-operation and Development": "OECD",
    "Organization of the Petroleum Exporting Countries": "OPEC",
    "Regional Comprehensive Economic Partnership": "RCEP",
    "Southern Common Market": "MERCOSUR",
    "United States-Mexico-Canada Agreement": "USMCA",
}
"""Short names of groups for sentences, by full name."""
ARTICLE_NAME_PREFIXES = (
    "United ",
    "Netherlands",
    "Philippines",
    "European Union",
    "Czech Republic",
    "Bahamas",
    "Maldives",
    "G7",
    "G20",
    "GCC",
    "OECD",
    "Euro area",
)
STATUS_PHRASES = {
    "base_missing": "the period a year earlier was not published",
    "base_zero": "there was no trade a year earlier",
    "base_negative": "the figure of a year earlier is below zero",
    "value_missing": "the figure was not published",
    "incomplete_period": "the period is incomplete",
    "members_differ": "the group has other members in one of the periods, or a member without a figure",
    "series_break": "the classification changed",
    "not_covered": "the dataset does not cover it",
    "suppressed": "the figure is suppressed",
}
"""Reasons for a missing figure or growth rate, by status. In a sentence they follow the word `as`."""
NO_GROWTH_PHRASES = {
    "base_missing": "with no figure for the year before",
    "base_zero": "after none a year earlier",
    "base_negative": "after a figure below zero a year earlier",
    "value_missing": "with no figure to compare",
    "incomplete_period": "not compared, as the period is incomplete",
    "members_differ": "with other members, or a member without a figure, in one of the periods",
    "series_break": "in a classification that was another a year earlier",
    "not_covered": "with no figures of it in the dataset",
    "suppressed": "with a figure to compare that is suppressed",
}
"""Phrases that replace a growth rate in a sentence, by status. They follow a comma."""
INCOMPLETE_BASE_PHRASE = "the period a year earlier is incomplete"


def display_scale(amount: int) -> tuple[int, str, int]:
    """Return the divisor for display of an amount, the name of its scale, and the number of decimals.

    For example, 7,332,754,388,000 has the scale (10**12, "trillion", 2).
    """
    size = abs(amount)
    for divisor, name, decimals in SCALES:
        if size >= divisor:
            # From 100 billion on, one decimal already gives four digits.
            return divisor, name, 1 if name == "billion" and size >= 100 * divisor else decimals
    return 1, "", 0


def round_for_display(amount: int) -> int:
    """Return the amount as rounded by `format_money`, for example 7,330,000,000,000 for 7,332,754,388,000."""
    divisor, _, decimals = display_scale(amount)
    return int(_round_scaled(amount, divisor, decimals) * divisor)


def format_money(amount: int, currency: str) -> str:
    """Return an amount with its currency but without its sign, such as `7.33 trillion yen`."""
    divisor, name, decimals = display_scale(amount)
    figure = f"{_round_scaled(abs(amount), divisor, decimals):,}"
    return " ".join(filter(None, (figure, name, CURRENCY_NAMES.get(currency, currency))))


def format_value(row: Mapping[str, Any]) -> str:
    """Return the value of a row with its currency but without its sign, such as `7.33 trillion yen`."""
    return format_money(row["value"], row["currency"])


def currency_name(code: str) -> str:
    """Return the name of a currency in the plural, such as `US dollars`; the code if CURRENCY_NAMES lacks it."""
    return CURRENCY_NAMES.get(code, code)


def format_percent(number: float) -> str:
    """Return a percentage without its sign, such as `29.2%`."""
    return f"{abs(_round_to_tenths(number))}%"


def format_signed_percent(number: float) -> str:
    """Return a percentage with its sign, such as `+29.2%`; `0.0%` has no sign."""
    return f"{format_points(number)}%"


def format_points(number: float) -> str:
    """Return a number of percentage points with its sign, such as `+4.3`; `0.0` has no sign."""
    rounded = _round_to_tenths(number)
    return f"{rounded:+}" if rounded else "0.0"


def format_points_size(number: float) -> str:
    """Return a number of percentage points without its sign, such as `4.3`."""
    return f"{abs(_round_to_tenths(number))}"


def is_unchanged(growth_pct: float) -> bool:
    """Return whether a growth rate is zero after rounding to one decimal for display."""
    return _round_to_tenths(growth_pct) == 0


def describe_missing_value(row: Mapping[str, Any]) -> str:
    """Return the reason why a row has no value.

    It is `no figure is published`, `not in the loaded data`, or, for example, `no exchange rate for USD`.
    """
    is_converted = row.get("reported_currency") not in {None, row.get("currency")}
    if is_converted and row.get("exchange_rate") is None and row.get("obs_status") not in {None, "M", "Q"}:
        return f"no exchange rate for {row['currency']}"
    return "not in the loaded data" if row.get("yoy_status") == "not_covered" else "no figure is published"


def describe_growth(row: Mapping[str, Any]) -> str:
    """Return the growth of a row in words, such as `up 29.2% from a year earlier`.

    Without a growth rate it is a phrase with the reason, such as `with no figure for the year before`.
    """
    if row["yoy_pct"] is None:
        return describe_missing_growth(row)
    return f"{format_growth(unrounded_growth_pct(row))} from a year earlier"


def describe_missing_growth(row: Mapping[str, Any], *, status_column: str = "yoy_status") -> str:
    """Return the phrase that replaces a missing growth rate in a text, such as `with no figure for the year before`.

    It depends on the reason why the rate is missing, which is in the column `status_column`. If a period is incomplete,
    the phrase says whether this is the period of the row or the period a year earlier.
    """
    if _is_base_incomplete(row, status_column):
        return f"not compared, as {INCOMPLETE_BASE_PHRASE}"
    return NO_GROWTH_PHRASES[row[status_column]]


def explain_missing_growth(row: Mapping[str, Any]) -> str:
    """Return the reason why a row has no growth rate, such as `there was no trade a year earlier`.

    It is a clause that can follow `as` in a sentence: `not compared, as there was no trade a year earlier`.
    """
    status: str = row["yoy_status"]
    return INCOMPLETE_BASE_PHRASE if _is_base_incomplete(row, "yoy_status") else STATUS_PHRASES.get(status, status)


def format_row_period(row: Mapping[str, Any]) -> str:
    """Return the period of a row in words; that of an incomplete period reads `2024 (1 of 12 months)`."""
    months = describe_months(row)
    return f"{format_period(row['period'])} ({months})" if months else format_period(row["period"])


def describe_months(row: Mapping[str, Any]) -> str:
    """Return text such as `1 of 12 months` for a row with an incomplete period; else an empty string."""
    months = parse_period(row["period"]).months
    return "" if row["period_complete"] or months == 1 else f"{row['months_covered']} of {months} months"


def format_date(day: str) -> str:
    """Return an ISO 8601 date in words: `21 February 2024` for 2024-02-21."""
    parsed_day = date.fromisoformat(day)
    return f"{parsed_day.day} {MONTH_NAMES[parsed_day.month - 1]} {parsed_day.year}"


def format_period(period: str) -> str:
    """Return a period such as 2023-Q4 in words: `the fourth quarter of 2023`.

    Other kinds of periods read `January 2024`, `the first half of 2023`, `2023` and `fiscal year 2023`.
    """
    if period.startswith("FY"):
        return f"fiscal year {period[2:]}"
    year, _, part = period.partition("-")
    if part.startswith("H"):
        return f"the {PART_NAMES[int(part[1:]) - 1]} half of {year}"
    if part.startswith("Q"):
        return f"the {PART_NAMES[int(part[1:]) - 1]} quarter of {year}"
    return f"{MONTH_NAMES[int(part) - 1]} {year}" if part else year


def format_period_range(first: str, last: str) -> str:
    """Return a range of periods in words, such as `November 2023 to January 2024` or `January to June 2024`.

    Equal ends give one period.
    """
    begin, end = format_period(first), format_period(last)
    if begin == end:
        return end
    is_within_year = first[:5] == last[:5] and not first.startswith("FY") and first[5:6] not in {"Q", "H"}
    return f"{begin.removesuffix(f' {last[:4]}') if is_within_year else begin} to {end}"


def ordinal(number: int) -> str:
    """Return a number as an ordinal: a word up to `tenth`, then digits such as `11th` or `22nd`."""
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    ending = "th" if number % 100 in TEENS else ORDINAL_SUFFIXES.get(number % 10, "th")
    return f"{number}{ending}"


def format_area(name: str) -> str:
    """Return the name of an area in a sentence, such as `the United States`; for a group its short name, `ASEAN`."""
    name = SHORT_GROUP_NAMES.get(name, name)
    return f"the {name}" if name.startswith(ARTICLE_NAME_PREFIXES) else name


def short_area_name(name: str) -> str:
    """Return the short name of a group, such as `ASEAN`; the unchanged name of any other area."""
    return SHORT_GROUP_NAMES.get(name, name)


def describe_members(row: Mapping[str, Any]) -> str:
    """Return text such as ` (sum of 5 of 10 members)`, with a leading space, for a group that lacks figures of members.

    The text is empty for any other row.
    """
    missing = row.get("members_missing")
    if not missing:
        return ""
    return f" (sum of {max(row['members_count'] - len(missing), 0)} of {row['members_count']} members)"


def row_partner_phrase(flow: str, row: Mapping[str, Any]) -> str:
    """Return the partner of a row in words, such as `to ASEAN (sum of 5 of 10 members)`.

    `flow` is the name of a flow, such as `exports`.
    """
    return f"{partner_phrase(flow, row['partner_name'])}{describe_members(row)}"


def partner_phrase(flow: str, name: str) -> str:
    """Return a partner in words, such as `to the United States` for exports or `from the United States` for imports.

    `flow` is the name of a flow, such as `exports`, and `name` is the name of the partner.
    """
    return f"{_PREPOSITIONS[flow]} {format_area(name)}"


def possessive(name: str) -> str:
    """Return the possessive of the name of an area, such as `Japan's` or `the United States'`."""
    area = format_area(name)
    return f"{area}'" if area.endswith("s") else f"{area}'s"


def format_sentence(words: str) -> str:
    """Return words as a sentence, with a capital letter and a full stop."""
    return f"{words[:1].upper()}{words[1:]}."


def format_commodity(row: Mapping[str, Any]) -> str:
    """Return the name of a commodity for a sentence, with its code where that is a number.

    A name longer than MAX_NAME_LENGTH that lists several commodities is cut after the first.
    """
    name, code = row["commodity_name"], row["commodity"]
    if len(name) > MAX_NAME_LENGTH and ";" in name:
        name = f"{name.partition(';')[0]} etc"
    if not name[1:2].isupper():
        name = f"{name[:1].lower()}{name[1:]}"
    return f"{name} ({code})" if code.isdigit() else name


def format_growth(growth_pct: float) -> str:
    """Return a growth rate in words: `up 29.2%`, `down 3.5%` or `unchanged`."""
    rounded_pct = _round_to_tenths(growth_pct)
    return f"{'up' if rounded_pct > 0 else 'down'} {abs(rounded_pct)}%" if rounded_pct else "unchanged"


def _is_base_incomplete(row: Mapping[str, Any], status_column: str) -> bool:
    return row[status_column] == "incomplete_period" and bool(row["period_complete"])


def _round_to_tenths(number: float) -> Decimal:
    # Rounding starts from the decimal text: the binary value of 0.05 differs slightly and would round differently.
    return Decimal(str(number)).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def _round_scaled(amount: int, divisor: int, decimals: int) -> Decimal:
    return (Decimal(amount) / divisor).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
