"""Facts on related figures: the partners and commodities with the largest changes, the other flow, and revisions."""

from collections.abc import Iterator

from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.text import (
    format_commodity,
    format_growth,
    format_money,
    format_percent,
    format_sentence,
)
from service.domain.unrounded_rates import unrounded_growth_pct
from service.resources.omitted.facts import FACT_FLOW_NAMES, Fact, FactFigure, FactRow, SeriesFacts

MIN_DETAIL_SHARE = 0.5
"""Share of the change of a commodity from which on its largest part is named in its place."""
MAX_CANDIDATES = "20"
MAX_COMMODITIES = "1000"
MIN_REVISION_PCT = 0.05
"""Largest revision in percent below which first figures are as good as final ones."""


def largest_movers(facts: SeriesFacts, named_codes: frozenset[str]) -> Iterator[Fact]:
    """Yield facts on the parts of the trade that changed most: one in the direction of the series, one in the other.

    The parts of a series of one partner are its commodities, those of a series of one commodity its partners; those of
    any other series are pairs of partner and commodity. A series of one partner and one commodity has no parts. Parts
    with a code in `named_codes` are left out.
    """
    if facts.row["partner"] != WORLD_CODE and facts.row["commodity"] != TOTAL_CODE:
        return
    direction = -1 if (facts.row["yoy_change"] or 0) < 0 else 1
    for sign, kind in ((direction, "largest_mover"), (-direction, "largest_opposite_mover")):
        mover = _largest_mover(facts, sign, named_codes)
        if mover is not None:
            yield _mover_fact(facts, mover, kind, compared=_compared_movers(facts, named_codes))


def _largest_mover(facts: SeriesFacts, sign: int, named_codes: frozenset[str]) -> FactRow | None:
    link = facts.link(
        "/v1/flows",
        **_mover_scope(facts),
        labels="true",
        sort="-yoy_change" if sign > 0 else "yoy_change",
        limit=MAX_CANDIDATES,
    )
    for row in facts.rows(link):
        is_named = bool(named_codes & {row["partner"], row["commodity"]})
        if not is_named and row["yoy_change"] is not None and row["yoy_change"] * sign > 0:
            return _most_detailed(facts, row, sign, named_codes)
    return None


def _most_detailed(facts: SeriesFacts, row: FactRow, sign: int, named_codes: frozenset[str]) -> FactRow:
    """Return the mover, or the part of its commodity, at any level, that makes up at least half of its change."""
    if facts.row["commodity"] != TOTAL_CODE:
        return row
    rows = _commodity_rows(facts, partner=row["partner"])
    while True:
        parts = [part for part in rows if part["parent"] == row["commodity"] and part["commodity"] not in named_codes]
        largest = max(parts, key=lambda part: sign * (part["yoy_change"] or 0), default=None)
        if largest is None or sign * (largest["yoy_change"] or 0) < MIN_DETAIL_SHARE * abs(row["yoy_change"]):
            return row
        row = largest


def _commodity_rows(facts: SeriesFacts, *, partner: str) -> list[FactRow]:
    link = facts.link("/v1/commodities", partner=partner, commodity=None, labels="true", limit=MAX_COMMODITIES)
    return [row for row in facts.rows(link) if row["value"] is not None and row["commodity"] != TOTAL_CODE]


def _mover_scope(facts: SeriesFacts) -> dict[str, str | None]:
    scope: dict[str, str | None] = {}
    if facts.row["partner"] == WORLD_CODE:
        scope["partner"] = "all"
    if facts.row["commodity"] == TOTAL_CODE:
        scope["commodity"] = "all"
    return scope


def _compared_movers(facts: SeriesFacts, named_codes: frozenset[str]) -> str:
    """Return which movers were compared, ` among 28 commodities of every level (100.0% of exports)`."""
    compared = []
    if facts.row["commodity"] == TOTAL_CODE:
        rows = _commodity_rows(facts, partner=facts.row["partner"])
        top_level = min((row["level"] for row in rows), default=0)
        known_values = [row["value"] or 0 for row in rows if row["level"] == top_level]
        known_share_pct = 100 * sum(known_values) / facts.row["value"] if facts.row["value"] else 0
        compared.append(
            f"{len(rows)} commodities of every level ({format_percent(known_share_pct)} of {facts.flow_name})"
        )
    if named_codes:
        compared.append("codes" if facts.row["partner"] != WORLD_CODE else "partners")
        compared[-1] += " other than those already named"
    return f" among {' and '.join(compared)}" if compared else ""


