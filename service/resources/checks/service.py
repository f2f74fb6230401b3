"""The resource /v1/checks: the verdict on each number of a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.api.resolution.area_lookup import is_source_code
from service.api.resolution.dataset_selection import ranked_reporters
from service.api.responses.document_resource import DocumentResource
from service.api.responses.resource import Plan
from service.domain.periods import month_number, parse_period
from service.resources.checks.claims import Claim, Reading, SeriesKey
from service.resources.checks.grammar.reader import GRAMMAR_VERSION, read_claims
from service.resources.checks.grammar.state import TextContext
from service.resources.checks.grammar.words.lexicon import Item, Lexicon, build_lexicon
from service.resources.checks.grammar.words.tokens import tokenize
from service.resources.checks.omitted import omitted_facts
from service.resources.checks.reading_text import reading_text
from service.resources.checks.verdicts.exchange import RateReader
from service.resources.checks.verdicts.figures import FigureReader, cell_url, monthly_datasets
from service.resources.checks.verdicts.judge import Judge, Outcome, Verdict

LEXICON_CACHE_KEY = "checks.lexicon"
WORLD_CURRENCY = "USD"
"""Every reporter's trade is also given in it, so that it names none."""
ROUNDED_DECIMALS = 4
RATE_DECIMALS = 9


@dataclass(frozen=True)
class TextCheck:
    """A text to check, with the day of its publication and its reporter; null where they are not known.

    `has_omitted` says whether the response has the facts that the text leaves out.
    """

    text: str
    published: date | None = None
    reporter: str | None = None
    has_omitted: bool = True


def check_text(context: Context, check: TextCheck) -> dict[str, Any]:
    """Return the response to a text: a row for each claim, and `meta`.

    :raises InvalidRequest: the reporter is unknown.
    """
    lexicon = _lexicon(context)
    text_context = _text_context(context, check, lexicon)
    claims = read_claims(check.text, lexicon, text_context)
    judge = Judge(context, check.published, FigureReader(context), RateReader(context))
    verdicts = judge.judge(claims)
    area_names = {area.code: area.name for area in context.reference.areas.values()}
    rows = [_row(verdict, check.text, judge, area_names) for verdict in verdicts]
    omitted = omitted_facts(context, verdicts, check.published) if check.has_omitted else []
    return {"data": rows, "omitted": omitted, "meta": _meta(context, check, text_context, rows)}


def load_text_check(context: Context, plan: Plan) -> dict[str, Any]:
    """Return the response to the text in a validated request (`plan`).

    Other parts of the service, such as the tools for agents, send this request.
    """
    parameters = plan.request.parameters
    return check_text(context, TextCheck(parameters["text"], parameters.get("published"), parameters.get("reporter")))


TEXT_CHECK = DocumentResource(load_text_check)


def _lexicon(context: Context) -> Lexicon:
    """Return the lexicon of the reference data, built once per data version."""
    reference = context.reference

    def build() -> Lexicon:
        used = {dataset.classification_id for dataset in reference.datasets.values()}
        names = {
            reference.classifications[key].family: {
                commodity.code: commodity.name
                for commodity in reference.commodities(context.session, key).commodity_by_id.values()
                if commodity.level == 1 or reference.classifications[key].family != "HS"
            }
            for key in used
        }
        area_names = {
            area.code: area.name
            for area in reference.areas.values()
            if not is_source_code(area.code) or reference.area_lookup.find(area.name) is area
        }
        return build_lexicon(area_names, names, families=names)

    lexicon: Lexicon = reference.column_cache.get_or_compute(LEXICON_CACHE_KEY, build)
    return lexicon


def _text_context(context: Context, check: TextCheck, lexicon: Lexicon) -> TextContext:
    reference = context.reference
    currencies = {
        reference.areas[dataset.reporter_id].code: dataset.currency for dataset in reference.datasets.values()
    }
    reporter = context.find_area("reporter", check.reporter).code if check.reporter else None
    if reporter is None:
        reporter = _named_reporter(list(lexicon.read(tokenize(check.text))), currencies)
    is_assumed = reporter is None and bool(currencies)
    if is_assumed:
        reporter = ranked_reporters(reference, reference.datasets.values())[0]
    newest_month = _newest_month(context, check, reporter)
    families = {
        code: tuple(dict.fromkeys(family for _, family in monthly_datasets(context, code))) for code in currencies
    }
    is_assumed = is_assumed and len(currencies) > 1
    return TextContext(reporter, frozenset(currencies), newest_month, families, is_reporter_assumed=is_assumed)


def _named_reporter(items: Sequence[Item], currencies: Mapping[str, str]) -> str | None:
    """Return the reporter that a text names in front of a flow, as a possessor or alone, or by its currency.

    Null where it names none, or several. `currencies` has the currency of each reporter with figures.
    """
    for item, following in pairwise(items):
        is_possessor = item.kind == "area" and following.kind in {"possessive", "flow"}
        if (is_possessor or item.kind == "adjective") and item.value in currencies:
            return str(item.value)
    named = {
        item.value
        for position, item in enumerate(items)
        if item.kind == "area" and item.value in currencies and not _is_partner(items, position)
    }
    if not named:
        money = {item.value for item in items if item.kind == "money"}
        named = {code for code, currency in currencies.items() if currency in money - {WORLD_CURRENCY}}
    return str(named.pop()) if len(named) == 1 else None


