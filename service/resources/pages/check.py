"""The check of a text as a page: the text with its numbers marked by verdict, and the figure behind each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.domain.text import format_date, format_money, format_percent, format_points

VERDICT_WORDS = {
    "holds": "holds",
    "near": "nearly right",
    "off": "not exact",
    "contradicted": "contradicted",
    "cannot_be_checked": "cannot be checked",
}
REASON_WORDS = {
    "first_release_after": "compared with the first figure after the day of the text",
    "later_release": "right for a later release",
    "base_revised": "the base of the growth was revised",
    "truncated": "cut off rather than rounded",
    "other_rate": "right at another exchange rate",
    "other_valuation": "right at another valuation",
    "unit_unknown": "the unit of the number is not known",
    "within_revision": "within the usual revision of the series",
    "forecast": "a forecast",
    "opinion": "an opinion",
    "not_covered": "the loaded data do not cover it",
    "not_published_by_then": "not published by the day of the text",
    "ambiguous": "several readings are possible",
    "other_direction": "the amount is right, its rise or fall is not",
    "seasonally_adjusted_not_loaded": "seasonally adjusted figures are not loaded",
}


@dataclass(frozen=True)
class Segment:
    """A part of a text. `claim` is the number of the claim that it shows, from 1; null for text between claims."""

    text: str
    verdict: str | None = None
    claim: int | None = None


@dataclass(frozen=True)
class ClaimCard:
    """A number of a text with its verdict, its meaning in words, the official figure, and the URL of the figure."""

    quote: str
    verdict: str
    words: str
    reason: str
    reading: str | None
    figure: str
    url: str | None


@dataclass(frozen=True)
class CheckedText:
    """A checked text: its segments, its claims, the number of claims by verdict, and the facts that it leaves out."""

    segments: Sequence[Segment]
    claims: Sequence[ClaimCard]
    summary: str
    omitted: Sequence[Mapping[str, Any]]


def load_check(context: Context, arguments: Mapping[str, str]) -> CheckedText:
    """Return the check of the text in the fields of a form.

    :raises InvalidRequest: a field is invalid.
    :raises SourceUnavailable: new data were loaded during each attempt to check the text.
    """
    url = build_url("/v1/checks", {name: text for name, text in arguments.items() if text})
    response = context.read_consistently(lambda context: context.fetch_resource(url))
    ordered = sorted(response["data"], key=lambda row: row["span"]["start"])
    return CheckedText(
        list(_segments(arguments["text"], ordered)),
        [_claim_card(row) for row in ordered],
        _summary(ordered),
        response["omitted"],
    )


def _segments(text: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Segment]:
    """Yield the parts of a text, each claim a part of its own; overlapping claims are in the first of them."""
    position = 0
    for number, row in enumerate(rows, start=1):
        start, end = row["span"]["start"], row["span"]["end"]
        if start >= position:
            yield Segment(text[position:start])
            yield Segment(text[start:end], row["verdict"], number)
            position = end
    yield Segment(text[position:])


def _claim_card(row: Mapping[str, Any]) -> ClaimCard:
    reason = REASON_WORDS.get(row["reason"] or "", "")
    as_of = f", as known on {format_date(row['as_of'])}" if row["as_of"] else ""
    rate = f", exchange rate: {row['exchange_rate_basis']}" if row["exchange_rate_basis"] else ""
    figure = "" if row["figure"] is None else f"{_describe_figure(row)}{as_of}{rate}"
    return ClaimCard(
        row["span"]["quote"],
        row["verdict"],
        VERDICT_WORDS.get(row["verdict"], row["verdict"]),
        reason,
        row["reading"],
        figure,
        row["link"],
    )


def _describe_figure(row: Mapping[str, Any]) -> str:
    figure, unit = row["figure"], row["parsed"]["unit"]
    if unit == "%":
        return f"{'minus ' if figure < 0 else ''}{format_percent(figure)}"
    if unit == "pp":
        return f"{format_points(figure)} percentage points"
    if unit in {"months", "rank"}:
        return f"{figure:g} months" if unit == "months" else f"rank {figure:g}"
    amount = format_money(round(figure), row["parsed"]["currency"] or "")
    return f"minus {amount}" if figure < 0 else amount


def _summary(rows: Sequence[Mapping[str, Any]]) -> str:
    counts = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICT_WORDS}
    parts = [
        f"{count} {'hold' if verdict == 'holds' and count > 1 else VERDICT_WORDS[verdict]}"
        for verdict, count in counts.items()
        if count
    ]
    if not parts:
        return "No number on trade was recognised in the text."
    return f"{len(rows)} number{'s' if len(rows) > 1 else ''}: {', '.join(parts)}"
