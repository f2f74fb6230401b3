"""Calendar facts that affect monthly trade: the Lunar New Year, and the working days of a month."""

from calendar import monthrange
from datetime import date

from holidays import country_holidays, list_supported_countries

LUNAR_NEW_YEARS = {
    day.year: day
    for day in map(
        date.fromisoformat,
        (
            *("2000-02-05", "2001-01-24", "2002-02-12", "2003-02-01", "2004-01-22", "2005-02-09", "2006-01-29"),
            *("2007-02-18", "2008-02-07", "2009-01-26", "2010-02-14", "2011-02-03", "2012-01-23", "2013-02-10"),
            *("2014-01-31", "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25"),
            *("2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06"),
            *("2028-01-26", "2029-02-13", "2030-02-03"),
        ),
    )
}
"""First day of the Lunar New Year, by year. Source: Hong Kong Observatory, Gregorian-Lunar calendar."""
FIRST_WEEKEND_DAY = 5


def moved_lunar_new_year(year: int, month: int) -> tuple[date, date] | None:
    """Return the dates of the Lunar New Year in the previous year and in `year` if the holiday distorts a comparison.

    This is the case if it falls in `month` in exactly one of the two years; otherwise the result is null. It is also
    null if one of the dates is not in LUNAR_NEW_YEARS.
    """
    days = LUNAR_NEW_YEARS.get(year - 1), LUNAR_NEW_YEARS.get(year)
    if days[0] is None or days[1] is None or (days[0].month == month) == (days[1].month == month):
        return None
    return days[0], days[1]


def working_days(iso2: str, year: int, month: int) -> int | None:
    """Return the number of days of a month that are neither weekend days nor public holidays.

    `iso2` is the ISO 3166-1 alpha-2 code of the country. The result is null if its holidays are not known.
    """
    if iso2 not in list_supported_countries():
        return None
    public_holidays = country_holidays(iso2, years=year)
    days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    return len([day for day in days if day.weekday() < FIRST_WEEKEND_DAY and day not in public_holidays])
