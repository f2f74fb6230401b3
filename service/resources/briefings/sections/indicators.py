"""Statements on surveys and other context that were published by the release date of the period's figures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from service.domain.text import format_date
from service.resources.briefings.data_source import BriefingData, ResponseRow
from service.resources.briefings.request import MAX_LIMIT
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import Number, Statement, source_from_row

MAX_INDICATOR_AGE = timedelta(days=366)
"""Maximum age of an indicator's publication at the release of the period's figures."""


def indicators_section(briefing_data: BriefingData, totals: Mapping[str, Total]) -> Iterator[Statement]:
    """Yield a statement on each recent indicator about the reporter's trade, with all figures of the indicator."""
    release_date = _release_date(briefing_data, totals)
    if release_date is None:
        return
    link = briefing_data.link_with_shared("/v1/indicators", "reporter", as_of=str(release_date), limit=MAX_LIMIT)
    recent_rows = [
        row
        for row in briefing_data.fetch_rows_by_url(link)
        if date.fromisoformat(row["published_on"]) >= release_date - MAX_INDICATOR_AGE
    ]
    for code, figures in groupby(recent_rows, key=lambda row: row["indicator"]):
        rows = sorted(figures, key=lambda row: row["place"])
        yield _indicator_statement(code, rows, link=briefing_data.link_with_shared(f"/v1/indicators/{code}", "as_of"))


def _release_date(briefing_data: BriefingData, totals: Mapping[str, Total]) -> date | None:
    """Return the release date of the newest total of the period; null for totals without a release."""
    codes = {row["release"] for row, _ in totals.values() if row["release"]}
    days = [
        row["published_on"] for code in sorted(codes) for row in briefing_data.fetch_rows_by_url(f"/v1/releases/{code}")
    ]
    return date.fromisoformat(max(days)) if days else None


def _indicator_statement(code: str, rows: Sequence[ResponseRow], *, link: str) -> Statement:
    first = rows[0]
    respondents = "" if first["respondents"] is None else f", {first['respondents']:,} answers"
    publication = f"{first['publisher']}, {format_date(first['published_on'])}{respondents}"
    figures = ", ".join(f"{row['label']} {_describe_value(row)}" for row in rows)
    numbers = tuple(Number("value", row["value"], row["unit"], row["figure"]) for row in rows)
    sentence = f"{first['title']} ({publication}): {figures}."
    return Statement(f"indicator-{code}", "indicators", sentence, link, numbers, source=source_from_row(first))


def _describe_value(row: ResponseRow) -> str:
    space = "" if row["unit"] == "%" else " "
    return f"{row['value']:,}{space}{row['unit']}"
