"""A page for each type of problem."""

from flask import Response

from service.api.blueprint import Blueprint
from service.api.problems.types import PROBLEM_TYPES
from service.errors import NotFound

TEXT_MEDIA_TYPE = "text/plain"

blueprint = Blueprint("problems", __name__, url_prefix="/problems", description="What can go wrong, and what it means.")


@blueprint.get_route(
    "/<slug>",
    {"type": "string", "description": "Title, explanation and status.", "example": "There is nothing here"},
    description="What problems of this type mean.",
    media_type=TEXT_MEDIA_TYPE,
    problem_slugs=["not-found"],
    path_parameters={"slug": "The end of the `type` of a problem. | invalid-parameter"},
)
def get_problem_type(slug: str) -> Response:
    """What a type of problem means.

    The address that stands as `type` in the problems (RFC 9457) that the service answers with, for a person to read.
    """
    kind = PROBLEM_TYPES.get(slug)
    if kind is None:
        raise NotFound(f"There is no type of problem called {slug}; there are {', '.join(PROBLEM_TYPES)}.")
    text = f"{kind.title}\n\n{kind.explanation}\n\nStatus: {kind.status}\n"
    return Response(text, content_type=f"{TEXT_MEDIA_TYPE}; charset=utf-8")
