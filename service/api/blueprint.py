"""The blueprint that resources use: parameters read strictly, answers and errors described."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response
from flask_smorest.blueprint import Blueprint as SmorestBlueprint
from marshmallow import Schema

from service.api.parsing import StrictParser
from service.api.problems import CONTENT_TYPE, TYPES
from service.api.schemas import Problem, envelope

View = TypeVar("View", bound=Callable[..., Response])
DESCRIBED_ERRORS = (
    "not-acceptable",
    "cursor-expired",
    "invalid-parameter",
    "too-many-requests",
    "internal-error",
    "unavailable",
    "took-too-long",
)


class Blueprint(SmorestBlueprint):
    """A blueprint whose views answer with rows in an envelope, or with a problem."""

    ARGUMENTS_PARSER = StrictParser()

    def answers(
        self, rule: str, *, params: type[Schema], row: type[Schema], path: dict[str, str] | None = None
    ) -> Callable[[View], View]:
        """Serve GET of `rule` with what the decorated view makes of its parameters.

        The operation is called as the view is; its summary and description are those of the docstring. `path`
        describes the parameters in `rule`, each by a sentence and an example as `sentence | example`.
        """
        in_path = [_in_path(name, *text.split(" | ")) for name, text in (path or {}).items()]

        def decorate(view: View) -> View:
            described: Any = view
            for slug in (*DESCRIBED_ERRORS, *(["not-found"] if path else [])):
                kind = TYPES[slug]
                answer = self.alt_response(
                    kind.status, schema=Problem, description=kind.title, content_type=CONTENT_TYPE
                )
                described = answer(described)
            described = self.response(200, envelope(row), description="The rows.")(described)
            described = self.doc(operationId=view.__name__)(described)
            described = self.arguments(params, location="query", error_status_code=422)(described)
            self.route(rule, methods=["GET"], parameters=in_path)(described)
            return view

        return decorate


def _in_path(name: str, description: str, example: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "description": description, "schema": {"type": "string", "example": example}}
