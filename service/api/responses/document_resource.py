"""Resources whose response is a document rather than rows: a briefing, a page, an SDMX message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.database.context import Context
from service.api.parameters.request import DataRequest
from service.api.responses.resource import Plan, Resource


@dataclass(frozen=True)
class DocumentPlan(Plan):
    """A validated request for a document.

    `host_url` is the URL of the host in the request. It is part of the key, because the document has links to the host.
    """

    host_url: str

    @property
    def key(self) -> tuple[Any, ...]:
        """Return everything that determines the response, except the build of the service and the data version."""
        return *super().key, self.host_url


@dataclass(frozen=True)
class DocumentResource(Resource[Plan, Any]):
    """A resource with a document in one of `formats`, which `load` returns for a validated request."""

    load: Callable[[Context, Plan], Any]
    formats: Sequence[str] = ("html",)

    def plan(self, context: Context, request: DataRequest, format_name: str) -> Plan:  # noqa: ARG002 - a parameter of the interface
        """Return the validated request (the plan), with its format."""
        return DocumentPlan(request, format_name, request.parameters.get("host_url", ""))

    def execute(self, context: Context, plan: Plan) -> Any:
        """Return the document for a validated request."""
        return self.load(context, plan)
