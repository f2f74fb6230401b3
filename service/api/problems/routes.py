"""A page for each type of problem."""

from flask import Response

from service.api.blueprint import Blueprint
from service.api.problems.types import TYPES
from service.errors import NotFound

PLAIN = "text/plain"

blueprint = Blueprint("problems", __name__, url_prefix="/problems", description="What can go wrong, and what it means.")


@blueprint.gives(
    "/<slug>",
    {"type": "string", "description": "Title, explanation and status.", "example": "There is nothing here"},
    text="What problems of this type mean.",
    media=PLAIN,
    errors=["not-found"],
    path={"slug": "The end of the `type` of a problem. | invalid-parameter"},
)
def get_problem_type(slug: str) -> Response:
    """What a type of problem means.

    The address that stands as `type` in the problems (RFC 9457) that the service answers with, for a person to read.
    """
    kind = TYPES.get(slug)
    if kind is None:
        raise NotFound(f"There is no type of problem called {slug}; there are {', '.join(TYPES)}.")
    text = f"{kind.title}\n\n{kind.explanation}\n\nStatus: {kind.status}\n"
    return Response(text, content_type=f"{PLAIN}; charset=utf-8")
