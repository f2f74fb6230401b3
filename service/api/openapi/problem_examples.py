"""Examples of the problem types that operations can return, for the OpenAPI document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.api.contract.formats import EXPLORER_FORMATS, not_acceptable_error
from service.api.database.request_context import insufficient_scope_message
from service.api.problems.types import (
    INTERNAL_ERROR_DETAIL,
    OVERLOADED_DETAIL,
    PROBLEM_TYPES,
    TIMEOUT_DETAIL,
    UNAVAILABLE_DETAIL,
    problem_body,
)
from service.api.security.authentication import MISSING_KEY_MESSAGE
from service.errors import ParameterError


@dataclass(frozen=True)
class ProblemExample:
    """An example of an error response: the `url` of the request, and the errors of parameters, or else `detail`."""

    url: str
    parameter_errors: Sequence[ParameterError] = ()
    detail: str = ""

    def body(self, slug: str) -> dict[str, Any]:
        """Return the problem as the body of a response."""
        return problem_body(
            PROBLEM_TYPES[slug],
            detail=self.detail,
            instance=self.url.partition("?")[0],
            request_id="5f2c9d1e",
            parameter_errors=self.parameter_errors,
        )


EXAMPLE_URL = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
PROBLEM_EXAMPLES = {
    "invalid-parameter": ProblemExample(
        "/v1/flows?reporter=JPN&partner=105",
        [
            ParameterError(
                "partner",
                "105",
                "a code of a source is written with its scheme: jp-customs:105 is China",
                ["jp-customs:105"],
            )
        ],
    ),
    "overlapping-members": ProblemExample(
        "/v1/partners?reporter=JPN&partner=USMCA,CAN&residual=true&period=2024-01",
        [
            ParameterError(
                "partner",
                "USMCA",
                "CAN, MEX, USA are among the single partners that residual=true adds up, and would be counted twice; "
                "request these instead",
                ["all"],
            )
        ],
    ),
    "request-too-large": ProblemExample(
        "/v1/series?reporter=JPN&partner=all&commodity=all",
        [
            ParameterError(
                "partner",
                "2 flows, 317 partners, 28 commodities",
                "these are 17752 series, and a response has at most 1000; /v1/flows has more, in pages",
            )
        ],
    ),
    "not-found": ProblemExample("/v1/releases/2024", detail="There is no release 2024. /v1/releases lists them."),
    "not-acceptable": ProblemExample(
        EXAMPLE_URL,
        [not_acceptable_error("application/xml", EXPLORER_FORMATS)],
    ),
    "cursor-expired": ProblemExample(
        "/v1/flows?reporter=JPN&partner=CHN&period=2024-01&cursor=AAAAAAAAAAAAAAAAAAAAAFsxLCI5NWE4YTFiODA2MzVmOTczIixbMjQyODgsMSw0OCw2OTQxXV0",
        detail="The data changed after the first page. Request it again, without cursor.",
    ),
    "authentication-required": ProblemExample(EXAMPLE_URL, detail=MISSING_KEY_MESSAGE),
    "insufficient-scope": ProblemExample(f"{EXAMPLE_URL}&format=csv", detail=insufficient_scope_message("csv")),
    "bad-request": ProblemExample(EXAMPLE_URL, detail="Invalid HTTP Version 'HTTP/9.0'"),
    "uri-too-long": ProblemExample("", detail=PROBLEM_TYPES["uri-too-long"].explanation),
    "headers-too-large": ProblemExample(EXAMPLE_URL, detail=PROBLEM_TYPES["headers-too-large"].explanation),
    "content-too-large": ProblemExample("/v1/checks", detail=PROBLEM_TYPES["content-too-large"].explanation),
    "unsupported-media-type": ProblemExample("/v1/checks", detail=PROBLEM_TYPES["unsupported-media-type"].explanation),
    "too-many-requests": ProblemExample(EXAMPLE_URL, detail=PROBLEM_TYPES["too-many-requests"].explanation),
    "internal-error": ProblemExample(EXAMPLE_URL, detail=INTERNAL_ERROR_DETAIL),
    "unavailable": ProblemExample(EXAMPLE_URL, detail=UNAVAILABLE_DETAIL),
    "overloaded": ProblemExample(EXAMPLE_URL, detail=OVERLOADED_DETAIL),
    "timeout": ProblemExample(EXAMPLE_URL, detail=TIMEOUT_DETAIL),
}
"""Examples by slug. A test compares those of invalid requests with the responses on the demo."""
