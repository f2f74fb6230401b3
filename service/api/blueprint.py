"""The blueprint class of resources: strict parameters, documented responses and errors."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import Response
from flask_smorest.blueprint import Blueprint as SmorestBlueprint
from marshmallow import Schema

from service.api.contract.envelope import envelope
from service.api.contract.formats import JSON
from service.api.contract.responses import (
    BODY_ERRORS,
    CACHED_HEADERS,
    COMMON_ERRORS,
    COMMON_HEADERS,
    DATA_ERRORS,
    NOT_MODIFIED,
    PAGED_HEADERS,
    SEE_OTHER,
    UNCACHED_HEADERS,
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
    """A blueprint whose routes parse parameters strictly and are described in the OpenAPI document."""

    ARGUMENTS_PARSER = StrictParser()

    def table_route(
        self,
        rule: str,
        *,
        params: type[Schema],
        row_schema: type[Schema],
        path_parameters: Mapping[str, str] | None = None,
        deprecation: Deprecation | None = None,
        page_schema: type[Schema] | None = None,
    ) -> Callable[[BlueprintView], BlueprintView]:
        """Return a decorator that serves GET of the path `rule` by a view that returns rows of `row_schema`.

        The operation is documented by the name and the docstring of the view. `params` is the schema of the query
        parameters. `path_parameters` maps the name of each parameter in `rule` to a text with its description and an
        example, such as `Code of the release. | jpn-pc-m-demo-2024-02-28`. `deprecation` announces the removal of the
        operation. `page_schema` is the schema of the whole response; null means the usual envelope with data, metadata
        and links.
        """
        parameter_deprecations = deprecated_parameters(params)
        has_pages = "cursor" in params._declared_fields
        has_page = "html" in getattr(params._declared_fields.get("format"), "choices", ())
        serve = self.get_route(
            rule,
            page_schema or envelope(row_schema),
            description="The rows.",
            problem_slugs=(
                *DATA_ERRORS,
                *(["cursor-expired"] if has_pages else []),
                *(["not-found"] if path_parameters else []),
            ),
            response_headers=(
                *(PAGED_HEADERS if has_pages else CACHED_HEADERS),
                *(DEPRECATION_HEADERS if parameter_deprecations or deprecation else ()),
            ),
            path_parameters=path_parameters,
        )
        # One schema object serves all requests: to create it takes as long as to load a query.
        parse_parameters = self.arguments(params(), location="query", error_status_code=422)

        def decorate(view: BlueprintView) -> BlueprintView:
            _document(view, self.alt_response(304, response=NOT_MODIFIED))
            if has_page:
                _document(view, self.alt_response(303, response=SEE_OTHER))
            documented_view: Any = parse_parameters(view)
            if deprecation is not None:
                _document(documented_view, self.doc(**deprecation.openapi_properties))
            serve(add_deprecation_headers(documented_view, deprecation, parameter_deprecations))
            return view

        return decorate

    def post_route(
        self, rule: str, request_schema: type[Schema], response_schema: type[Schema], *, description: str
    ) -> Callable[[BlueprintView], BlueprintView]:
        """Return a decorator that serves POST of the path `rule` by a view that takes a JSON body of `request_schema`.

        The view only reads data: POST is for requests that are too long for a URL. `description` describes the
        response.
        """
        parse_body = self.arguments(request_schema(), location="json", error_status_code=422)
        problem_slugs = (*COMMON_ERRORS, *BODY_ERRORS)

        def decorate(view: BlueprintView) -> BlueprintView:
            documented_view: Any = self.response(
                200,
                response_schema,
                content_type=JSON,
                description=description,
                headers=header_references(*UNCACHED_HEADERS),
            )(parse_body(view))
            _document(documented_view, self.doc(operationId=view.__name__))
            for slug in problem_slugs:
                _document(documented_view, self.alt_response(PROBLEM_TYPES[slug].status, response=response_name(slug)))
            self.route(rule, methods=["POST"], parameters=[dict(DATA_VERSION_PARAMETER)])(documented_view)
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
        """Return a decorator that serves GET of the path `rule` by a view, and documents the response of the view.

        `response_schema` and `description` describe the response. `problem_slugs` are the slugs of the problem types
        that the operation can return, in addition to those of every operation. `response_headers` are the names of the
        headers of a successful response. `path_parameters` has the same form as in `table_route`.
        """
        path_entries = [
            _path_parameter(name, *sentence.split(" | ")) for name, sentence in (path_parameters or {}).items()
        ]
        header_entries = [dict(DATA_VERSION_PARAMETER)] if DATA_VERSION_HEADER in response_headers else []
        document_response = self.response(
            200,
            response_schema,
            content_type=media_type,
            description=description,
            headers=header_references(*response_headers),
        )

        def decorate(view: BlueprintView) -> BlueprintView:
            documented_view = document_response(view)
            _document(documented_view, self.doc(operationId=view.__name__))
            for slug in (*COMMON_ERRORS, *problem_slugs):
                _document(documented_view, self.alt_response(PROBLEM_TYPES[slug].status, response=response_name(slug)))
            self.route(rule, methods=["GET"], parameters=[*path_entries, *header_entries])(documented_view)
            return view

        return decorate


def _document(view: Any, decorator: Callable[[Any], Any]) -> None:
    """Add the documentation of a decorator to `view`, without wrapping its calls."""
    view._apidoc = decorator(view)._apidoc


def _path_parameter(name: str, description: str, example: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "description": description, "schema": {"type": "string"}, "example": example}
