"""What the answers of operations have in common: errors, headers, and the answer that is not sent again."""

from typing import Any

from apispec.core import Components

from service.api.caching.data_version import DATA_VERSION
from service.api.contract.envelope import Problem
from service.api.openapi.problem_examples import EXAMPLES
from service.api.problems.types import BY_STATUS, CONTENT_TYPE, TYPES

ANY_REQUEST = ("bad-request", "uri-too-long", "too-many-requests", "headers-too-large", "internal-error")
"""What any request can be answered with."""
ANY_QUESTION = ("key-wanted", "key-not-enough", "not-acceptable", "invalid-parameter", "unavailable", "took-too-long")
"""What questions about figures can be answered with besides."""
NOT_MODIFIED = "NotModified"

HEADERS = {
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
    DATA_VERSION: (
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
ALWAYS = ("X-Request-ID", "Access-Control-Allow-Origin")
OF_LIMITED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
OF_CACHED = (*ALWAYS, DATA_VERSION, "ETag", "Cache-Control", "Vary", *OF_LIMITED)
OF_PAGES = (*OF_CACHED, "Link", "Content-Disposition")
SOMETIMES = {"Link", "Content-Disposition", "Deprecation", "Sunset", *OF_LIMITED}
NUMBERS = {DATA_VERSION, "Retry-After", *OF_LIMITED}


def add_components(components: Components) -> None:
    """Add the headers and the answers that operations refer to."""
    for name, (text, example) in HEADERS.items():
        kind = "integer" if name in NUMBERS else "string"
        header = {"description": text, "required": name not in SOMETIMES, "schema": {"type": kind}}
        components.header(name, header | {"example": int(example) if kind == "integer" else example}, lazy=True)
    for status in BY_STATUS:
        components.response(response_name(BY_STATUS[status].slug), _error(status), lazy=True)
    components.response(
        NOT_MODIFIED,
        {"description": "The client holds this answer already (If-None-Match).", "headers": headers(*OF_CACHED)},
        lazy=True,
    )


def response_name(slug: str) -> str:
    """Return the name of the component that describes answers with the status of a type of problem."""
    return "".join(word.capitalize() for word in BY_STATUS[TYPES[slug].status].slug.split("-"))


def headers(*names: str) -> dict[str, str]:
    """Return references to headers, as apispec reads them."""
    return {name: name for name in names}


def _error(status: int) -> dict[str, Any]:
    kinds = [kind for kind in TYPES.values() if kind.status == status]
    examples = {
        kind.slug: {"summary": f"GET {EXAMPLES[kind.slug].address}", "value": EXAMPLES[kind.slug].body(kind.slug)}
        for kind in kinds
        if kind.slug in EXAMPLES
    }
    besides = {401: ("WWW-Authenticate",), 429: ("Retry-After", *OF_LIMITED), 503: ("Retry-After",)}
    return {
        "description": " ".join(f"{kind.title} (`{kind.slug}`)." for kind in kinds),
        "headers": headers(*ALWAYS, "Cache-Control", *besides.get(status, ())),
        "content": {CONTENT_TYPE: {"schema": Problem, "examples": examples}},
    }
