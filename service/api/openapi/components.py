"""Components of the OpenAPI document that operations share: problems, headers, and the response with status 304."""

from typing import Any

from apispec.core import Components

from service.api.contract.envelope import Problem
from service.api.contract.responses import (
    CACHED_HEADERS,
    COMMON_HEADERS,
    NOT_MODIFIED,
    RATE_LIMIT_HEADERS,
    SEE_OTHER,
    header_references,
    response_name,
)
from service.api.data_version import DATA_VERSION_HEADER
from service.api.openapi.problem_examples import PROBLEM_EXAMPLES
from service.api.problems.types import PROBLEM_CONTENT_TYPE, PROBLEM_TYPE_BY_STATUS, PROBLEM_TYPES

RESPONSE_HEADERS = {
    "Access-Control-Allow-Origin": ("Scripts of any origin may read the response, without credentials.", "*"),
    "Cache-Control": (
        "`no-cache`: store the response, and revalidate it before reuse; `immutable`: a response about the past, which "
        "does not change; `no-store`: an error.",
        "public, no-cache",
    ),
    "Content-Disposition": (
        "Name of the file; only in formats that are files, not in JSON and HTML.",
        'attachment; filename="jpn-chn-exports-2024-01.csv"',
    ),
    DATA_VERSION_HEADER: (
        "Data version of the response. A request that sends it gets no older data.",
        "17",
    ),
    "Deprecation": (
        "Time from which the operation or a parameter of the request is deprecated (RFC 9745); Link has the "
        "replacement.",
        "@1798761600",
    ),
    "ETag": ("ETag of this response, to be sent as If-None-Match.", '"291659ac5e74de86ba8761b5eaef8863"'),
    "Link": (
        "URL of the next page, with rel=next (RFC 8288); absent on the last page.",
        '</v1/flows?reporter=JPN&limit=1&cursor=WzE3XQ>; rel="next"',
    ),
    "Location": ("URL of the page.", "/explore?view=series&reporter=JPN"),
    "RateLimit-Limit": (
        "Requests that are allowed in a window of time; only where the service has a rate limit.",
        "600",
    ),
    "RateLimit-Remaining": ("Requests that are left in the window.", "599"),
    "RateLimit-Reset": ("Seconds until the window ends.", "60"),
    "Retry-After": ("Seconds after which to try again.", "2"),
    "Sunset": (
        "Time at which the operation or a parameter of the request is removed (RFC 8594).",
        "Fri, 01 Jan 2027 00:00:00 GMT",
    ),
    "Vary": ("Request headers that the response depends on.", "Accept, Accept-Encoding"),
    "WWW-Authenticate": ("Authentication scheme by which the API key is sent.", 'Bearer realm="tradeflows"'),
    "X-Request-ID": ("ID of the request, as in the access log.", "5f2c9d1e"),
}
"""Description and example of each header."""
OPTIONAL_HEADERS = {"Link", "Content-Disposition", "Deprecation", "Sunset", *RATE_LIMIT_HEADERS}
INTEGER_HEADERS = {DATA_VERSION_HEADER, "Retry-After", *RATE_LIMIT_HEADERS}


def add_components(components: Components) -> None:
    """Add the headers and responses that operations refer to."""
    for name, (description, example) in RESPONSE_HEADERS.items():
        json_type = "integer" if name in INTEGER_HEADERS else "string"
        header = {"description": description, "required": name not in OPTIONAL_HEADERS, "schema": {"type": json_type}}
        components.header(name, header | {"example": int(example) if json_type == "integer" else example}, lazy=True)
    for status in PROBLEM_TYPE_BY_STATUS:
        components.response(response_name(PROBLEM_TYPE_BY_STATUS[status].slug), _error_response(status), lazy=True)
    components.response(
        SEE_OTHER,
        {
            "description": "The page of the request in the explorer, for a client that prefers HTML.",
            "headers": header_references(*COMMON_HEADERS, "Location", "Vary"),
        },
        lazy=True,
    )
    components.response(
        NOT_MODIFIED,
        {
            "description": "The client has this response already (If-None-Match).",
            "headers": header_references(*CACHED_HEADERS),
        },
        lazy=True,
    )


def _error_response(status: int) -> dict[str, Any]:
    problem_types = [each for each in PROBLEM_TYPES.values() if each.status == status]
    examples = {
        each.slug: {
            "summary": f"GET {PROBLEM_EXAMPLES[each.slug].url}",
            "value": PROBLEM_EXAMPLES[each.slug].body(each.slug),
        }
        for each in problem_types
        if each.slug in PROBLEM_EXAMPLES
    }
    status_headers = {401: ("WWW-Authenticate",), 429: ("Retry-After", *RATE_LIMIT_HEADERS), 503: ("Retry-After",)}
    return {
        "description": " ".join(f"{each.title} (`{each.slug}`)." for each in problem_types),
        "headers": header_references(*COMMON_HEADERS, "Cache-Control", *status_headers.get(status, ())),
        "content": {PROBLEM_CONTENT_TYPE: {"schema": Problem, "examples": examples}},
    }
