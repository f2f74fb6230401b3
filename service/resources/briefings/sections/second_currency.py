"""The same amounts in a second currency, at a rate that is named."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from service.resources.briefings.data_source import BriefingData, QueryParameters, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, BriefingRequest
from service.resources.briefings.sections.partners import PartnerRows
from service.resources.briefings.sections.totals import Total
from service.resources.briefings.statement import (
    Number,
    Statement,
    missing_statement,
    numbers_from_row,
    statement_for_row,
)
from service.resources.briefings.text import (
    currency_name,
    describe_growth,
    format_date,
    format_growth,
    format_money,
    format_sentence,
    format_value,
    partner_phrase,
    possessive,
    round_for_display,
)

SECOND_CURRENCY_SECTION = "second_currency"
RATE_PHRASES = {"average": "the mean rate of {}", "end": "the last rate of {}"}


def second_currency_section(
    briefing_data: BriefingData,
    request: BriefingRequest,
    totals: Mapping[str, Total],
    partners: Mapping[str, PartnerRows],
) -> Iterator[Statement]:
    """Yield totals, balance and main partners in the second currency; nothing where figures are reported in it."""
    reported = {row["reported_currency"] for row, _ in totals.values()}
    if request.currency is None or reported == {request.currency.upper()}:
        return
    converted = {"currency": request.currency, "fx": request.fx}
    for flow, code in FLOW_CODE_BY_NAME.items():
        if code in totals:
            yield _total_statement(briefing_data, request, flow, *totals[code], converted)
    yield from _balance_statements(briefing_data, request, converted)
    for flow, code in FLOW_CODE_BY_NAME.items():
        yield from _partner_statements(briefing_data, request, flow, partners[code], converted)


def _total_statement(
    briefing_data: BriefingData,
    request: BriefingRequest,
    flow: str,
    reported_total: ResponseRow,
    parameters: QueryParameters,
    conversion_parameters: QueryParameters,
) -> Statement:
    link = briefing_data.link("/v1/flows", **{**parameters, **conversion_parameters})
    (row,) = briefing_data.fetch_rows_by_url(link)
    if row["value"] is None:
        return missing_statement(f"{flow}-rate", f"There is no exchange rate of {request.period_name} yet.", link=link)
    printed = round_for_display(reported_total["value"])
    of_printed = round(printed * row["exchange_rate"])
    sentence = (
        f"At {_describe_rate(row, request)}, {possessive(request.reporter_name)} {flow} in "
        f"{request.period_name} were {format_value(row)}."
    )
    if format_money(of_printed, row["currency"]) != format_value(row):
        rounded = (
            f"{format_money(printed, reported_total['currency'])}, as rounded above, are "
            f"{format_money(of_printed, row['currency'])}"
        )
        sentence = f"{sentence.removesuffix('.')}; {rounded}."
    if not _has_single_rate(request) and row["yoy_pct"] is not None:
        sentence += f" In {currency_name(row['currency'])} they were {format_growth(row['yoy_pct'])} on a year before."
    key = f"{flow}-in-{row['currency']}"
    told = statement_for_row(row, key, SECOND_CURRENCY_SECTION, sentence, link, ("value", "yoy_pct", "exchange_rate"))
    return replace(told, numbers=(*told.numbers, Number("value_as_printed_converted", of_printed, row["currency"])))


def _balance_statements(
    briefing_data: BriefingData, request: BriefingRequest, conversion_parameters: QueryParameters
) -> Iterator[Statement]:
    rows, question = briefing_data.fetch_known_rows(
        "/v1/balances",
        required_column="balance",
        growth_column="balance_change",
        partner="WLD",
        **conversion_parameters,
    )
    for row in rows:
        sign = "deficit" if row["balance"] < 0 else "surplus"
        size = format_money(row["balance"], row["currency"])
        whose = f"{possessive(request.reporter_name)} trade balance in {request.period_name}"
        sentence = format_sentence(f"{whose} was a {sign} of {size}, {_rate_phrase(request)}")
        numbers = numbers_from_row(row, ("balance", "exports_value", "imports_value", "exchange_rate"))
        releases = tuple(sorted({row[name] for name in ("exports_release", "imports_release") if row[name]}))
        link = briefing_data.link("/v1/balances", **question)
        yield Statement(f"balance-in-{row['currency']}", SECOND_CURRENCY_SECTION, sentence, link, numbers, releases)


def _partner_statements(
    briefing_data: BriefingData,
    request: BriefingRequest,
    flow: str,
    partners: PartnerRows,
    conversion_parameters: QueryParameters,
) -> Iterator[Statement]:
    main = [row["partner"] for row in partners.rows[: request.max_partners]]
    if not main:
        return
    question = {**partners.parameters, **conversion_parameters}
    rows = {row["partner"]: row for row in briefing_data.fetch_rows("/v1/partners", **question, partner=",".join(main))}
    for row in (rows[code] for code in main if rows[code]["value"] is not None):
        link = briefing_data.link(f"/v1/partners/{row['partner']}", **question)
        whom = partner_phrase(flow, row["partner_name"])
        told = not _has_single_rate(request) and row["yoy_pct"] is not None
        growth = f", {describe_growth(row)} in {currency_name(row['currency'])}" if told else ""
        sentence = f"{flow.capitalize()} {whom} were {format_value(row)}, {_rate_phrase(request)}{growth}."
        key = f"{flow}-{row['partner']}-in-{row['currency']}"
        yield statement_for_row(
            row, key, SECOND_CURRENCY_SECTION, sentence, link, ("value", "yoy_pct", "exchange_rate")
        )


def _describe_rate(row: ResponseRow, request: BriefingRequest) -> str:
    """Return `the rate of 21 February 2024, 149.9861 yen for one US dollar`, the dearer unit as the one."""
    one, other = row["reported_currency"], row["currency"]
    rate = Decimal(str(row["exchange_rate"]))
    if rate < 1:
        one, other, rate = other, one, 1 / rate
    return f"{_rate_basis(request)} ({rate:,.4f} {currency_name(other)} for one {currency_name(one).removesuffix('s')})"


def _rate_phrase(request: BriefingRequest) -> str:
    return f"at {_rate_basis(request)}"


def _rate_basis(request: BriefingRequest) -> str:
    """Return at which rate amounts are converted, in words."""
    fx = request.fx or "average"
    return RATE_PHRASES[fx].format(request.period_name) if fx in RATE_PHRASES else f"the rate of {format_date(fx)}"


def _has_single_rate(request: BriefingRequest) -> bool:
    """Return whether one rate is that of all periods, so that growth is the same as in the reported currency."""
    return request.fx is not None and request.fx not in RATE_PHRASES
