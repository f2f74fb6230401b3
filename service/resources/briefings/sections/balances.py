"""Statements on the trade balance with the World and with the main partners, and on its change."""

from collections.abc import Iterator, Sequence

from service.domain.text import (
    describe_missing_growth,
    format_area,
    format_money,
    format_percent,
    format_row_period,
    format_sentence,
    possessive,
)
from service.domain.unrounded_rates import unrounded_magnitude_pct
from service.resources.briefings.data_source import BriefingData, ResponseRow
from service.resources.briefings.request import BriefingRequest
from service.resources.briefings.statement import Statement, missing_statement, numbers_from_row

HALVING_TOLERANCE_PP = 2
"""Maximum distance from -50% that is described as halved, in percentage points."""
MAX_PERCENT_GROWTH = 200
"""Growth above this percentage is described as a multiple."""
BALANCE_STATEMENT_COLUMNS = (
    "exports_value",
    "imports_value",
    "balance",
    "balance_base",
    "balance_change",
    "balance_magnitude_pct",
)


def balances_section(
    briefing_data: BriefingData, request: BriefingRequest, main_partners: Sequence[ResponseRow]
) -> Iterator[Statement]:
    """Yield the statements on the balance with the World, and with each of the main partners."""
    codes = ["WLD", *(row["partner"] for row in main_partners)]
    balance_rows, parameters = briefing_data.fetch_known_rows(
        "/v1/balances", required_column="balance", growth_column="balance_change", partner=",".join(codes)
    )
    rows = {row["partner"]: row for row in balance_rows}
    names = {row["partner"]: format_area(row["partner_name"]) for row in main_partners}
    for code in codes:
        link = briefing_data.link("/v1/balances", **{**parameters, "partner": code})
        if code in rows:
            yield _balance_statement(rows[code], request=request, partner=names.get(code), link=link)
        else:
            partner_phrase = f"with {names[code]} " if code in names else ""
            sentence = (
                f"The balance of trade {partner_phrase}in {request.period_name} is not known: it takes both flows."
            )
            yield missing_statement(f"balance-{code}", sentence, link=link)


def _balance_statement(row: ResponseRow, *, request: BriefingRequest, partner: str | None, link: str) -> Statement:
    size = format_money(row["balance"], row["currency"])
    sign = "deficit" if row["balance"] < 0 else "surplus"
    if partner is None:
        valuation = f" (exports {row['exports_valuation']}, imports {row['imports_valuation']})"
        subject = (
            f"{possessive(request.reporter_name)} trade balance in {format_row_period(row)} was a {sign} of {size}"
        )
    else:
        valuation = ""
        subject = f"Trade with {partner} left a {sign} of {size}"
    releases = tuple(sorted({row[name] for name in ("exports_release", "imports_release") if row[name]}))
    key = "balance" if partner is None else f"balance-{row['partner']}"
    return Statement(
        key,
        "balance",
        format_sentence(f"{subject}{_describe_change(row)}{valuation}"),
        link,
        numbers_from_row(row, BALANCE_STATEMENT_COLUMNS),
        releases,
    )


def _describe_change(row: ResponseRow) -> str:
    """Return the phrase on the change of the balance; it follows the amount in a sentence."""
    transition, size_pct = row["balance_transition"], unrounded_magnitude_pct(row)
    if transition is None:
        return f", {describe_missing_growth(row, status_column='balance_status')}"
    base = f"{format_money(row['balance_base'], row['currency'])} a year earlier"
    if transition == "unchanged":
        return ", as a year earlier"
    if transition in {"to_surplus", "to_deficit"}:
        return f", after a {'deficit' if transition == 'to_surplus' else 'surplus'} of {base}"
    sign, direction = transition.split("_")
    return f", after {base}: the {sign} {_describe_magnitude(direction, size_pct)}"


def _describe_magnitude(direction: str, magnitude_pct: float | None) -> str:
    if magnitude_pct is None:
        return direction
    if abs(magnitude_pct + 50) <= HALVING_TOLERANCE_PP:
        return f"halved, narrowing by {format_percent(magnitude_pct)}"
    if magnitude_pct > MAX_PERCENT_GROWTH:
        return f"widened to {1 + magnitude_pct / 100:.1f} times that"
    return f"{direction} by {format_percent(magnitude_pct)}"
