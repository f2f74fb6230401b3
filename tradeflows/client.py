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
    total=5,
    connect=1,
    read=1,
    backoff_factor=0.5,
    status_forcelist=(429, 503),
    allowed_methods=("GET", "POST"),
    raise_on_status=False,
)
"""Retries of a failed connection, and of an overloaded service after the time of its header Retry-After. The only POST
request, the check of a text, changes nothing."""
HINTS = {
    401: "Pass the key as api_key of Client; on the command line set TRADEFLOWS_API_KEY.",
    403: "The operator creates such a key: tradeflows keys create --name NAME --scope bulk.",
    429: "The request was repeated and refused each time. Try again later.",
    503: "The request was repeated and refused each time. Try again later.",
}
"""Advice for the user of a client, by the status of the response."""


class ServiceError(Exception):
    """An error of the service: `status`, the `problem` of its response, and one line for each invalid parameter."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        errors = [_error_text(error) for error in problem.get("errors", [])]
        title = str(problem.get("title") or f"the service responded {status}")
        lines = [title, *(errors or [str(problem.get("detail") or "")]), HINTS.get(status, "")]
        super().__init__("\n".join(filter(None, lines)))


class ServiceUnreachable(ConnectionError):
    """A service that does not respond at its URL; `summary` says so, with the reason."""

    def __init__(self, url: str, error: urllib3.exceptions.HTTPError) -> None:
        self.summary = f"no service responds at {url} ({_connection_fault(error)})"
        super().__init__(f"{self.summary}: start one with `tradeflows serve`, or pass another URL to Client")


class Client:
    """Requests to one service. `api_key` is needed where the service requires authentication."""

    def __init__(
        self, url: str = DEFAULT_URL, *, api_key: str | None = None, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> None:
        self.url = url.rstrip("/") if "://" in url else f"http://{url.rstrip('/')}"
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
        :raises ServiceUnreachable: no service responds.
        """
        import pandas as pd  # noqa: PLC0415 - only data frames need it

        pages = list(self._pages(resource, parameters))
        frame = pd.DataFrame([row for page in pages for row in page["data"]])
        frame.attrs |= {name: pages[0]["meta"].get(name) for name in ("as_of", "data_version", "sources")}
        return frame

    def rows(self, resource: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return all rows of a resource below /v1, from all pages.

        :raises ServiceError: the service refuses the request.
        :raises ServiceUnreachable: no service responds.
        """
        return [row for page in self._pages(resource, parameters) for row in page["data"]]

    def read(self, resource: str, **parameters: Any) -> bytes:
        """Return the body of a response as it is, in the format of the parameter `format`.

        :raises ServiceError: the service refuses the request.
        :raises ServiceUnreachable: no service responds.
        """
        return self._request("GET", resource_path(resource, parameters))

    def check(self, text: str, *, published: date | None = None, reporter: str | None = None) -> dict[str, Any]:
        """Return the check of the numbers in a text, as known on the day `published`; by default those of today.

        :raises ServiceError: the service refuses the request.
        :raises ServiceUnreachable: no service responds.
        """
        day = None if published is None else published.isoformat()
        members = {"text": text, "published": day, "reporter": reporter}
        body = {name: value for name, value in members.items() if value is not None}
        response: dict[str, Any] = json.loads(self._request("POST", "/v1/checks", json=body))
        return response

    def _pages(self, resource: str, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        path: str | None = resource_path(resource, parameters)
        while path:
            page = json.loads(self._request("GET", path))
            yield page
            path = page["links"]["next"]

    def _request(self, method: str, path: str, **options: Any) -> bytes:
        try:
            response = self._pool.request(method, urljoin(f"{self.url}/", path), **options)
        except urllib3.exceptions.HTTPError as error:
            raise ServiceUnreachable(self.url, error) from error
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


def _connection_fault(error: BaseException) -> str:
    """Return the cause of a failed request in a few words, from the innermost of the exceptions."""
    cause = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) and error.reason else error
    kinds: dict[type[BaseException], str] = {
        urllib3.exceptions.NameResolutionError: "there is no host of this name",
        urllib3.exceptions.NewConnectionError: "the connection was refused",
        urllib3.exceptions.ConnectTimeoutError: "the host does not respond",
        urllib3.exceptions.ReadTimeoutError: "the response takes too long",
        urllib3.exceptions.SSLError: "TLS failed; is the URL http:// or https://?",
        urllib3.exceptions.LocationValueError: "it is not a URL such as http://host:8000",
    }
    return next((words for kind, words in kinds.items() if isinstance(cause, kind)), "the connection was closed")


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
