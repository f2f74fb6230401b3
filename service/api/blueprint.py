"""The blueprint that resources use: parameters read strictly, answers and errors described."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import Response
from flask_smorest.blueprint import Blueprint as SmorestBlueprint
from marshmallow import Schema

from service.api.caching.data_version import DATA_VERSION, VERSION_SEEN
from service.api.contract.envelope import envelope
from service.api.http.deprecation import ANNOUNCED_BY, Retirement, announcing, retiring_parameters
from service.api.openapi.components import (
    ALWAYS,
    ANY_QUESTION,
    ANY_REQUEST,
    NOT_MODIFIED,
    OF_CACHED,
    OF_PAGES,
    headers,
    response_name,
)
from service.api.parameters.strict_parser import StrictParser
from service.api.problems.types import TYPES
from service.api.serialization.formats import JSON

View = TypeVar("View", bound=Callable[..., Response])


class Blueprint(SmorestBlueprint):
    """A blueprint whose views answer with rows in an envelope, or with a problem."""

    ARGUMENTS_PARSER = StrictParser()

    def answers(
        self,
        rule: str,
        *,
        params: type[Schema],
        row: type[Schema],
        path: Mapping[str, str] | None = None,
        retired: Retirement | None = None,
    ) -> Callable[[View], View]:
        """Serve GET of `rule` with what the decorated view makes of its parameters: rows in an envelope.

        The operation is called as the view is; its summary and description are those of the docstring. `path`
        describes the parameters in `rule`, each by a sentence and an example as `sentence | example`; `retired` tells
        that the operation is to go.
        """
        going = retiring_parameters(params)
        pages = "cursor" in params._declared_fields
        serve = self.gives(
            rule,
            envelope(row),
            text="The rows.",
            errors=(*ANY_QUESTION, *(["cursor-expired"] if pages else []), *(["not-found"] if path else [])),
            sent=(*(OF_PAGES if pages else OF_CACHED), *(ANNOUNCED_BY if going or retired else ())),
            path=path,
        )
        # One schema for all requests: made anew for each it takes as long as what it loads.
        parsed = self.arguments(params(), location="query", error_status_code=422)

        def decorate(view: View) -> View:
            _describe(view, self.alt_response(304, response=NOT_MODIFIED))
            described: Any = parsed(view)
            if retired is not None:
                _describe(described, self.doc(**retired.described))
            serve(announcing(described, retired, going))
            return view

        return decorate

    def gives(
        self,
        rule: str,
        answer: type[Schema] | dict[str, Any],
        *,
        text: str,
        media: str = JSON,
        errors: Iterable[str] = (),
        sent: Iterable[str] = ALWAYS,
        path: Mapping[str, str] | None = None,
    ) -> Callable[[View], View]:
        """Serve GET of `rule` with what the decorated view gives: an `answer`, described by `text`, as `media`.

        `errors` are the slugs of the problems that may come in its place, beside those of any request; `sent` are the
        headers that come with it; `path` is as in `answers`.
        """
        in_path = [_in_path(name, *sentence.split(" | ")) for name, sentence in (path or {}).items()]
        seen = [dict(VERSION_SEEN)] if DATA_VERSION in sent else []
        given = self.response(200, answer, content_type=media, description=text, headers=headers(*sent))

        def decorate(view: View) -> View:
            described = given(view)
            _describe(described, self.doc(operationId=view.__name__))
            for slug in (*ANY_REQUEST, *errors):
                _describe(described, self.alt_response(TYPES[slug].status, response=response_name(slug)))
            self.route(rule, methods=["GET"], parameters=[*in_path, *seen])(described)
            return view

        return decorate


def _describe(view: Any, by: Callable[[Any], Any]) -> None:
    """Describe `view` as the decorator `by` does, without what it would put around each call."""
    view._apidoc = by(view)._apidoc


def _in_path(name: str, description: str, example: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "description": description, "schema": {"type": "string"}, "example": example}
