"""Statements on the main amounts in a second currency, with the exchange rate."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from service.domain.text import (
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
from service.domain.unrounded_rates import unrounded_growth_pct
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

SECOND_CURRENCY_SECTION = "second_currency"
RATE_UNITS = 1000
RATE_PHRASES = {"average": "the mean rate of {}", "end": "the last rate of {}"}


def second_currency_section(
    briefing_data: BriefingData,
    request: BriefingRequest,
    totals: Mapping[str, Total],
    partners: Mapping[str, PartnerRows],
) -> Iterator[Statement]:
    """Yield the statements on totals, balance and main partners in the second currency of the request.

    There are none where the request has no second currency, or where all totals are reported in it. `totals` and
    `partners` have the figures of each flow by its code: `X` or `M`.
    """
    reported_currencies = {row["reported_currency"] for row, _ in totals.values()}
    if request.currency is None or reported_currencies == {request.currency.upper()}:
        return
    conversion_parameters = {"currency": request.currency, "fx": request.fx}
    for flow, code in FLOW_CODE_BY_NAME.items():
        if code in totals:
            yield _total_statement(briefing_data, request, flow, *totals[code], conversion_parameters)
    yield from _balance_statements(briefing_data, request, conversion_parameters)
    for flow, code in FLOW_CODE_BY_NAME.items():
        yield from _partner_statements(briefing_data, request, flow, partners[code], conversion_parameters)


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
        sentence = f"There is no exchange rate for {row['currency']} in {request.period_name}."
        return missing_statement(f"{flow}-rate", sentence, link=link)
    displayed_value = round_for_display(reported_total["value"])
    displayed_value_converted = round(displayed_value * row["exchange_rate"])
    sentence = (
        f"At {_describe_rate(row, request)}, {possessive(request.reporter_name)} {flow} in "
        f"{request.period_name} were {format_value(row)}."
    )
    if format_money(displayed_value_converted, row["currency"]) != format_value(row):
        rounding_note = (
            f"{format_money(displayed_value, reported_total['currency'])}, as rounded above, are "
            f"{format_money(displayed_value_converted, row['currency'])}"
        )
        sentence = f"{sentence.removesuffix('.')}; {rounding_note}."
    if not _has_single_rate(request) and row["yoy_pct"] is not None:
        growth = format_growth(unrounded_growth_pct(row))
        sentence += f" In {currency_name(row['currency'])} they were {growth} from a year earlier."
    key = f"{flow}-in-{row['currency']}"
    columns = ("value", "yoy_pct", "exchange_rate")
    statement = statement_for_row(row, key, SECOND_CURRENCY_SECTION, sentence, link, columns)
    converted_number = Number("value_as_printed_converted", displayed_value_converted, row["currency"])
    return replace(statement, numbers=(*statement.numbers, converted_number))


def _balance_statements(
    briefing_data: BriefingData, request: BriefingRequest, conversion_parameters: QueryParameters
) -> Iterator[Statement]:
    rows, parameters = briefing_data.fetch_known_rows(
        "/v1/balances",
        required_column="balance",
        growth_column="balance_change",
        partner="WLD",
        **conversion_parameters,
    )
    for row in rows:
        sign = "deficit" if row["balance"] < 0 else "surplus"
        size = format_money(row["balance"], row["currency"])
        subject = f"{possessive(request.reporter_name)} trade balance in {request.period_name}"
        sentence = format_sentence(f"{subject} was a {sign} of {size}, {_rate_phrase(request)}")
        numbers = numbers_from_row(row, ("balance", "exports_value", "imports_value", "exchange_rate"))
        releases = tuple(sorted({row[name] for name in ("exports_release", "imports_release") if row[name]}))
        link = briefing_data.link("/v1/balances", **parameters)
        yield Statement(f"balance-in-{row['currency']}", SECOND_CURRENCY_SECTION, sentence, link, numbers, releases)


def _partner_statements(
    briefing_data: BriefingData,
    request: BriefingRequest,
    flow: str,
    partners: PartnerRows,
    conversion_parameters: QueryParameters,
) -> Iterator[Statement]:
    main_partners = [row["partner"] for row in partners.rows[: request.max_partners]]
    if not main_partners:
        return
    parameters = {**partners.parameters, **conversion_parameters}
    partner_rows = briefing_data.fetch_rows("/v1/partners", **parameters, partner=",".join(main_partners))
    row_by_partner = {row["partner"]: row for row in partner_rows}
    for row in (row_by_partner[code] for code in main_partners if row_by_partner[code]["value"] is not None):
        link = briefing_data.link(f"/v1/partners/{row['partner']}", **parameters)
        partner = partner_phrase(flow, row["partner_name"])
        has_own_growth = not _has_single_rate(request) and row["yoy_pct"] is not None
        growth = f", {describe_growth(row)} in {currency_name(row['currency'])}" if has_own_growth else ""
        sentence = f"{flow.capitalize()} {partner} were {format_value(row)}, {_rate_phrase(request)}{growth}."
        key = f"{flow}-{row['partner']}-in-{row['currency']}"
        yield statement_for_row(
            row, key, SECOND_CURRENCY_SECTION, sentence, link, ("value", "yoy_pct", "exchange_rate")
        )


def _describe_rate(row: ResponseRow, request: BriefingRequest) -> str:
    """Return `the rate of 21 February 2024 (149.9861 yen for one US dollar)`; the base is the more valuable unit.

    The inverse of a mean is not the mean of the inverse rates, so that a mean is stated as it converts.
    """
    base, quote = row["reported_currency"], row["currency"]
    rate = Decimal(str(row["exchange_rate"]))
    base_name, count = currency_name(base).removesuffix("s"), "one"
    if rate < 1 and request.fx in {None, "average"}:
        rate, count = rate * RATE_UNITS, f"{RATE_UNITS:,}"
        base_name = currency_name(base)
    elif rate < 1:
        quote, rate, base_name = base, 1 / rate, currency_name(quote).removesuffix("s")
    return f"{_rate_basis(request)} ({rate:,.4f} {currency_name(quote)} for {count} {base_name})"


def _rate_phrase(request: BriefingRequest) -> str:
    return f"at {_rate_basis(request)}"


def _rate_basis(request: BriefingRequest) -> str:
    """Return the name of the exchange rate of the conversion, `the mean rate of January 2024`."""
    fx = request.fx or "average"
    return RATE_PHRASES[fx].format(request.period_name) if fx in RATE_PHRASES else f"the rate of {format_date(fx)}"


def _has_single_rate(request: BriefingRequest) -> bool:
    """Return whether all periods are converted at one rate, so that growth equals that in the reported currency."""
    return request.fx is not None and request.fx not in RATE_PHRASES
