"""Deprecation of operations and parameters: response headers (RFC 9745, RFC 8594) and marks in the OpenAPI document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial, wraps
from typing import Any, TypeVar

from flask import Response, after_this_request, request
from marshmallow import Schema
from werkzeug.http import http_date

DeprecatedView = TypeVar("DeprecatedView", bound=Callable[..., Any])
DEPRECATION_KEY = "deprecation"
DEPRECATION_HEADERS = ("Deprecation", "Sunset")


@dataclass(frozen=True)
class Deprecation:
    """The deprecation of an operation or parameter.

    It is deprecated from the day `deprecated_on` on, and works until `last_day`, inclusive. `guide_url` is the URL of a
    guide to its replacement.
    """

    deprecated_on: date
    last_day: date
    guide_url: str

    @property
    def openapi_properties(self) -> dict[str, Any]:
        """Return the properties that a deprecated operation or parameter has in the OpenAPI document."""
        return {"deprecated": True, "x-sunset": str(self.last_day)}

    @property
    def metadata(self) -> dict[str, Any]:
        """Return the metadata of the field of a deprecated parameter."""
        return {DEPRECATION_KEY: self} | self.openapi_properties


def deprecated_parameters(params: type[Schema] | None) -> dict[str, Deprecation]:
    """Return the deprecations of parameters, by name."""
    declared = {} if params is None else params._declared_fields
    return {
        field.data_key or name: field.metadata[DEPRECATION_KEY]
        for name, field in declared.items()
        if DEPRECATION_KEY in field.metadata
    }


def add_deprecation_headers(
    view: DeprecatedView, operation_deprecation: Deprecation | None, parameter_deprecations: Mapping[str, Deprecation]
) -> DeprecatedView:
    """Return `view` with response headers for its own deprecation and for deprecated parameters in the request."""
    if operation_deprecation is None and not parameter_deprecations:
        return view

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        deprecations = [each for name, each in parameter_deprecations.items() if name in request.args]
        if operation_deprecation is not None:
            deprecations.append(operation_deprecation)
        if deprecations:
            after_this_request(partial(_set_deprecation_headers, deprecations))
        return view(*args, **kwargs)

    return wrapper  # type: ignore[return-value] # it is called as the view is


def _set_deprecation_headers(deprecations: Sequence[Deprecation], response: Response) -> Response:
    """Set the headers of the deprecation with the earliest last day."""
    first = min(deprecations, key=lambda deprecation: deprecation.last_day)
    response.headers["Deprecation"] = f"@{int(_midnight(first.deprecated_on).timestamp())}"
    response.headers["Sunset"] = http_date(_midnight(first.last_day + timedelta(days=1)))
    response.headers.add("Link", f'<{first.guide_url}>; rel="deprecation"')
    return response


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