def _mover_fact(facts: SeriesFacts, row: FactRow, kind: str, *, compared: str) -> Fact:
    commodity = "" if row["commodity"] == TOTAL_CODE else f" of {format_commodity(row)}"
    change = format_money(abs(row["yoy_change"]), row["currency"])
    verb = "rose" if row["yoy_change"] > 0 else "fell"
    growth = "" if row["yoy_pct"] is None else f" ({format_growth(unrounded_growth_pct(row))})"
    role = "The largest change" if kind == "largest_mover" else "The largest change in the other direction"
    sentence = f"{role}{compared}: {facts.flow_name}{commodity}{facts.partner_phrase(row)} {verb} by {change}{growth}."
    link = facts.link("/v1/flows", partner=row["partner"], commodity=row["commodity"])
    figures = (FactFigure("yoy_change", row["yoy_change"], row["currency"]), FactFigure("yoy_pct", row["yoy_pct"], "%"))
    return Fact(kind, sentence, link, figures)


def other_flow(facts: SeriesFacts) -> Iterator[Fact]:
    """Yield a fact on the balance and on the other flow: imports for a series of exports, and vice versa."""
    link = facts.link("/v1/balances", flow=None)
    row = next(iter(facts.rows(link)), None)
    if row is None or row["balance"] is None:
        return
    side = "imports" if facts.row["flow"] == "X" else "exports"
    growth = row[f"{side}_yoy_pct"]
    preposition = "from" if side == "imports" else "to"
    partner = facts.partner_phrase(facts.row).replace(" to ", f" {preposition} ").replace(" from ", f" {preposition} ")
    change = "" if growth is None else f", {format_growth(growth)} from a year earlier"
    balance = format_money(abs(row["balance"]), row["currency"])
    kind = "deficit" if row["balance"] < 0 else "surplus"
    base = ""
    if row["balance_status"] == "ok":
        base_kind = "a deficit" if row["balance_base"] < 0 else "a surplus"
        base = f" after {base_kind} of {format_money(abs(row['balance_base']), row['currency'])} a year earlier"
    value = format_money(row[f"{side}_value"], row["currency"])
    sentence = format_sentence(f"{side}{partner} were {value}{change}; the balance was a {kind} of {balance}{base}")
    figures: tuple[FactFigure, ...] = (
        FactFigure(f"{side}_value", row[f"{side}_value"], row["currency"]),
        FactFigure(f"{side}_yoy_pct", growth, "%"),
        FactFigure("balance", row["balance"], row["currency"]),
    )
    if base:
        figures = (*figures, FactFigure("balance_base", row["balance_base"], row["currency"]))
    yield Fact("other_flow", sentence, link, figures)


def price_and_quantity(facts: SeriesFacts) -> Iterator[Fact]:
    """Yield a fact on the growth of quantity and unit value, if the series has quantities of both periods."""
    row = facts.row
    if row["unit_value_yoy_pct"] is None or row["quantity_yoy_pct"] is None:
        return
    sentence = (
        f"The quantity of {facts.subject} was {format_growth(row['quantity_yoy_pct'])} from a year earlier, and the "
        f"unit value, in which the mix of goods counts, {format_growth(row['unit_value_yoy_pct'])}."
    )
    columns = {
        "quantity_yoy_pct": "%",
        "unit_value_yoy_pct": "%",
        "quantity_effect_pp": "pp",
        "unit_value_effect_pp": "pp",
    }
    figures = tuple(FactFigure(name, row[name], unit) for name, unit in columns.items())
    yield Fact("price_and_quantity", sentence, facts.link("/v1/series"), figures)


def reliability(facts: SeriesFacts) -> Iterator[Fact]:
    """Yield a fact on the mean and the largest revision of first figures, over the series' other periods.

    The first figure of a quarter or a year is the first sum of all its months: months that are added are no revision.
    """
    if not facts.has_republished_periods:
        return
    link = facts.link("/v1/revisions", period="all", limit="10000")
    first_values: dict[str, int] = {}
    revisions: dict[str, float] = {}
    for row in facts.rows(link):
        if row["value"] is None or not row["period_complete"] or row["period"] == facts.period:
            continue
        first = first_values.setdefault(row["period"], row["value"])
        if row["value"] != first and first > 0:
            revisions[row["period"]] = 100 * (row["value"] / first - 1)
    sizes = [abs(revision) for revision in revisions.values()]
    if max(sizes, default=0) < MIN_REVISION_PCT:
        return
    count = len(first_values)
    mean, largest = sum(sizes) / count, max(sizes)
    sentence = (
        f"First figures of {FACT_FLOW_NAMES[facts.row['flow']]} in this series were revised by {format_percent(mean)} "
        f"on average and by {format_percent(largest)} at most, over {count} {'period' if count == 1 else 'periods'}."
    )
    figures = (
        FactFigure("revision_mean_abs_pct", round(mean, 4), "%"),
        FactFigure("revision_max_abs_pct", round(largest, 4), "%"),
        FactFigure("revision_count", count, "periods"),
    )
    yield Fact("reliability", sentence, link, figures)
