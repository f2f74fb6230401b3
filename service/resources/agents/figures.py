"""Tools for figures: time series, rankings, briefings, and explanations of differing figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.domain.codes import TOTAL_CODE, WORLD_CODE
from service.domain.flows import FLOW_NAMES
from service.domain.text import (
    describe_growth,
    describe_members,
    describe_missing_value,
    format_area,
    format_commodity,
    format_money,
    format_percent,
    format_row_period,
    format_sentence,
    format_value,
    possessive,
    row_partner_phrase,
)
from service.resources.agents.answer import MAX_ANSWER_ROWS, Answer, attributions
from service.resources.agents.names import area_code, commodity_code, flow_code, frequency_code, period_code

Arguments = Mapping[str, Any]
FigureRow = dict[str, Any]
SERIES_COLUMNS = ("partner", "flow", "commodity", "period", "value", "currency", "yoy_pct", "yoy_status")
RANKING_COLUMNS = ("value", "currency", "yoy_pct", "yoy_status")
SORT_COLUMNS = {"value": "-value", "growth": "-yoy_pct", "decline": "yoy_pct", "contribution": "-{}_contribution_pp"}
READING_COLUMNS = (
    *("kind", "reason", "value", "currency", "yoy_pct"),
    *("difference_pct", "unexplained_pct", "valuation", "release"),
)
DOLLARS = "USD"
MAX_NAMED_ROWS = 3


def get_series(context: Context, arguments: Arguments) -> Answer:
    """Answer a call of the tool `get_series` with a time series and its growth from a year earlier.

    Where the arguments request a currency, converted values and their growth are added.
    """
    query = _query(context, arguments)
    url = build_url("/v1/series", query)
    result = context.fetch_resource(url)
    rows: list[FigureRow] = result.rows()
    columns: tuple[str, ...] = SERIES_COLUMNS
    sources, growth_note = attributions(result.meta), ""
    if arguments.get("currency") and rows:
        currency = arguments["currency"].upper()
        url = build_url("/v1/series", query | {"currency": currency})
        converted = context.fetch_resource(url)
        suffix = currency.lower()
        names = {"value": f"value_{suffix}", "yoy_pct": f"yoy_pct_{suffix}", "exchange_rate": "exchange_rate"}
        columns = (*columns, *names.values())
        converted_rows = converted.rows()
        rows = [
            row | {new_name: converted_row[name] for name, new_name in names.items()}
            for row, converted_row in zip(rows, converted_rows, strict=True)
        ]
        sources = [*sources, *attributions(converted.meta)]
        growth_note = f"; converted, they were {_figure_phrase(converted_rows[-1])}"
    if not rows:
        return Answer(_empty_sentence(result.meta), url)
    sentence = format_sentence(f"{_series_phrase(context, rows[-1])} {_figure_phrase(rows[-1])}{growth_note}")
    return Answer(sentence, url, columns, rows, result.next_url is not None, sources)


def rank_partners(context: Context, arguments: Arguments) -> Answer:
    """Answer a call of the tool `rank_partners` with the ranked partners of a reporter in one period."""
    return _ranking(context, arguments, "partner", {"partner": "all"})


def rank_commodities(context: Context, arguments: Arguments) -> Answer:
    """Answer a call of the tool `rank_commodities` with the ranked commodities of a reporter in one period."""
    level = arguments.get("level")
    fixed = {"commodity": "all"} | ({} if level is None else {"level": str(level)})
    return _ranking(context, arguments, "commodity", fixed)


def get_briefing(context: Context, arguments: Arguments) -> Answer:
    """Answer a call of the tool `get_briefing` with the statements of the briefing on a reporter and a period."""
    reporter = area_code(context, "reporter", arguments["reporter"])
    period = period_code(arguments.get("period") or "latest")
    briefing = context.fetch_resource(f"/v1/briefings/{reporter}/{period}")
    sentences = [row["sentence"] for row in briefing.rows()]
    if not sentences:
        return Answer(f"There are no figures of {reporter} in {period}.", briefing.url)
    text = "\n".join([sentences[0], *(f"- {sentence}" for sentence in sentences[1:MAX_ANSWER_ROWS])])
    return Answer(
        text, briefing.url, is_truncated=len(sentences) > MAX_ANSWER_ROWS, sources=attributions(briefing.meta)
    )


def explain_difference(context: Context, arguments: Arguments) -> Answer:
    """Answer a call of the tool `explain_difference`: why another text can have another number for the same figure.

    The rows are those of /v1/reconciliation, such as the same figure in another currency or by an older release. With
    the argument `claimed`, the row that is closest to the claimed number comes first.
    """
    claimed, currency = arguments.get("claimed"), (arguments.get("currency") or "").upper() or None
    query = _query(context, arguments)
    figure = context.fetch_resource(build_url("/v1/series", query | {"currency": currency}))
    rows = figure.rows()
    if not rows:
        return Answer(_empty_sentence(figure.meta), figure.self_url)
    claim = {"claimed": None if claimed is None else f"{claimed:.0f}", "claimed_currency": currency}
    url = build_url("/v1/reconciliation", query | claim)
    readings: list[FigureRow] = context.fetch_resource(url).rows()
    notes = _closest_reading(readings, claimed) if claimed is not None else " Other readings of it follow."
    sentence = format_sentence(f"{_series_phrase(context, rows[-1])} {_figure_phrase(rows[-1])}")
    if currency is None and rows[-1]["currency"] != DOLLARS:
        readings = readings + _dollar_readings(context, query)
    is_truncated = len(readings) > MAX_ANSWER_ROWS
    return Answer(
        f"{sentence}{notes if readings else ''}",
        url,
        READING_COLUMNS,
        readings,
        is_truncated,
        attributions(figure.meta),
    )


def _closest_reading(readings: Sequence[FigureRow], claimed: float) -> str:
    """Return a sentence on the reading with the smallest distance to the claimed figure."""
    closest = next((reading for reading in readings if reading["unexplained_pct"] is not None), None)
    if closest is None:
        return ""
    claimed_figure = format_money(round(claimed), closest["currency"])
    distance = format_percent(abs(closest["unexplained_pct"]))
    side = "the same as" if closest["unexplained"] == 0 else f"{distance} from"
    reason = closest["reason"].rstrip(".")
    return f" The closest reading is {side} the claimed {claimed_figure}: {format_value(closest)} ({reason})."


def _dollar_readings(context: Context, query: dict[str, str | None]) -> list[FigureRow]:
    rows = context.fetch_resource(build_url("/v1/series", query | {"currency": DOLLARS})).rows()
    reason = "In US dollars, at the average rate of the period."
    return [{"kind": "currency", "reason": reason} | row for row in rows]


def _query(context: Context, arguments: Arguments) -> dict[str, str | None]:
    """Return the query of a request for figures."""
    reporter = area_code(context, "reporter", arguments["reporter"])
    period = period_code(arguments.get("period") or "latest")
    return {
        "reporter": reporter,
        "partner": area_code(context, "partner", arguments.get("partner") or WORLD_CODE),
        "flow": flow_code(arguments.get("flow") or "exports"),
        "commodity": commodity_code(context, reporter, arguments.get("commodity") or TOTAL_CODE),
        "period": period,
        "frequency": frequency_code(context, reporter, period),
        "limit": str(MAX_ANSWER_ROWS),
    }


def _ranking(context: Context, arguments: Arguments, dimension: str, fixed: Mapping[str, str]) -> Answer:
    resource = {"partner": "/v1/partners", "commodity": "/v1/commodities"}[dimension]
    sort = SORT_COLUMNS[arguments.get("sort") or "value"].format(dimension)
    limit = min(int(arguments.get("limit") or 10), MAX_ANSWER_ROWS)
    currency = arguments.get("currency")
    query = _query(context, arguments) | dict(fixed) | {"sort": sort, "limit": str(limit), "currency": currency}
    url = build_url(resource, query)
    result = context.fetch_resource(url)
    rows = result.rows()
    if not rows:
        return Answer(_empty_sentence(result.meta), url)
    named_rows = ", ".join(
        f"{_row_name(row, dimension)} ({format_value(row)}{_growth_phrase(row)})" for row in rows[:MAX_NAMED_ROWS]
    )
    flow = FLOW_NAMES[rows[0]["flow"]]
    reporter = possessive(context.find_area("reporter", rows[0]["reporter"]).name)
    noun = {"partner": "partners", "commodity": "commodities"}[dimension]
    order = arguments.get("sort") or "value"
    sentence = format_sentence(
        f"{reporter} {flow} in {format_row_period(rows[0])}: the first {noun} by {order} are {named_rows}"
    )
    columns = (
        dimension,
        f"{dimension}_name",
        *RANKING_COLUMNS,
        f"{dimension}_share_pct",
        f"{dimension}_contribution_pp",
    )
    return Answer(sentence, url, columns, rows, result.next_url is not None, attributions(result.meta))


def _row_name(row: FigureRow, dimension: str) -> str:
    return (
        format_commodity(row)
        if dimension == "commodity"
        else f"{format_area(row['partner_name'])}{describe_members(row)}"
    )


def _series_phrase(context: Context, row: FigureRow) -> str:
    """Return `Japan's exports to China in January 2024 were`."""
    flow = FLOW_NAMES[row["flow"]]
    words = [possessive(context.find_area("reporter", row["reporter"]).name), flow]
    if row["commodity"] != TOTAL_CODE:
        words.append(f"of {row['commodity']}")
    if row["partner"] != WORLD_CODE:
        partner_name = context.find_area("partner", row["partner"]).name
        words.append(row_partner_phrase(flow, row | {"partner_name": partner_name}))
    return f"{' '.join(words)} in {format_row_period(row)} were"


def _figure_phrase(row: FigureRow) -> str:
    if row["value"] is not None:
        return f"{format_value(row)}{_growth_phrase(row)}"
    reason = describe_missing_value(row)
    phrases = {"no figure is published": "not published", "not in the loaded data": "not in the loaded data"}
    return phrases.get(reason, f"not known, with {reason}")


def _growth_phrase(row: FigureRow) -> str:
    growth = describe_growth(row)
    return f", {growth.removeprefix(', ')}"


def _empty_sentence(meta: Mapping[str, Any]) -> str:
    return f"There are no such figures: {meta.get('empty_reason') or 'none are loaded'}. list_data says what is loaded."
