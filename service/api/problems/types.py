"""The types of problem that an error can be, each with what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.errors import InvalidRequest, NotAcceptable, OverlappingMembers, ParameterError, RequestTooLarge

PROBLEM_CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = "2"
"""Seconds after which who was turned away may ask again."""
OVERLOADED_DETAIL = "The service receives more requests than it can answer right now; try again shortly."
MAX_VALUE_CHARACTERS = 200
"""Characters of a wrong value that are given back."""


@dataclass(frozen=True)
class ProblemType:
    """A type of problem: its stable slug under /problems/, its status and what it means."""

    slug: str
    status: int
    title: str
    explanation: str

    @property
    def uri(self) -> str:
        """Return the page that explains the type; RFC 9457's own where the status says all there is to say."""
        return f"/problems/{self.slug}" if self.slug in PROBLEM_TYPES else "about:blank"


PROBLEM_TYPES = {
    kind.slug: kind
    for kind in (
        ProblemType(
            InvalidRequest.problem_slug,
            422,
            "A parameter is not right",
            "A parameter is unknown, misspelt, or has a value that cannot be. Nothing is ignored in silence: "
            "`errors` names each parameter, the value as it came, why it is not right, and what was likely meant.",
        ),
        ProblemType(
            OverlappingMembers.problem_slug,
            422,
            "Codes that contain one another cannot be added up",
            "A group and its member, the World and a country, or a chapter and a heading in it would be counted "
            "twice in one sum. Ask for them in separate requests, or leave out one of each pair that `errors` names.",
        ),
        ProblemType(
            RequestTooLarge.problem_slug,
            422,
            "The request asks for too much at once",
            "The number of codes or series is above what one answer gives. Ask for fewer, or page through them.",
        ),
        ProblemType(
            "bad-request", 400, "The request cannot be read", "The request is not valid HTTP for this service."
        ),
        ProblemType(
            "unauthorized",
            401,
            "A key is required",
            "This service answers who has a key, in the header `Authorization: Bearer KEY`. Keys are given out by "
            "whoever runs it; they expire, and can be revoked.",
        ),
        ProblemType(
            "insufficient-scope",
            403,
            "The key does not have the scope",
            "Whole tables, in CSV, NDJSON, Parquet or by SDMX, want a key of the scope `bulk`; one of the scope `read` "
            "opens answers in JSON, page by page.",
        ),
        ProblemType(
            "not-found",
            404,
            "There is nothing here",
            "No resource has this address. The resources are listed at /docs and in /openapi.json.",
        ),
        ProblemType(
            "method-not-allowed",
            405,
            "This resource is only read",
            "Over HTTP the service only reads: GET and HEAD, and POST for questions with a body, as /v1/checks. "
            "Figures are loaded on the command line.",
        ),
        ProblemType(
            NotAcceptable.problem_slug,
            406,
            "The answer cannot be given in that form",
            "The Accept header or `format` asks for a form that this resource does not have.",
        ),
        ProblemType(
            "content-too-large",
            413,
            "The request is too large",
            "The body of the request is larger than the resource accepts; most resources need no body.",
        ),
        ProblemType(
            "unsupported-media-type",
            415,
            "The body is not JSON",
            "Send the body as JSON, with the header `Content-Type: application/json`.",
        ),
        ProblemType("uri-too-long", 414, "The address is too long", "Ask for fewer codes at once."),
        ProblemType(
            "headers-too-large", 431, "The headers of the request are too large", "Send fewer or shorter headers."
        ),
        ProblemType(
            "cursor-expired",
            410,
            "The data changed since the first page",
            "A cursor holds to the state of the data it began with; pages never mix two. Begin again without `cursor`.",
        ),
        ProblemType("too-many-requests", 429, "Too many requests", "Try again after the time in Retry-After."),
        ProblemType(
            "internal-error",
            500,
            "The service failed",
            "This is a fault of the service. The log of the service has the details under the `request_id`.",
        ),
        ProblemType(
            "unavailable",
            503,
            "The service is not available",
            "The service does not run, is about to stop, or could not reach its database. Try again after the time in "
            "Retry-After.",
        ),
        ProblemType(
            "overloaded",
            503,
            "The service is overloaded",
            "The service receives more requests than it can answer. Try again after the time in Retry-After.",
        ),
        ProblemType(
            "timeout",
            504,
            "The answer took too long",
            "The question needed more time than one answer may take. Ask for fewer codes or periods.",
        ),
    )
}
PROBLEM_TYPE_BY_STATUS = {kind.status: kind for kind in reversed(PROBLEM_TYPES.values())}


def problem_body(
    problem_type: ProblemType,
    *,
    detail: str,
    instance: str,
    request_id: str,
    parameter_errors: Sequence[ParameterError] = (),
) -> dict[str, Any]:
    """Return problem details (RFC 9457): what is wrong with the request for `instance`, and with which parameters."""
    return {
        "type": problem_type.uri,
        "title": problem_type.title,
        "status": problem_type.status,
        "detail": detail,
        "instance": instance,
        "request_id": request_id,
        "errors": [
            {
                "parameter": fault.parameter,
                "value": fault.value[:MAX_VALUE_CHARACTERS],
                "reason": fault.reason,
                "suggestions": list(fault.suggestions),
            }
            for fault in parameter_errors
        ],
    }
