"""The registry of resources by path, for resources that combine several others and for callers without HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from marshmallow import Schema
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import Map, Rule

from service.api.database.context import Context
from service.api.parameters.request import DataRequest, canonical_query
from service.api.parameters.strict_parser import load_parameters
from service.api.responses.resource import Resource
from service.errors import NotFound


@dataclass(frozen=True)
class Endpoint:
    """A resource of the registry, and the schema of its query parameters."""

    parameters: type[Schema]
    resource: Resource[Any, Any]


class ResourceRegistry:
    """A registry of resources by path, through which code inside of the service fetches results without HTTP."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = {rule: (endpoint.parameters(), endpoint.resource) for rule, endpoint in endpoints.items()}
        self._routes = Map([Rule(rule, endpoint=rule) for rule in endpoints]).bind("")

    def fetch(self, context: Context, url: str) -> Any:
        """Return the result of the resource at a URL without a host, such as `/v1/flows?reporter=JPN`.

        :raises NotFound: no resource has the path of the URL.
        :raises InvalidRequest: a parameter in the query of the URL is unknown or invalid.
        """
        parts = urlsplit(url)
        try:
            rule, path_values = self._routes.match(parts.path)
        except NoRoute as error:
            raise NotFound(f"There is no service at {parts.path}.") from error
        schema, resource = self._endpoints[rule]
        arguments = dict(parse_qsl(parts.query))
        parameters = {**load_parameters(schema, arguments), **path_values}
        return resource.fetch(context, DataRequest(parts.path, canonical_query(arguments), parameters))
