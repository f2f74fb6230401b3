"""What is to go: announced in answers by Deprecation (RFC 9745) and Sunset (RFC 8594), and in the description."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial, wraps
from typing import Any, TypeVar

from flask import Response, after_this_request, request
from marshmallow import Schema
from werkzeug.http import http_date

DeprecatedView = TypeVar("DeprecatedView", bound=Callable[..., Any])
DEPRECATION_KEY = "retirement"
DEPRECATION_HEADERS = ("Deprecation", "Sunset")


@dataclass(frozen=True)
class Deprecation:
    """Since when something is deprecated, on which day it works last, and the page that tells what to do instead."""

    deprecated_on: date
    last_day: date
    guide_url: str

    @property
    def openapi_properties(self) -> dict[str, Any]:
        """Return what the description says of it."""
        return {"deprecated": True, "x-sunset": str(self.last_day)}

    @property
    def metadata(self) -> dict[str, Any]:
        """Return what the metadata of a parameter has to hold that is to go."""
        return {DEPRECATION_KEY: self} | self.openapi_properties


def deprecated_parameters(params: type[Schema] | None) -> dict[str, Deprecation]:
    """Return the parameters that are to go, by name."""
    declared = {} if params is None else params._declared_fields
    return {
        field.data_key or name: field.metadata[DEPRECATION_KEY]
        for name, field in declared.items()
        if DEPRECATION_KEY in field.metadata
    }


def add_deprecation_headers(
    view: DeprecatedView, operation_deprecation: Deprecation | None, parameter_deprecations: Mapping[str, Deprecation]
) -> DeprecatedView:
    """Return `view` with headers that announce what of it, or of the parameters that a request has, is to go."""
    if operation_deprecation is None and not parameter_deprecations:
        return view

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        met = [retirement for name, retirement in parameter_deprecations.items() if name in request.args]
        if operation_deprecation is not None:
            met.append(operation_deprecation)
        if met:
            after_this_request(partial(_set_deprecation_headers, met))
        return view(*args, **kwargs)

    return wrapper  # type: ignore[return-value] # it is called as the view is


def _set_deprecation_headers(deprecations: Sequence[Deprecation], response: Response) -> Response:
    """Announce what goes first."""
    first = min(deprecations, key=lambda retirement: retirement.last_day)
    response.headers["Deprecation"] = f"@{int(_midnight(first.deprecated_on).timestamp())}"
    response.headers["Sunset"] = http_date(_midnight(first.last_day + timedelta(days=1)))
    response.headers.add("Link", f'<{first.guide_url}>; rel="deprecation"')
    return response


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
