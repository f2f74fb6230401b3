"""Figures of surveys and other context that were published by the release of the period's figures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from service.resources.briefings.data_source import Facts, Row
from service.resources.briefings.request import ALL_ROWS
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import Number, Statement, source_of
from service.resources.briefings.text import day_words

NEWS_FOR = timedelta(days=366)
"""For how long before the release of the period's figures a publication still is told."""


def tell_indicators(facts: Facts, totals: Mapping[str, Total]) -> Iterator[Statement]:
    """Yield each indicator that bears on the reporter's trade, with all its figures."""
    released = _released_on(facts, totals)
    if released is None:
        return
    link = facts.link_beside("/v1/indicators", "reporter", as_of=str(released), limit=ALL_ROWS)
    news = [row for row in facts.rows_at(link) if date.fromisoformat(row["published_on"]) >= released - NEWS_FOR]
    for code, figures in groupby(news, key=lambda row: row["indicator"]):
        rows = sorted(figures, key=lambda row: row["place"])
        yield _told(code, rows, link=facts.link_beside(f"/v1/indicators/{code}", "as_of"))


def _released_on(facts: Facts, totals: Mapping[str, Total]) -> date | None:
    """Return the day on which the newest of the period's totals was released; null where no release prints one."""
    codes = {row["release"] for row, _ in totals.values() if row["release"]}
    days = [row["published_on"] for code in sorted(codes) for row in facts.rows_at(f"/v1/releases/{code}")]
    return date.fromisoformat(max(days)) if days else None


def _told(code: str, rows: Sequence[Row], *, link: str) -> Statement:
    first = rows[0]
    answers = "" if first["respondents"] is None else f", {first['respondents']:,} answers"
    by_whom = f"{first['publisher']}, {day_words(first['published_on'])}{answers}"
    figures = ", ".join(f"{row['label']} {row['value']:,} {row['unit']}" for row in rows)
    numbers = tuple(Number("value", row["value"], row["unit"], row["figure"]) for row in rows)
    sentence = f"{first['title']} ({by_whom}): {figures}."
    return Statement(f"indicator-{code}", "indicators", sentence, link, numbers, source=source_of(first))
