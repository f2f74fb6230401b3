"""Requests for data, from an HTTP client, a command or another service."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode

from service.domain.area_names import split_area_list

ORDERED_PARAMETERS = {"sort", "search"}
PRESENTATION_PARAMETERS = {"cursor", "limit", "format", "fields", "labels", "count", "chart", "width", "theme", "title"}
"""Parameters that do not change which rows a request is for."""
query_string = partial(urlencode, safe=",.:")
"""Return query parameters as the query string of a URL."""


@dataclass(frozen=True)
class DataRequest:
    """A request for data: its path, its query parameters as text, and the typed values of its parameters.

    `query` is in canonical order, so that requests for the same data are equal. `parameters` has the values of the
    query parameters, with defaults filled in, and of the variable parts of the path.
    """

    path: str
    query: Mapping[str, str]
    parameters: Mapping[str, Any]

    @cached_property
    def url(self) -> str:
        """Return the canonical URL, without a host."""
        return f"{self.path}?{query_string(self.query)}" if self.query else self.path

    def replace_query(self, **query: str) -> str:
        """Return the canonical URL of the request with some query parameters replaced."""
        return f"{self.path}?{query_string({**self.query, **query})}"

    def replace_parameters(self, **parameters: Any) -> "DataRequest":
        """Return the same request with the typed values of some parameters replaced; its URL is unchanged."""
        return replace(self, parameters={**self.parameters, **parameters})

    def fingerprint(self) -> str:
        """Return a digest of the path and the parameters that determine all rows and their order.

        Pages of the same list have the same digest, because the parameters that only select or present a page, such as
        `limit` and `cursor`, are left out.
        """
        query = {name: text for name, text in self.query.items() if name not in PRESENTATION_PARAMETERS}
        return hashlib.sha256(f"{self.path}?{query_string(query)}".encode()).hexdigest()[:16]


def canonical_query(arguments: Mapping[str, str]) -> dict[str, str]:
    """Return query parameters in canonical order, with lists sorted where their order has no meaning."""
    query = {}
    for name, text in sorted(arguments.items()):
        if name in ORDERED_PARAMETERS:
            query[name] = text
        else:
            query[name] = ",".join(sorted(set(split_area_list(text)))) if "," in text else text.strip()
    return query


def build_url(path: str, parameters: Mapping[str, str | None]) -> str:
    """Return the URL of a path with query parameters; null parameters are left out."""
    query = {name: value for name, value in parameters.items() if value is not None}
    return f"{path}?{query_string(query)}" if query else path
