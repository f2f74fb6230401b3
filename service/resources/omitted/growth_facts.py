"""Facts on the growth of a series: growth in another currency, growth over two years, and effects of the calendar."""

from collections.abc import Iterator
from datetime import date

from service.domain.calendar_facts import moved_lunar_new_year, working_days
from service.domain.periods import parse_period
from service.domain.text import (
    currency_name,
    format_area,
    format_date,
    format_growth,
    format_period,
)
from service.domain.unrounded_rates import unrounded_growth_pct, unrounded_rate
from service.resources.omitted.facts import Fact, FactFigure, SeriesFacts

MIN_CURRENCY_DIFFERENCE_PP = 2
MIN_BASE_CHANGE_PCT = 5
PARTNER_CURRENCIES = {
    **{"CHN": "CNY", "USA": "USD", "GBR": "GBP", "KOR": "KRW", "JPN": "JPY", "IND": "INR", "AUS": "AUD", "CAN": "CAD"},
    **{"THA": "THB", "SGP": "SGD", "MYS": "MYR", "IDN": "IDR", "PHL": "PHP", "HKG": "HKD", "MEX": "MXN", "BRA": "BRL"},
    **{"CHE": "CHF", "SWE": "SEK", "NOR": "NOK", "POL": "PLN", "TUR": "TRY", "ZAF": "ZAR", "NZL": "NZD", "EU": "EUR"},
    **dict.fromkeys(("DEU", "FRA", "ITA", "ESP", "NLD", "BEL", "AUT", "IRL", "FIN", "PRT", "GRC", "EA"), "EUR"),
}
"""Currencies of the main partners that the European Central Bank quotes, by code of area."""
LUNAR_NEW_YEAR_AREAS = frozenset({"WLD", "CHN", "HKG", "TWN", "KOR", "SGP", "VNM", "MYS", "IDN", "ASEAN", "MAC"})


def growth_by_currency(facts: SeriesFacts) -> Iterator[Fact]:
    """Yield a fact on growth in dollars, and one on growth in the partner's currency.

    Each is left out where this growth differs from that in the reported currency by 2 percentage points or less.
    """
    row = facts.row
    currencies = dict.fromkeys(("USD", PARTNER_CURRENCIES.get(row["partner"])))
    for currency in currencies:
        if currency is None or currency == row["currency"] or row["yoy_pct"] is None:
            continue
        link = facts.link("/v1/series", currency=currency)
        converted = next(iter(facts.rows(link)), None)
        if converted is None or converted["yoy_pct"] is None:
            continue
        growth, reported_growth = (format_growth(unrounded_growth_pct(each)) for each in (converted, row))
        if abs(converted["yoy_pct"] - row["yoy_pct"]) > MIN_CURRENCY_DIFFERENCE_PP:
            sentence = (
                f"In {currency_name(currency)}, {facts.subject} in {facts.period_name} were "
                f"{growth} from a year earlier, against {reported_growth} in "
                f"{currency_name(row['currency'])}."
            )
            yield Fact("in_other_currency", sentence, link, (FactFigure("yoy_pct", converted["yoy_pct"], "%"),))


def base_effect(facts: SeriesFacts) -> Iterator[Fact]:
    """Yield a fact on growth over two years, if the figure a year earlier had itself changed by more than 5%."""
    parsed = parse_period(facts.period)
    year, earlier = (str(parsed.shift(-months)) for months in (12, 24))
    link = facts.link("/v1/series", period=f"{earlier},{year},{facts.period}")
    rows = {row["period"]: row for row in facts.rows(link)}
    values = [rows.get(period, {}).get("value") for period in (earlier, year, facts.period)]
    base_pct, two_year_pct = rows.get(year, {}).get("yoy_pct"), facts.row["two_year_pct"]
    if base_pct is None or two_year_pct is None or abs(base_pct) <= MIN_BASE_CHANGE_PCT:
        return
    base, _, value = values
    two_year_growth = format_growth(unrounded_rate(two_year_pct, value - base if base else None, base))
    sentence = (
        f"Over two years {facts.subject} were {two_year_growth}: in {format_period(year)} they were "
        f"{format_growth(unrounded_growth_pct(rows[year]))} from a year earlier."
    )
    figures = (
        *(FactFigure("value", value, facts.row["currency"], period) for value, period in zip(
            values, (earlier, year, facts.period), strict=True)),
        FactFigure("yoy_pct", base_pct, "%", year),
        FactFigure("two_year_pct", two_year_pct, "%", facts.period),
    )  # fmt: skip
    yield Fact("base_effect", sentence, link, figures)


def calendar_effect(facts: SeriesFacts) -> Iterator[Fact]:
    """Yield facts on the calendar of a month and of the same month a year earlier.

    They are a Lunar New Year that moved into or out of the month, and a different number of working days.
    """
    parsed = parse_period(facts.period)
    if parsed.months != 1:
        return
    year, month = int(facts.period[:4]), int(facts.period[5:])
    days = moved_lunar_new_year(year, month)
    if days is not None and facts.row["partner"] in LUNAR_NEW_YEAR_AREAS:
        yield _lunar_new_year(facts, *days)
    yield from _working_days(facts, year, month)


def _working_days(facts: SeriesFacts, year: int, month: int) -> Iterator[Fact]:
    reporter = facts.context.find_area("reporter", facts.row["reporter"])
    years = (year - 1, year)
    counts = [None if reporter.iso2 is None else working_days(reporter.iso2, each, month) for each in years]
    if counts[0] == counts[1]:
        return
    month_name = facts.period_name.partition(" ")[0]
    sentence = (
        f"{month_name} had {counts[1]} working days in {format_area(reporter.name)} in {year} and {counts[0]} in "
        f"{year - 1}."
    )
    figures = tuple(
        FactFigure("working_days", count, "days", str(each)) for count, each in zip(counts, years, strict=True)
    )
    yield Fact("calendar", sentence, facts.link("/v1/series"), figures)


def _lunar_new_year(facts: SeriesFacts, base_day: date, day: date) -> Fact:
    month_name = facts.period_name.partition(" ")[0]
    sentence = (
        f"The Lunar New Year began on {format_date(base_day.isoformat())} and on {format_date(day.isoformat())}, so "
        f"some partners had different numbers of holidays in {month_name} {base_day.year} and {day.year}."
    )
    figures = [FactFigure("lunar_new_year", each.isoformat(), "date", str(each.year)) for each in (base_day, day)]
    jan_feb_pct = facts.row["jan_feb_pct"]
    if jan_feb_pct is not None:
        sentence = f"{sentence.removesuffix('.')}; January and February together were {format_growth(jan_feb_pct)}."
        figures.append(FactFigure("jan_feb_pct", jan_feb_pct, "%"))
    return Fact("calendar", sentence, facts.link("/v1/series"), tuple(figures))
