"""The steps between a request and its response: the validated request (the plan), and the result of executing it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from marshmallow import Schema

from service.api.contract.formats import TABLE_FORMATS
from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.resolution.dataset_selection import default_frequency
from service.errors import ParameterError


@dataclass(frozen=True)
class Plan:
    """A validated request: its codes, periods, datasets and format are resolved at one data version."""

    request: DataRequest
    format_name: str

    @property
    def key(self) -> tuple[Any, ...]:
        """Return everything that determines the response, except the build of the service and the data version."""
        return self.request.url, self.format_name


@dataclass(frozen=True)
class Result:
    """Rows of a response as columns.

    `columns` holds the values of each of `column_names`, fields of `row_schema`, for all rows. `meta` describes the
    rows; `next_url` is null on the last page.
    """

    row_schema: type[Schema]
    column_names: tuple[str, ...]
    columns: Sequence[Sequence[Any]]
    meta: Mapping[str, Any]
    self_url: str
    next_url: str | None = None

    @property
    def row_count(self) -> int:
        """Return the number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def value_rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the values of each row, in the order of `column_names`."""
        return zip(*self.columns, strict=True)

    def rows(self) -> list[dict[str, Any]]:
        """Return each row as a mapping from column to value."""
        return [dict(zip(self.column_names, values, strict=True)) for values in self.value_rows()]


PlanType = TypeVar("PlanType", bound=Plan)
ResultType = TypeVar("ResultType")


class Resource(ABC, Generic[PlanType, ResultType]):
    """A resource of the API, independent of HTTP: `plan` validates a request, `execute` computes the result."""

    formats: Sequence[str] = TABLE_FORMATS

    @abstractmethod
    def plan(self, context: Context, request: DataRequest, format_name: str) -> PlanType:
        """Return the validated request (the plan) for a request.

        :raises InvalidRequest: a parameter does not fit the data.
        """

    @abstractmethod
    def execute(self, context: Context, plan: PlanType) -> ResultType:
        """Return the result of executing a plan.

        :raises DataChanged: the data changed after the plan was made.
        """

    def parameter_errors(self, context: Context, request: DataRequest, *, is_complete: bool) -> list[ParameterError]:
        """Return the errors in the parameters of a refused request, each parameter checked separately.

        `is_complete` says that the request has all required parameters.
        """
        del is_complete
        return context.parameter_errors(request.parameters)

    def fetch(self, context: Context, request: DataRequest) -> ResultType:
        """Return the result of a request, for callers inside of the service that do not use HTTP."""
        return self.execute(context, self.plan(context, add_default_frequency(context, request), "json"))


def add_default_frequency(context: Context, request: DataRequest) -> DataRequest:
    """Return the request with the default frequency of its reporter, if it has a frequency parameter without a value.

    Other requests are returned unchanged.
    """
    parameters = request.parameters
    if parameters.get("frequency", "") is not None or not parameters.get("reporter"):
        return request
    return request.replace_parameters(frequency=default_frequency(context.session, context.reference, parameters))


def explicit_frequency(request: DataRequest) -> str | None:
    """Return the frequency that links to further requests for the same reporter have to name; null if they need none.

    It is the frequency that the request names, or else the default frequency of the request, unless this is months. If
    the default is months, further requests for the reporter have the same default and need not name it.
    """
    default: str = request.parameters["frequency"]
    return request.query.get("frequency") or (default if default != "M" else None)
