"""Client of the REST service: rows of figures, as dictionaries or as a pandas data frame."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urljoin

import urllib3

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_URL = "http://127.0.0.1:8000"
REQUEST_TIMEOUT_S = 60.0
RETRIES = urllib3.Retry(
    total=5, connect=1, backoff_factor=0.5, status_forcelist=(429, 503), allowed_methods=("GET",), raise_on_status=False
)
"""Retries of a refused connection, and of an overloaded service after the time of its header Retry-After."""


class ServiceError(Exception):
    """An error of the service: `status`, the `problem` of its response, and one line for each invalid parameter."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        errors = [_error_text(error) for error in problem.get("errors", [])]
        title = str(problem.get("title") or f"the service responded {status}")
        super().__init__("\n".join([title, *(errors or [str(problem.get("detail") or "")])]).strip())


class Client:
    """Requests to one service. `api_key` is needed where the service requires authentication."""

    def __init__(
        self, url: str = DEFAULT_URL, *, api_key: str | None = None, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"User-Agent": "tradeflows-client"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
        self._pool = urllib3.PoolManager(headers=headers, timeout=timeout_s, retries=RETRIES)

    def series(self, **parameters: Any) -> "pd.DataFrame":
        """Return time series with growth: one row per series and period."""
        return self.frame("series", **parameters)

    def flows(self, **parameters: Any) -> "pd.DataFrame":
        """Return figures with growth, shares and contributions."""
        return self.frame("flows", **parameters)

    def partners(self, **parameters: Any) -> "pd.DataFrame":
        """Return a ranking of partners in one period."""
        return self.frame("partners", **parameters)

    def commodities(self, **parameters: Any) -> "pd.DataFrame":
        """Return a ranking of commodities in one period."""
        return self.frame("commodities", **parameters)

    def balances(self, **parameters: Any) -> "pd.DataFrame":
        """Return exports, imports and balances."""
        return self.frame("balances", **parameters)

    def revisions(self, **parameters: Any) -> "pd.DataFrame":
        """Return the values of a figure in successive releases."""
        return self.frame("revisions", **parameters)

    def frame(self, resource: str, **parameters: Any) -> "pd.DataFrame":
        """Return all rows of a resource below /v1 as a data frame, with the sources in `attrs`.

        Codes and periods are text, because 01 and 1 are different codes. Null becomes NaN or None.

        :raises ServiceError: the service refuses the request.
        """
        import pandas as pd  # noqa: PLC0415 - only data frames need it

        pages = list(self._pages(resource, parameters))
        frame = pd.DataFrame([row for page in pages for row in page["data"]])
        frame.attrs |= {name: pages[0]["meta"].get(name) for name in ("as_of", "data_version", "sources")}
        return frame

    def rows(self, resource: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return all rows of a resource below /v1, from all pages.

        :raises ServiceError: the service refuses the request.
        """
        return [row for page in self._pages(resource, parameters) for row in page["data"]]

    def read(self, resource: str, **parameters: Any) -> bytes:
        """Return the body of a response as it is, in the format of the parameter `format`.

        :raises ServiceError: the service refuses the request.
        """
        return self._read(resource_path(resource, parameters))

    def _pages(self, resource: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        path: str | None = resource_path(resource, parameters)
        while path:
            page = json.loads(self._read(path))
            yield page
            path = page["links"]["next"]

    def _read(self, path: str) -> bytes:
        response = self._pool.request("GET", urljoin(f"{self.url}/", path))
        return checked_body(response.status, response.data)


def resource_path(resource: str, parameters: Mapping[str, Any]) -> str:
    """Return the path and query of a request: `flows` and `briefings/JPN/2024-01` are below /v1.

    Lists are joined by commas; parameters that are None are left out.
    """
    path = quote(resource if resource.startswith("/") else f"/v1/{resource}")
    query = urlencode(
        [(name, _query_text(value)) for name, value in parameters.items() if value is not None], safe=",.:"
    )
    return f"{path}?{query}" if query else path


def checked_body(status: int, body: bytes) -> bytes:
    """Return the body of a successful response.

    :raises ServiceError: the status is 400 or above.
    """
    if status < 400:
        return body
    try:
        problem = json.loads(body)
    except ValueError:
        problem = {"detail": body[:200].decode(errors="replace")}
    raise ServiceError(status, problem if isinstance(problem, dict) else {})


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return ",".join(map(str, value)) if isinstance(value, list | tuple | set) else str(value)


def _error_text(error: Mapping[str, Any]) -> str:
    value = f" {error['value']!r}" if error.get("value") else ""
    suggestions = f"; did you mean {', '.join(error['suggestions'])}?" if error.get("suggestions") else ""
    return f"{error.get('parameter')}{value}: {error.get('reason')}{suggestions}"
