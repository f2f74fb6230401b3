"""The blueprint that resources use: parameters read strictly, answers and errors described."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import Response
from flask_smorest.blueprint import Blueprint as SmorestBlueprint
from marshmallow import Schema

from service.api.contract.envelope import envelope
from service.api.contract.formats import JSON
from service.api.contract.responses import (
    CACHED_HEADERS,
    COMMON_ERRORS,
    COMMON_HEADERS,
    DATA_ERRORS,
    NOT_MODIFIED,
    PAGED_HEADERS,
    header_references,
    response_name,
)
from service.api.data_version import DATA_VERSION_HEADER, DATA_VERSION_PARAMETER
from service.api.http.deprecation import (
    DEPRECATION_HEADERS,
    Deprecation,
    add_deprecation_headers,
    deprecated_parameters,
)
from service.api.parameters.strict_parser import StrictParser
from service.api.problems.types import PROBLEM_TYPES

BlueprintView = TypeVar("BlueprintView", bound=Callable[..., Response])


class Blueprint(SmorestBlueprint):
    """A blueprint whose views answer with rows in an envelope, or with a problem."""

    ARGUMENTS_PARSER = StrictParser()

    def table_route(
        self,
        rule: str,
        *,
        params: type[Schema],
        row_schema: type[Schema],
        path_parameters: Mapping[str, str] | None = None,
        deprecation: Deprecation | None = None,
    ) -> Callable[[BlueprintView], BlueprintView]:
        """Serve GET of `rule` with what the decorated view makes of its parameters: rows in an envelope.

        The operation is called as the view is; its summary and description are those of the docstring. `path`
        describes the parameters in `rule`, each by a sentence and an example as `sentence | example`; `retired` tells
        that the operation is to go.
        """
        going = deprecated_parameters(params)
        pages = "cursor" in params._declared_fields
        serve = self.get_route(
            rule,
            envelope(row_schema),
            description="The rows.",
            problem_slugs=(
                *DATA_ERRORS,
                *(["cursor-expired"] if pages else []),
                *(["not-found"] if path_parameters else []),
            ),
            response_headers=(
                *(PAGED_HEADERS if pages else CACHED_HEADERS),
                *(DEPRECATION_HEADERS if going or deprecation else ()),
            ),
            path_parameters=path_parameters,
        )
        # One schema for all requests: made anew for each it takes as long as what it loads.
        parsed = self.arguments(params(), location="query", error_status_code=422)

        def decorate(view: BlueprintView) -> BlueprintView:
            _document(view, self.alt_response(304, response=NOT_MODIFIED))
            described: Any = parsed(view)
            if deprecation is not None:
                _document(described, self.doc(**deprecation.openapi_properties))
            serve(add_deprecation_headers(described, deprecation, going))
            return view

        return decorate

    def get_route(
        self,
        rule: str,
        response_schema: type[Schema] | dict[str, Any],
        *,
        description: str,
        media_type: str = JSON,
        problem_slugs: Iterable[str] = (),
        response_headers: Iterable[str] = COMMON_HEADERS,
        path_parameters: Mapping[str, str] | None = None,
    ) -> Callable[[BlueprintView], BlueprintView]:
        """Serve GET of `rule` with what the decorated view gives: an `answer`, described by `text`, as `media`.

        `errors` are the slugs of the problems that may come in its place, beside those of any request; `sent` are the
        header_references that come with it; `path` is as in `answers`.
        """
        in_path = [_path_parameter(name, *sentence.split(" | ")) for name, sentence in (path_parameters or {}).items()]
        seen = [dict(DATA_VERSION_PARAMETER)] if DATA_VERSION_HEADER in response_headers else []
        given = self.response(
            200,
            response_schema,
            content_type=media_type,
            description=description,
            headers=header_references(*response_headers),
        )

        def decorate(view: BlueprintView) -> BlueprintView:
            described = given(view)
            _document(described, self.doc(operationId=view.__name__))
            for slug in (*COMMON_ERRORS, *problem_slugs):
                _document(described, self.alt_response(PROBLEM_TYPES[slug].status, response=response_name(slug)))
            self.route(rule, methods=["GET"], parameters=[*in_path, *seen])(described)
            return view

        return decorate


def _document(view: Any, decorator: Callable[[Any], Any]) -> None:
    """Describe `view` as the decorator `by` does, without what it would put around each call."""
    view._apidoc = decorator(view)._apidoc


def _path_parameter(name: str, description: str, example: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "description": description, "schema": {"type": "string"}, "example": example}
