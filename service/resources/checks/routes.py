"""POST /v1/checks."""

from typing import Any

from flask import Response

from service.api.blueprint import Blueprint
from service.api.database.request_context import current_context
from service.api.responses.respond import respond_uncached
from service.resources.checks.schemas import CheckRequest, CheckResponse
from service.resources.checks.service import TextCheck, check_text

blueprint = Blueprint("checks", __name__, url_prefix="/v1", description="Checks of the numbers in a text.")


@blueprint.post_route("/checks", CheckRequest, CheckResponse, description="The claims and their verdicts.")
def check_numbers(body: dict[str, Any]) -> Response:
    """Checks of a text: each number on trade, compared with the official figure as known on the day of the text.

    Values, growth, shares, contributions, balances, streaks and amounts in a second currency. A number that the grammar
    does not understand for certain is not judged. The response depends on nothing but the text, its day and the data;
    the text is neither stored nor logged.
    """
    check = TextCheck(body["text"], body.get("published"), body.get("reporter"), has_omitted=body["omitted"])
    return respond_uncached(current_context(), lambda context: check_text(context, check))
