"""The outline of a briefing: headline, key figures, facts that the headline leaves out, and tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.domain.rounding import RATIO_DECIMALS
from service.domain.text import (
    format_area,
    format_commodity,
    format_growth,
    format_money,
    format_row_period,
    format_sentence,
    partner_phrase,
    possessive,
)
from service.domain.unrounded_rates import (
    unrounded_contribution_pp,
    unrounded_growth_pct,
    unrounded_magnitude_pct,
    unrounded_share_pct,
)
from service.resources.briefings.data_source import BriefingData, ResponseRow
from service.resources.briefings.request import FLOW_CODE_BY_NAME, MAX_LIMIT, BriefingRequest
from service.resources.briefings.sections.partners import PartnerRows
from service.resources.briefings.sections.totals import Total, total_row

MAX_TABLE_ROWS = 10
GROUPS = ("EU", "ASEAN", "G7", "BRICS", "GCC")
"""Groups of partners that have a table where the data have all of their members, or a figure of their own."""
STATUS_WORDS = {"A": "final", "P": "provisional", "E": "estimated"}
RATE_COLUMNS = ("yoy_pct", "share_pct", "contribution_pp")
TABLE_COLUMNS = ("name", "value", *RATE_COLUMNS)


@dataclass(frozen=True)
class KeyFigure:
    """A key figure: its value, its growth from a year earlier in percent, and the URL of the request for both.

    `obs_status` is the SDMX status of the value. Value and growth are null where they are not known. The growth is not
    rounded.
    """

    id: str
    label: str
    value: int | None
    currency: str
    yoy_pct: float | None
    obs_status: str | None
    link: str


@dataclass(frozen=True)
class OutlineTable:
    """A table of partners or commodities: rows with TABLE_COLUMNS, values in `currency`, and the URL of its request.

    Rates are not rounded.
    """

    id: str
    title: str
    currency: str
    rows: tuple[Mapping[str, Any], ...]
    link: str


@dataclass(frozen=True)
class Outline:
    """A summary of a briefing.

    `status` is the status of the least reliable key figure, such as `provisional`; null where it is not known.
    `omitted` are facts that the headline leaves out.
    """

    headline: str
    status: str | None
    key_figures: tuple[KeyFigure, ...]
    omitted: tuple[Mapping[str, Any], ...]
    tables: tuple[OutlineTable, ...]

    def rounded(self) -> "Outline":
        """Return the outline with its percentages rounded to four decimals, as in responses."""
        figures = [replace(each, yoy_pct=_rounded_rate(each.yoy_pct)) for each in self.key_figures]
        tables = [
            replace(
                table,
                rows=tuple(
                    {name: _rounded_rate(each) if name in RATE_COLUMNS else each for name, each in row.items()}
                    for row in table.rows
                ),
            )
            for table in self.tables
        ]
        return replace(self, key_figures=tuple(figures), tables=tuple(tables))

    @property
    def status_note(self) -> str | None:
        """Return the sentence that states which status the key figures have; null where all are final."""
        statuses = {figure.obs_status for figure in self.key_figures}
        names = [name for code, name in STATUS_WORDS.items() if code in statuses]
        return None if set(names) <= {"final"} else f"Key figures are {' or '.join(names)}"


def briefing_outline(
    briefing_data: BriefingData,
    request: BriefingRequest,
    totals: Mapping[str, Total],
    partners: Mapping[str, PartnerRows],
) -> Outline:
    """Return the outline of a briefing on a period whose total exports or imports are published.

    `totals` and `partners` have the figures of each flow by its code: `X` or `M`.
    """
    balance = next(iter(briefing_data.fetch_rows("/v1/balances", partner="WLD")), None)
    key_figures = tuple(_key_figures(briefing_data, totals, balance, partners))
    statuses = [figure.obs_status for figure in key_figures if figure.obs_status in STATUS_WORDS]
    return Outline(
        _headline(request, totals, balance, partners),
        STATUS_WORDS[max(statuses, key=list(STATUS_WORDS).index)] if statuses else None,
        key_figures,
        tuple(_omitted_facts(briefing_data, totals, partners)),
        tuple(_tables(briefing_data, totals, partners)),
    )


def _headline(
    request: BriefingRequest,
    totals: Mapping[str, Total],
    balance: ResponseRow | None,
    partners: Mapping[str, PartnerRows],
) -> str:
    """Return the main figures in one sentence: total exports or imports, the main mover, and the balance."""
    code, (row, _) = next(iter(totals.items()))
    flow = _flow_name(code)
    value = format_money(row["value"], row["currency"])
    growth = "" if row["yoy_pct"] is None else f", {format_growth(unrounded_growth_pct(row))} from a year earlier"
    words = f"{possessive(request.reporter_name)} {flow} in {format_row_period(row)} were {value}{growth}"
    mover = _main_mover(partners[code].rows)
    if mover is not None:
        words += f", those {partner_phrase(flow, mover['partner_name'])} {format_growth(unrounded_growth_pct(mover))}"
    if balance is not None and balance["balance"] is not None:
        kind = "deficit" if balance["balance"] < 0 else "surplus"
        words += f"; the balance was a {kind} of {format_money(abs(balance['balance']), balance['currency'])}"
    return format_sentence(words)


def _main_mover(rows: Sequence[ResponseRow]) -> ResponseRow | None:
    """Return the partner with the largest contribution to growth in either direction; null where none is known."""
    contributors = [row for row in rows if row["partner_contribution_pp"] is not None and row["yoy_pct"] is not None]
    return max(contributors, key=lambda row: abs(row["partner_contribution_pp"]), default=None)


def _key_figures(
    briefing_data: BriefingData,
    totals: Mapping[str, Total],
    balance: ResponseRow | None,
    partners: Mapping[str, PartnerRows],
) -> Iterator[KeyFigure]:
    """Yield total exports and imports, the balance, and the main mover of each flow."""
    for code, (row, parameters) in totals.items():
        yield _key_figure(
            _flow_name(code), f"Total {_flow_name(code)}", row, briefing_data.link("/v1/series", **parameters)
        )
    if balance is not None:
        yield KeyFigure(
            "balance",
            "Balance",
            balance["balance"],
            balance["currency"],
            unrounded_magnitude_pct(balance),
            None,
            briefing_data.link("/v1/balances", partner="WLD"),
        )
    for code in totals:
        mover = _main_mover(partners[code].rows)
        if mover is not None:
            flow = _flow_name(code)
            label = f"{flow.capitalize()} {partner_phrase(flow, mover['partner_name'])}"
            yield _key_figure(f"{flow}-{mover['partner']}", label, mover, partners[code].link(briefing_data, mover))


def _key_figure(key: str, label: str, row: ResponseRow, link: str) -> KeyFigure:
    return KeyFigure(key, label, row["value"], row["currency"], unrounded_growth_pct(row), row["obs_status"], link)


def _omitted_facts(
    briefing_data: BriefingData, totals: Mapping[str, Total], partners: Mapping[str, PartnerRows]
) -> Iterator[Mapping[str, Any]]:
    """Yield the facts beside the total of each flow; those on both flows once."""
    seen_sentences: set[str] = set()
    for code, (_, parameters) in totals.items():
        mover = _main_mover(partners[code].rows)
        named = None if mover is None else mover["partner"]
        reported_currency = {"currency": None, "fx": None}
        link = briefing_data.link("/v1/omitted", **{**parameters, **reported_currency, "flow": code, "named": named})
        for fact in briefing_data.fetch_rows_by_url(link):
            if fact["sentence"] not in seen_sentences and not (seen_sentences and fact["kind"] == "other_flow"):
                seen_sentences.add(fact["sentence"])
                yield fact


def _tables(
    briefing_data: BriefingData, totals: Mapping[str, Total], partners: Mapping[str, PartnerRows]
) -> Iterator[OutlineTable]:
    """Yield a table of partners and one of the main sections of commodities for each flow."""
    for flow, code in FLOW_CODE_BY_NAME.items():
        total = total_row(totals, code)
        if partners[code].rows:
            yield _partner_table(briefing_data, flow, partners[code], total)
            yield from _group_table(briefing_data, flow, partners[code], total)
        yield from _commodity_table(briefing_data, flow, code, total)


def _commodity_table(
    briefing_data: BriefingData, flow: str, code: str, total: ResponseRow | None
) -> Iterator[OutlineTable]:
    """Yield the table of the commodities of the coarsest level, such as sections or chapters."""
    rows, parameters = briefing_data.fetch_known_rows("/v1/commodities", flow=code, partner="WLD", limit=MAX_LIMIT)
    if rows:
        level = min(row["level"] for row in rows)
        table_rows = _largest_movers([row for row in rows if row["level"] == level], "commodity_contribution_pp")
        link_parameters = {**parameters, "level": str(level), "limit": None, "partner": None}
        link = briefing_data.link("/v1/commodities", **link_parameters)
        yield _table(f"{flow}-commodities", f"{flow.capitalize()} by commodity", table_rows, link, "commodity", total)


def _partner_table(
    briefing_data: BriefingData, flow: str, partners: PartnerRows, total: ResponseRow | None
) -> OutlineTable:
    link = briefing_data.link("/v1/partners", **partners.parameters)
    rows = _largest_movers(partners.rows, "partner_contribution_pp")
    return _table(f"{flow}-partners", f"{flow.capitalize()} by partner", rows, link, "partner", total)


def _group_table(
    briefing_data: BriefingData, flow: str, partners: PartnerRows, total: ResponseRow | None
) -> Iterator[OutlineTable]:
    """Yield the table of the groups whose figure is complete."""
    parameters = {**partners.parameters, "partner": ",".join(GROUPS)}
    rows = [
        row
        for row in briefing_data.fetch_rows("/v1/partners", **parameters)
        if row["value"] is not None and not row["members_missing"]
    ]
    if rows:
        link = briefing_data.link("/v1/partners", **{**parameters, "partner": ",".join(row["partner"] for row in rows)})
        yield _table(f"{flow}-groups", f"{flow.capitalize()} by group of partners", rows, link, "partner", total)


def _largest_movers(rows: Sequence[ResponseRow], column: str) -> list[ResponseRow]:
    """Return the rows with the largest contributions to growth in either direction; without growth the largest."""
    return sorted(rows, key=lambda row: -abs(row[column] or 0))[:MAX_TABLE_ROWS]


def _table(
    key: str, title: str, rows: Sequence[ResponseRow], link: str, side: str, total: ResponseRow | None
) -> OutlineTable:
    table_rows = tuple(
        {
            "code": row[side],
            "name": format_area(row["partner_name"]) if side == "partner" else format_commodity(row),
            "value": row["value"],
            "yoy_pct": unrounded_growth_pct(row),
            "share_pct": unrounded_share_pct(row, f"{side}_share_pct", total),
            "contribution_pp": unrounded_contribution_pp(row, f"{side}_contribution_pp", total),
        }
        for row in rows
    )
    return OutlineTable(key, title, rows[0]["currency"], table_rows, link)


def _rounded_rate(rate: float | None) -> float | None:
    return None if rate is None else round(rate, RATIO_DECIMALS) + 0.0


def _flow_name(code: str) -> str:
    return next(name for name, flow in FLOW_CODE_BY_NAME.items() if flow == code)