def _is_partner(items: Sequence[Item], position: int) -> bool:
    """Return whether an area is a partner: `to the United States`, `with China`, `China contributed`."""
    previous = next((item for item in reversed(items[:position]) if item.kind != "filler"), None)
    following = items[position + 1] if position + 1 < len(items) else None
    is_object = previous is not None and previous.kind == "to" and previous.value in {"to", "from", "with"}
    return is_object or (following is not None and following.kind in {"share", "contribution"})


def _newest_month(context: Context, check: TextCheck, reporter: str | None) -> int:
    """Return the last month that a text can be about: the one before its day, else the newest with figures."""
    if check.published is not None:
        return month_number(check.published) - 1
    if reporter is not None:
        url = build_url("/v1/series", {"reporter": reporter, "flow": "X", "fields": "value"})
        rows = context.fetch_resource(url).rows()
        if rows:
            return parse_period(rows[0]["period"]).last_month
    return month_number(context.today) - 1


def _row(verdict: Verdict, text: str, judge: Judge, area_names: Mapping[str, str]) -> dict[str, Any]:
    claim, outcome = verdict.claim, verdict.outcome
    quantity = claim.quantity
    reading = outcome.reading if outcome is not None else (claim.readings[0] if claim.readings else None)
    row = judge.reader.row(outcome.cell) if outcome is not None else None
    figure = None if outcome is None or outcome.figure is None else outcome.figure
    scale, rate = quantity.scale, None if outcome is None else outcome.rate
    printed = None if outcome is None else outcome.printed
    half = quantity.precision * scale
    return {
        "span": {"start": quantity.start, "end": quantity.end, "quote": text[quantity.start : quantity.end]},
        "sentence": claim.sentence,
        "parsed": _parsed(claim, reading),
        "reading": None if reading is None else reading_text(reading, area_names.get(reading.partner, reading.partner)),
        "read_from": [{"field": each.field, "from": each.origin, "words": each.words} for each in claim.sources],
        "figure": _number(figure),
        "interval": None if printed is None else [_number(printed - half), _number(printed + half)],
        "difference": None if figure is None or printed is None else _number(figure - printed),
        "exchange_rate": None if rate is None else float(round(rate.rate, RATE_DECIMALS)),
        "exchange_rate_basis": None if rate is None else rate.basis,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "as_of": None if outcome is None or outcome.cell.as_of is None else outcome.cell.as_of.isoformat(),
        "release": None if row is None else row.get("release") or row.get("exports_release"),
        "since_revised": None if verdict.latest is None else _number(verdict.latest.figure),
        "candidates": [_candidate(each) for each in verdict.candidates],
        "link": None if outcome is None else cell_url(outcome.cell),
    }


def _parsed(claim: Claim, reading: Reading | None) -> dict[str, Any]:
    quantity = claim.quantity
    numbers = {
        "number": float(quantity.number * (reading.sign if reading else 1)),
        "unit": quantity.unit,
        "magnitude": int(quantity.scale),
        "currency": quantity.currency,
        "precision": float(quantity.precision),
        "qualifier": quantity.qualifier,
        "base": None if reading is None or reading.base is None else _compared_series(reading.base),
    }
    return _dimensions(reading) | numbers


def _compared_series(base: SeriesKey) -> dict[str, Any]:
    flow = None if base.flow.startswith("balance") else base.flow
    return {"partner": base.partner, "flow": flow, "commodity": base.commodity.rpartition("/")[2]}


def _dimensions(reading: Reading | None) -> dict[str, Any]:
    if reading is None:
        return dict.fromkeys(("measure", "reporter", "partner", "flow", "commodity", "period"))
    is_balance = reading.flow.startswith("balance")
    return {
        "measure": reading.measure,
        "reporter": reading.reporter,
        "partner": reading.partner,
        "flow": None if is_balance else reading.flow,
        "commodity": reading.commodity.rpartition("/")[2],
        "period": reading.period,
    }


def _candidate(outcome: Outcome) -> dict[str, Any]:
    return _dimensions(outcome.reading) | {
        "figure": _number(outcome.figure),
        "link": cell_url(outcome.cell),
    }


def _number(value: Any) -> float | int | None:
    if value is None:
        return None
    rounded = round(value, ROUNDED_DECIMALS)
    return int(rounded) if rounded == rounded.to_integral_value() and abs(rounded) >= 10_000 else float(rounded)


def _meta(context: Context, check: TextCheck, text_context: TextContext, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "grammar": GRAMMAR_VERSION,
        "published": None if check.published is None else check.published.isoformat(),
        "reporter": text_context.reporter,
        "data_version": context.reference.version,
        "count": len(rows),
    }
