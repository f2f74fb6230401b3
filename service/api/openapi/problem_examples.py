"""An example of each type of problem that an operation can answer with, for the description."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.api.problems.types import TYPES, problem_body
from service.api.security.authentication import NO_KEY, not_enough
from service.api.serialization.formats import TABLES, unacceptable
from service.errors import Fault


@dataclass(frozen=True)
class ProblemExample:
    """What is wrong with a request for `address`; its problem tells the faults, or else `detail`."""

    address: str
    faults: Sequence[Fault] = ()
    detail: str = ""

    def body(self, slug: str) -> dict[str, Any]:
        """Return the problem as it is answered."""
        return problem_body(
            TYPES[slug],
            detail=self.detail or " ".join(map(str, self.faults)),
            instance=self.address.partition("?")[0],
            request_id="5f2c9d1e",
            faults=self.faults,
        )


FIGURES = "/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01"
EXAMPLES = {
    "invalid-parameter": ProblemExample(
        "/v1/flows?reporter=JPN&flow=Y",
        [Fault("flow", "Y", "it should be one of X, M, RX, RM, DX", ["X", "M", "RX", "RM", "DX"])],
    ),
    "overlapping-members": ProblemExample(
        "/v1/partners?reporter=JPN&partner=USMCA,CAN&rest=true&period=2024-01",
        [
            Fault(
                "partner",
                "USMCA",
                "CAN, MEX, USA are among the single partners that rest=true adds up, and would be counted twice; "
                "ask for these",
                ["all"],
            )
        ],
    ),
    "request-too-large": ProblemExample(
        "/v1/series?reporter=JPN&partner=all&commodity=all",
        [
            Fault(
                "partner",
                "2 flows, 295 partners, 28 commodities",
                "that is 16520 series, and one answer is of 1000 at most; /v1/flows pages through more",
            )
        ],
    ),
    "not-found": ProblemExample(
        "/v1/releases/2024", detail="There is no release 2024; did you mean one of /v1/releases?"
    ),
    "not-acceptable": ProblemExample(
        FIGURES,
        [unacceptable("application/xml", TABLES)],
    ),
    "cursor-expired": ProblemExample(
        "/v1/flows?reporter=JPN&partner=CHN&period=2024-01&cursor=WzEsIjk1YThhMWI4MDYzNWY5NzMiLFsyNDI4OCwxLDQ4LDY5NDFdXQ",
        detail="The data changed since the first page; begin again without a cursor.",
    ),
    "key-wanted": ProblemExample(FIGURES, detail=NO_KEY),
    "key-not-enough": ProblemExample(f"{FIGURES}&format=csv", detail=not_enough("csv")),
    "bad-request": ProblemExample(FIGURES, detail="Invalid HTTP Version 'HTTP/9.0'"),
    "uri-too-long": ProblemExample("", detail=TYPES["uri-too-long"].explanation),
    "headers-too-large": ProblemExample(FIGURES, detail=TYPES["headers-too-large"].explanation),
    "too-many-requests": ProblemExample(FIGURES, detail=TYPES["too-many-requests"].explanation),
    "internal-error": ProblemExample(FIGURES, detail="Something went wrong inside the service; it has been logged."),
    "unavailable": ProblemExample(FIGURES, detail="The database cannot be reached right now; try again shortly."),
    "took-too-long": ProblemExample(FIGURES, detail="The database needed too long; ask for less at once."),
}
"""By the slug of the type. Those of wrong requests are answered like that on the demo."""
