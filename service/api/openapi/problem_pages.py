"""The resource of problem types: a page that explains each."""

from flask import Response, request

from service.api.blueprint import Blueprint
from service.api.problems.page import prefers_html, problem_page
from service.api.problems.types import PROBLEM_TYPES
from service.errors import NotFound

HTML_CONTENT_TYPE = "text/html; charset=utf-8"
TEXT_MEDIA_TYPE = "text/plain"

blueprint = Blueprint("problems", __name__, url_prefix="/problems", description="Problem types and their explanations.")


@blueprint.get_route(
    "/<slug>",
    {"type": "string", "description": "Title, explanation and status.", "example": "Not found"},
    description="Explanation of the problem type.",
    media_type=TEXT_MEDIA_TYPE,
    problem_slugs=["not-found"],
    path_parameters={"slug": "The end of the `type` of a problem. | invalid-parameter"},
)
def get_problem_type(slug: str) -> Response:
    """Explanation of a problem type.

    The page at the URL in `type` of a problem (RFC 9457).
    """
    problem_type = PROBLEM_TYPES.get(slug)
    if problem_type is None:
        raise NotFound(f"There is no problem type {slug}. The types are {', '.join(PROBLEM_TYPES)}.")
    if prefers_html(request.accept_mimetypes):
        body = {"title": problem_type.title, "detail": problem_type.explanation.replace("`", "")}
        page = problem_page(body | {"type": "about:blank", "status": problem_type.status}, ())
        return Response(page, content_type=HTML_CONTENT_TYPE)
    text = f"{problem_type.title}\n\n{problem_type.explanation}\n\nStatus: {problem_type.status}\n"
    return Response(text, content_type=f"{TEXT_MEDIA_TYPE}; charset=utf-8")
