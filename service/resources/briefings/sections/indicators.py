"""Figures of surveys and other context that were published by the release of the period's figures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from service.resources.briefings.data_source import BriefingData, ResponseRow
from service.resources.briefings.request import MAX_LIMIT
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import Number, Statement, source_from_row
from service.resources.briefings.text import format_date

MAX_INDICATOR_AGE = timedelta(days=366)
"""For how long before the release of the period's figures a publication still is told."""


def indicators_section(briefing_data: BriefingData, totals: Mapping[str, Total]) -> Iterator[Statement]:
    """Yield each indicator that bears on the reporter's trade, with all its figures."""
    released = _release_date(briefing_data, totals)
    if released is None:
        return
    link = briefing_data.link_with_shared("/v1/indicators", "reporter", as_of=str(released), limit=MAX_LIMIT)
    news = [
        row
        for row in briefing_data.fetch_rows_by_url(link)
        if date.fromisoformat(row["published_on"]) >= released - MAX_INDICATOR_AGE
    ]
    for code, figures in groupby(news, key=lambda row: row["indicator"]):
        rows = sorted(figures, key=lambda row: row["place"])
        yield _indicator_statement(code, rows, link=briefing_data.link_with_shared(f"/v1/indicators/{code}", "as_of"))


def _release_date(briefing_data: BriefingData, totals: Mapping[str, Total]) -> date | None:
    """Return the day on which the newest of the period's totals was released; null where no release prints one."""
    codes = {row["release"] for row, _ in totals.values() if row["release"]}
    days = [
        row["published_on"] for code in sorted(codes) for row in briefing_data.fetch_rows_by_url(f"/v1/releases/{code}")
    ]
    return date.fromisoformat(max(days)) if days else None


def _indicator_statement(code: str, rows: Sequence[ResponseRow], *, link: str) -> Statement:
    first = rows[0]
    answers = "" if first["respondents"] is None else f", {first['respondents']:,} answers"
    by_whom = f"{first['publisher']}, {format_date(first['published_on'])}{answers}"
    figures = ", ".join(f"{row['label']} {row['value']:,} {row['unit']}" for row in rows)
    numbers = tuple(Number("value", row["value"], row["unit"], row["figure"]) for row in rows)
    sentence = f"{first['title']} ({by_whom}): {figures}."
    return Statement(f"indicator-{code}", "indicators", sentence, link, numbers, source=source_from_row(first))
