"""Resources whose response is a document rather than rows: a briefing, a page, an SDMX message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.responses.resource import Plan, Resource


@dataclass(frozen=True)
class DocumentPlan(Plan):
    """A planned request for a document; its content has links to the host of the request."""

    host_url: str

    @property
    def key(self) -> tuple[Any, ...]:
        """Return everything that determines the response, except the build of the service and the data version."""
        return *super().key, self.host_url


@dataclass(frozen=True)
class DocumentResource(Resource[Plan, Any]):
    """A document in one of `formats`, returned by `load` for the plan of a request."""

    load: Callable[[Context, Plan], Any]
    formats: Sequence[str] = ("html",)

    def plan(self, context: Context, request: DataRequest, format_name: str) -> Plan:  # noqa: ARG002 - a parameter of the interface
        """Return the plan of a request."""
        return DocumentPlan(request, format_name, request.parameters.get("host_url", ""))

    def execute(self, context: Context, plan: Plan) -> Any:
        """Return the document of a plan."""
        return self.load(context, plan)
