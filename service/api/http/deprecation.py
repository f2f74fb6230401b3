"""What is to go: announced in answers by Deprecation (RFC 9745) and Sunset (RFC 8594), and in the description."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial, wraps
from typing import Any, TypeVar

from flask import Response, after_this_request, request
from marshmallow import Schema
from werkzeug.http import http_date

View = TypeVar("View", bound=Callable[..., Any])
KEY = "retirement"
ANNOUNCED_BY = ("Deprecation", "Sunset")


@dataclass(frozen=True)
class Retirement:
    """Since when something is deprecated, on which day it works last, and the page that tells what to do instead."""

    since: date
    last_day: date
    instead: str

    @property
    def described(self) -> dict[str, Any]:
        """Return what the description says of it."""
        return {"deprecated": True, "x-sunset": str(self.last_day)}

    @property
    def metadata(self) -> dict[str, Any]:
        """Return what the metadata of a parameter has to hold that is to go."""
        return {KEY: self} | self.described


def retiring_parameters(params: type[Schema] | None) -> dict[str, Retirement]:
    """Return the parameters that are to go, by name."""
    declared = {} if params is None else params._declared_fields
    return {field.data_key or name: field.metadata[KEY] for name, field in declared.items() if KEY in field.metadata}


def announcing(view: View, operation: Retirement | None, parameters: Mapping[str, Retirement]) -> View:
    """Return `view` with headers that announce what of it, or of the parameters that a request has, is to go."""
    if operation is None and not parameters:
        return view

    @wraps(view)
    def announced(*args: Any, **kwargs: Any) -> Any:
        met = [retirement for name, retirement in parameters.items() if name in request.args]
        if operation is not None:
            met.append(operation)
        if met:
            after_this_request(partial(_announce, met))
        return view(*args, **kwargs)

    return announced  # type: ignore[return-value] # it is called as the view is


def _announce(met: Sequence[Retirement], response: Response) -> Response:
    """Announce what goes first."""
    first = min(met, key=lambda retirement: retirement.last_day)
    response.headers["Deprecation"] = f"@{int(_midnight(first.since).timestamp())}"
    response.headers["Sunset"] = http_date(_midnight(first.last_day + timedelta(days=1)))
    response.headers.add("Link", f'<{first.instead}>; rel="deprecation"')
    return response


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
