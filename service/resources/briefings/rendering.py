"""Rendering of briefings as JSON, Markdown and HTML."""

from collections import Counter
from collections.abc import Sequence

from flask import Response, render_template, request

from service.api.charts.renderer import can_render
from service.api.contract.formats import CONTENT_TYPES
from service.api.database.context import Context
from service.api.parameters.request import build_url
from service.api.responses.rendering import json_response
from service.api.serialization.html import html_page
from service.domain.text import (
    format_date,
    format_money,
    format_percent,
    format_period,
    format_points,
    format_signed_percent,
)
from service.resources.briefings.page import figure_cards, other_briefings, page_tables
from service.resources.briefings.service import Briefing
from service.resources.briefings.statement import SECTIONS, Statement

STATUS_LABELS = {"A": "final", "P": "provisional", "E": "estimated"}
DOCUMENT_SECTIONS = ("second_currency", "measures", "indicators", "missing")
"""Sections whose statements a document has beside its outline; the tables have the figures of the others."""
LINKED_FORMATS = ("json", "markdown")


def render_briefing(_context: Context, briefing: Briefing, format_name: str) -> Response:
    """Return a briefing as a response."""
    if format_name == "json":
        outline = {} if briefing.outline is None else {"outline": briefing.outline.rounded()}
        links = {"self": briefing.url, "next": None}
        return json_response({"data": briefing.rows(), **outline, "meta": briefing.meta, "links": links})
    template_context = {
        "title": f"{briefing.reporter_name}: trade in {format_period(briefing.period)}",
        "outline": briefing.outline,
        "amount": _format_amount,
        "signed_pct": lambda number: "" if number is None else format_signed_percent(number),
        "signed_points": lambda number: "" if number is None else format_points(number),
        "share_pct": lambda number: "" if number is None else format_percent(number),
        "document_sections": DOCUMENT_SECTIONS,
        "section_titles": SECTIONS,
        "sections": _statements_by_section(briefing.statements),
        "usual_status": _most_common_status(briefing.statements),
        "status_labels": STATUS_LABELS,
        "briefing_data": briefing.data,
        "as_of_date": None if briefing.as_of is None else format_date(briefing.as_of),
    }
    if format_name == "markdown":
        return Response(render_template("briefing.md", **template_context), content_type=CONTENT_TYPES[format_name])
    links = {f"{name}_link": build_url(request.path, {**request.args, "format": name}) for name in LINKED_FORMATS}
    document = briefing.outline
    return html_page(
        "briefing.html",
        chart_image=briefing.chart,
        has_chart=briefing.chart is not None and can_render(),
        page_title=document.headline.rstrip(".") if document else template_context["title"],
        page_url=request.url,
        figure_cards=figure_cards(document.key_figures) if document else [],
        tables=page_tables(briefing),
        other_briefings=other_briefings(briefing),
        pinned_link=build_url(request.path, {**request.args, "as_of": briefing.as_of, "format": "html"}),
        **links,
        **template_context,
    )


def _statements_by_section(statements: Sequence[Statement]) -> dict[str, list[Statement]]:
    """Return the statements by section, in the order of the sections; empty sections are left out."""
    all_sections = {name: [each for each in statements if each.section == name] for name in SECTIONS}
    return {name: section for name, section in all_sections.items() if section}


def _most_common_status(statements: Sequence[Statement]) -> str | None:
    """Return the most frequent observation status; null where no statement has one."""
    counts = Counter(each.obs_status for each in statements if each.obs_status is not None)
    return counts.most_common(1)[0][0] if counts else None


def _format_amount(value: int | None, currency: str) -> str:
    """Return an amount with its currency and a sign where it is below zero; nothing where it is not known."""
    if value is None:
        return ""
    return f"{'-' if value < 0 else ''}{format_money(value, currency)}"
