"""What the answers of operations have in common: errors, headers, and the answer that is not sent again."""

from typing import Any

from apispec.core import Components

from service.api.contract.envelope import Problem
from service.api.contract.responses import (
    CACHED_HEADERS,
    COMMON_HEADERS,
    NOT_MODIFIED,
    RATE_LIMIT_HEADERS,
    header_references,
    response_name,
)
from service.api.data_version import DATA_VERSION_HEADER
from service.api.openapi.problem_examples import PROBLEM_EXAMPLES
from service.api.problems.types import PROBLEM_CONTENT_TYPE, PROBLEM_TYPE_BY_STATUS, PROBLEM_TYPES

RESPONSE_HEADERS = {
    "Access-Control-Allow-Origin": ("Pages of any origin may read the answer, without credentials.", "*"),
    "Cache-Control": (
        "`no-cache`: keep it, and ask whether it is still so; `immutable`: an answer of the past, which stays; "
        "`no-store`: an error.",
        "public, no-cache",
    ),
    "Content-Disposition": (
        "The name of the file; absent from what is no file: JSON and pages.",
        'attachment; filename="flows-JPN.csv"',
    ),
    DATA_VERSION_HEADER: (
        "Of which version of the data the answer is. Send it with the next request, and no older data answer.",
        "17",
    ),
    "Deprecation": (
        "Since when what was asked for is deprecated (RFC 9745); the Link tells what to do.",
        "@1798761600",
    ),
    "ETag": ("Tag of this answer, to be sent as If-None-Match.", '"291659ac5e74de86ba8761b5eaef8863"'),
    "Link": (
        "Address of the next page, with rel=next (RFC 8288); absent on the last.",
        '</v1/flows?reporter=JPN&limit=1&cursor=WzE3XQ>; rel="next"',
    ),
    "RateLimit-Limit": ("How many requests are let through in a time; only where the service limits them.", "600"),
    "RateLimit-Remaining": ("How many of them are left.", "599"),
    "RateLimit-Reset": ("Seconds after which there are more.", "60"),
    "Retry-After": ("Seconds after which to try again.", "2"),
    "Sunset": ("When what was asked for ceases to work (RFC 8594).", "Fri, 01 Jan 2027 00:00:00 GMT"),
    "Vary": ("The headers of the request that the answer depends on.", "Accept, Accept-Encoding"),
    "WWW-Authenticate": ("How the key is to be sent.", 'Bearer realm="tradeflows"'),
    "X-Request-ID": ("Number of the request, as in the service's log.", "5f2c9d1e"),
}
"""What each header says, and an example."""
OPTIONAL_HEADERS = {"Link", "Content-Disposition", "Deprecation", "Sunset", *RATE_LIMIT_HEADERS}
INTEGER_HEADERS = {DATA_VERSION_HEADER, "Retry-After", *RATE_LIMIT_HEADERS}


def add_components(components: Components) -> None:
    """Add the headers and the answers that operations refer to."""
    for name, (text, example) in RESPONSE_HEADERS.items():
        kind = "integer" if name in INTEGER_HEADERS else "string"
        header = {"description": text, "required": name not in OPTIONAL_HEADERS, "schema": {"type": kind}}
        components.header(name, header | {"example": int(example) if kind == "integer" else example}, lazy=True)
    for status in PROBLEM_TYPE_BY_STATUS:
        components.response(response_name(PROBLEM_TYPE_BY_STATUS[status].slug), _error_response(status), lazy=True)
    components.response(
        NOT_MODIFIED,
        {
            "description": "The client holds this answer already (If-None-Match).",
            "headers": header_references(*CACHED_HEADERS),
        },
        lazy=True,
    )


def _error_response(status: int) -> dict[str, Any]:
    kinds = [kind for kind in PROBLEM_TYPES.values() if kind.status == status]
    examples = {
        kind.slug: {
            "summary": f"GET {PROBLEM_EXAMPLES[kind.slug].url}",
            "value": PROBLEM_EXAMPLES[kind.slug].body(kind.slug),
        }
        for kind in kinds
        if kind.slug in PROBLEM_EXAMPLES
    }
    besides = {401: ("WWW-Authenticate",), 429: ("Retry-After", *RATE_LIMIT_HEADERS), 503: ("Retry-After",)}
    return {
        "description": " ".join(f"{kind.title} (`{kind.slug}`)." for kind in kinds),
        "headers": header_references(*COMMON_HEADERS, "Cache-Control", *besides.get(status, ())),
        "content": {PROBLEM_CONTENT_TYPE: {"schema": Problem, "examples": examples}},
    }
