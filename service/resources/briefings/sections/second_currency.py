"""The same amounts in a second currency, at a rate that is named."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from service.resources.briefings.data_source import Facts, Question, Row
from service.resources.briefings.request import FLOWS, Asked
from service.resources.briefings.sections.partners import Partners
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import Number, Statement, missing, numbers_of, of_figure
from service.resources.briefings.text import (
    amount,
    as_printed,
    currency_words,
    day_words,
    growth_words,
    money,
    moved,
    of_whom,
    possessive,
    sentence_of,
)

SECTION = "second_currency"
AT_RATE = {"average": "the mean rate of {}", "end": "the last rate of {}"}


def tell_second_currency(
    facts: Facts, asked: Asked, totals: Mapping[str, Total], partners: Mapping[str, Partners]
) -> Iterator[Statement]:
    """Yield totals, balance and main partners in the second currency; nothing where figures are reported in it."""
    reported = {row["reported_currency"] for row, _ in totals.values()}
    if asked.currency is None or reported == {asked.currency.upper()}:
        return
    converted = {"currency": asked.currency, "fx": asked.fx}
    for flow, code in FLOWS.items():
        if code in totals:
            yield _total(facts, asked, flow, *totals[code], converted)
    yield from _balance(facts, asked, converted)
    for flow, code in FLOWS.items():
        yield from _partners(facts, asked, flow, partners[code], converted)


def _total(facts: Facts, asked: Asked, flow: str, reported: Row, question: Question, converted: Question) -> Statement:
    link = facts.link("/v1/flows", **{**question, **converted})
    (row,) = facts.rows_at(link)
    if row["value"] is None:
        return missing(f"{flow}-rate", f"There is no exchange rate of {asked.when} yet.", link=link)
    printed = as_printed(reported["value"])
    of_printed = round(printed * row["exchange_rate"])
    sentence = (
        f"At {_rate_words(row, asked)}, {possessive(asked.reporter_name)} {flow} in {asked.when} were {amount(row)}."
    )
    if money(of_printed, row["currency"]) != amount(row):
        rounded = f"{money(printed, reported['currency'])}, as rounded above, are {money(of_printed, row['currency'])}"
        sentence = f"{sentence.removesuffix('.')}; {rounded}."
    if not _is_one_day(asked) and row["yoy_pct"] is not None:
        sentence += f" In {currency_words(row['currency'])} they were {moved(row['yoy_pct'])} on a year before."
    key = f"{flow}-in-{row['currency']}"
    told = of_figure(row, key, SECTION, sentence, link, ("value", "yoy_pct", "exchange_rate"))
    return replace(told, numbers=(*told.numbers, Number("value_as_printed_converted", of_printed, row["currency"])))


def _balance(facts: Facts, asked: Asked, converted: Question) -> Iterator[Statement]:
    rows, question = facts.found("/v1/balances", has="balance", grows="balance_change", partner="WLD", **converted)
    for row in rows:
        sign = "deficit" if row["balance"] < 0 else "surplus"
        size = money(row["balance"], row["currency"])
        whose = f"{possessive(asked.reporter_name)} trade balance in {asked.when}"
        sentence = sentence_of(f"{whose} was a {sign} of {size}, {_at_rate(asked)}")
        numbers = numbers_of(row, ("balance", "exports_value", "imports_value", "exchange_rate"))
        releases = tuple(sorted({row[name] for name in ("exports_release", "imports_release") if row[name]}))
        link = facts.link("/v1/balances", **question)
        yield Statement(f"balance-in-{row['currency']}", SECTION, sentence, link, numbers, releases)


def _partners(facts: Facts, asked: Asked, flow: str, found: Partners, converted: Question) -> Iterator[Statement]:
    main = [row["partner"] for row in found.rows[: asked.top]]
    if not main:
        return
    question = {**found.question, **converted}
    rows = {row["partner"]: row for row in facts.rows("/v1/partners", **question, partner=",".join(main))}
    for row in (rows[code] for code in main if rows[code]["value"] is not None):
        link = facts.link(f"/v1/partners/{row['partner']}", **question)
        whom = of_whom(flow, row["partner_name"])
        told = not _is_one_day(asked) and row["yoy_pct"] is not None
        growth = f", {growth_words(row)} in {currency_words(row['currency'])}" if told else ""
        sentence = f"{flow.capitalize()} {whom} were {amount(row)}, {_at_rate(asked)}{growth}."
        key = f"{flow}-{row['partner']}-in-{row['currency']}"
        yield of_figure(row, key, SECTION, sentence, link, ("value", "yoy_pct", "exchange_rate"))


def _rate_words(row: Row, asked: Asked) -> str:
    """Return `the rate of 21 February 2024, 149.9861 yen for one US dollar`, the dearer unit as the one."""
    one, other = row["reported_currency"], row["currency"]
    rate = Decimal(str(row["exchange_rate"]))
    if rate < 1:
        one, other, rate = other, one, 1 / rate
    return f"{_basis(asked)} ({rate:,.4f} {currency_words(other)} for one {currency_words(one).removesuffix('s')})"


def _at_rate(asked: Asked) -> str:
    return f"at {_basis(asked)}"


def _basis(asked: Asked) -> str:
    """Return at which rate amounts are converted, in words."""
    fx = asked.fx or "average"
    return AT_RATE[fx].format(asked.when) if fx in AT_RATE else f"the rate of {day_words(fx)}"


def _is_one_day(asked: Asked) -> bool:
    """Return whether one rate is that of all periods, so that growth is the same as in the reported currency."""
    return asked.fx is not None and asked.fx not in AT_RATE
