"""Problem types (RFC 9457): their slugs, statuses, titles and explanations, and the body of a problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.errors import InvalidRequest, NotAcceptable, OverlappingMembers, ParameterError, RequestTooLarge

PROBLEM_CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = "2"
"""Seconds after which a client may send a refused request again."""
OVERLOADED_DETAIL = "The service receives more requests than it can answer. Try again in a few seconds."
UNAVAILABLE_DETAIL = "The service cannot connect to its database. Try again in a few seconds."
TIMEOUT_DETAIL = "The database did not answer in time. Request fewer codes or periods."
MAX_QUERY_CHARACTERS = 32 * 1024
"""Longest query string that is read and logged. Gunicorn and nginx refuse shorter ones."""
INTERNAL_ERROR_DETAIL = "The service failed. Its log has the details under the request_id."
MAX_VALUE_CHARACTERS = 200
"""Characters of an invalid value in a response, and of a suggestion."""
MAX_NAME_CHARACTERS = 80
"""Characters of the name of a parameter in a response."""
MAX_REASON_CHARACTERS = 1000
MAX_REPORTED_ERRORS = 20
"""Errors in one response."""
MAX_DETAILED_ERRORS = 5
"""Errors in the detail of a problem."""


@dataclass(frozen=True)
class ProblemType:
    """A problem type: its stable slug under /problems/, its status, its title and its explanation."""

    slug: str
    status: int
    title: str
    explanation: str

    @property
    def uri(self) -> str:
        """Return the URL of the page that explains the type; `about:blank` where the status explains enough."""
        return f"/problems/{self.slug}" if self.slug in PROBLEM_TYPES else "about:blank"


PROBLEM_TYPES = {
    problem_type.slug: problem_type
    for problem_type in (
        ProblemType(
            InvalidRequest.problem_slug,
            422,
            "Invalid parameter",
            "A parameter is unknown, is repeated without taking a list, or has an invalid value. No parameter is "
            "ignored. `errors` has every invalid parameter with its value, the reason, and suggestions that work.",
        ),
        ProblemType(
            OverlappingMembers.problem_slug,
            422,
            "Overlapping codes",
            "The sum would count some trade twice: that of a group and its member, of the World and a country, or of a "
            "chapter and a heading in it. Request the codes separately, or leave out one of each pair in `errors`.",
        ),
        ProblemType(
            RequestTooLarge.problem_slug,
            422,
            "Request for too much data",
            "The request is for more codes or series than one response may have. Request fewer, or use pages.",
        ),
        ProblemType("bad-request", 400, "Bad request", "The request is not valid HTTP."),
        ProblemType(
            "authentication-required",
            401,
            "Authentication required",
            "This service requires an API key in the header `Authorization: Bearer KEY`. The operator of the service "
            "issues keys. Keys expire, and can be revoked.",
        ),
        ProblemType(
            "insufficient-scope",
            403,
            "Insufficient scope of the API key",
            "Responses in CSV, NDJSON, Parquet and SDMX require an API key with the scope `bulk`. A key with the scope "
            "`read` allows responses in JSON.",
        ),
        ProblemType(
            "not-found",
            404,
            "Not found",
            "There is no resource at this URL. /v1 lists the resources, and /docs describes them.",
        ),
        ProblemType(
            "method-not-allowed",
            405,
            "Method not allowed",
            "The resource does not support this HTTP method. The header `Allow` lists the methods that it supports.",
        ),
        ProblemType(
            NotAcceptable.problem_slug,
            406,
            "Not acceptable",
            "The resource is not available in any format that the Accept header allows.",
        ),
        ProblemType(
            "cursor-expired",
            410,
            "Cursor expired",
            "The data changed after the first page, and pages never mix two versions of the data. Request the first "
            "page again, without `cursor`.",
        ),
        ProblemType("content-too-large", 413, "Request body too large", "The body of the request is too large."),
        ProblemType(
            "unsupported-media-type",
            415,
            "Unsupported media type",
            "The body of the request has to be JSON, with the header `Content-Type: application/json`.",
        ),
        ProblemType("uri-too-long", 414, "URL too long", "The URL of the request is too long. Request fewer codes."),
        ProblemType(
            "headers-too-large",
            431,
            "Request headers too large",
            "The headers of the request are too large. Send fewer or shorter headers.",
        ),
        ProblemType(
            "too-many-requests",
            429,
            "Rate limit exceeded",
            "The client sent more requests than the rate limit allows. Try again after the seconds in Retry-After.",
        ),
        ProblemType(
            "internal-error",
            500,
            "Internal error",
            "The service failed. Report the `request_id` to its operator: the log has the details.",
        ),
        ProblemType(
            "unavailable",
            503,
            "Service unavailable",
            "The service is starting or stopping, or cannot connect to its database. Try again after the seconds in "
            "Retry-After.",
        ),
        ProblemType(
            "overloaded",
            503,
            "Service overloaded",
            "The service receives more requests than it can answer. Try again after the seconds in Retry-After.",
        ),
        ProblemType(
            "timeout",
            504,
            "Timeout",
            "The response takes longer than the timeout allows. Request fewer codes or periods.",
        ),
    )
}
PROBLEM_TYPE_BY_STATUS = {problem_type.status: problem_type for problem_type in reversed(PROBLEM_TYPES.values())}


def problem_body(
    problem_type: ProblemType,
    *,
    detail: str,
    instance: str,
    request_id: str,
    parameter_errors: Sequence[ParameterError] = (),
) -> dict[str, Any]:
    """Return problem details (RFC 9457) of the request for the path `instance`, with the errors of its parameters.

    The size is bounded: it has at most MAX_REPORTED_ERRORS errors, and long values are truncated.
    """
    reported_errors = [_truncate(error) for error in parameter_errors[:MAX_REPORTED_ERRORS]]
    return {
        "type": problem_type.uri,
        "title": problem_type.title,
        "status": problem_type.status,
        "detail": _errors_detail(reported_errors, len(parameter_errors)) if reported_errors else detail,
        "instance": instance,
        "request_id": request_id,
        "errors": [
            {
                "parameter": error.parameter,
                "value": error.value,
                "reason": error.reason,
                "suggestions": list(error.suggestions),
            }
            for error in reported_errors
        ],
    }


def _truncate(error: ParameterError) -> ParameterError:
    """Return an error with long texts truncated, and without suggestions that are too long."""
    reason = error.reason
    return ParameterError(
        error.parameter[:MAX_NAME_CHARACTERS],
        error.value[:MAX_VALUE_CHARACTERS],
        reason if len(reason) <= MAX_REASON_CHARACTERS else f"{reason[:MAX_REASON_CHARACTERS]} ...",
        [suggestion for suggestion in error.suggestions if len(suggestion) <= MAX_VALUE_CHARACTERS],
    )


def _errors_detail(reported_errors: Sequence[ParameterError], error_count: int) -> str:
    """Return a single error in full; of several, the summaries of the first, and the number of the others."""
    if error_count == 1:
        return str(reported_errors[0])
    summaries = " ".join(error.summary for error in reported_errors[:MAX_DETAILED_ERRORS])
    other_count = error_count - MAX_DETAILED_ERRORS
    return summaries if other_count <= 0 else f"{summaries} Further errors: {other_count}."
