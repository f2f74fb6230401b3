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
from service.domain.text import format_date, format_period
from service.resources.briefings.service import Briefing
from service.resources.briefings.statement import SECTIONS, Statement

STATUS_LABELS = {"A": "final", "P": "provisional", "E": "estimated"}
LINKED_FORMATS = ("json", "markdown")


def render_briefing(_context: Context, briefing: Briefing, format_name: str) -> Response:
    """Return a briefing as a response."""
    if format_name == "json":
        return json_response(
            {"data": briefing.rows(), "meta": briefing.meta, "links": {"self": briefing.url, "next": None}}
        )
    template_context = {
        "title": f"{briefing.reporter_name}: trade in {format_period(briefing.period)}",
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
    return html_page(
        "briefing.html",
        charts=briefing.charts,
        can_render=can_render(),
        page_title=template_context["title"],
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
