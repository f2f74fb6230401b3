"""Problem types and headers of responses, by kind of operation."""

from service.api.data_version import DATA_VERSION_HEADER
from service.api.problems.types import PROBLEM_TYPE_BY_STATUS, PROBLEM_TYPES

COMMON_ERRORS = ("bad-request", "uri-too-long", "too-many-requests", "headers-too-large", "internal-error")
"""Problem types that every operation can return."""
DATA_ERRORS = (
    "authentication-required",
    "insufficient-scope",
    "not-acceptable",
    "invalid-parameter",
    "unavailable",
    "overloaded",
    "timeout",
)
"""Problem types that operations on figures can return in addition."""
BODY_ERRORS = (
    "authentication-required",
    "invalid-parameter",
    "content-too-large",
    "unsupported-media-type",
    "unavailable",
    "overloaded",
    "timeout",
)
"""Problem types that operations with a body can return in addition."""
NOT_MODIFIED = "NotModified"
SEE_OTHER = "SeeOther"

COMMON_HEADERS = ("X-Request-ID", "Access-Control-Allow-Origin")
RATE_LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
CACHED_HEADERS = (*COMMON_HEADERS, DATA_VERSION_HEADER, "ETag", "Cache-Control", "Vary", *RATE_LIMIT_HEADERS)
UNCACHED_HEADERS = (*COMMON_HEADERS, DATA_VERSION_HEADER, "Cache-Control", *RATE_LIMIT_HEADERS)
PAGED_HEADERS = (*CACHED_HEADERS, "Link", "Content-Disposition")


def response_name(slug: str) -> str:
    """Return the name of the OpenAPI component for error responses of the problem type `slug`, such as `NotFound`.

    Problem types with the same HTTP status share a component.
    """
    return "".join(word.capitalize() for word in PROBLEM_TYPE_BY_STATUS[PROBLEM_TYPES[slug].status].slug.split("-"))


def header_references(*names: str) -> dict[str, str]:
    """Return references to the OpenAPI components of response headers, in the form that apispec resolves."""
    return {name: name for name in names}
