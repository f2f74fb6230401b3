"""POST /mcp: the Model Context Protocol over stateless HTTP. GET /llms.txt: the service in one page for agents."""

import json

from flask import Blueprint, Response, render_template, request

from service.api.contract.formats import encode_json
from service.api.database.request_context import current_context
from service.resources.agents.protocol import PARSE_ERROR, error_response, respond_to_message
from service.resources.agents.tools import TOOLS

blueprint = Blueprint("agents", __name__, template_folder="templates")
JSON_TYPE = "application/json"


@blueprint.post("/mcp")
def post_message() -> Response:
    """Respond to a message of the Model Context Protocol, or to a list of messages.

    Where no message needs a response, as notifications, the status is 202 and the body is empty.
    """
    try:
        messages = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return _json(error_response(None, PARSE_ERROR, "The body is not JSON."), status=400)
    base_url = request.host_url.rstrip("/")
    context = current_context()
    if not isinstance(messages, list):
        response = respond_to_message(context, messages, base_url=base_url)
        return Response(status=202) if response is None else _json(response)
    responses = [respond_to_message(context, message, base_url=base_url) for message in messages]
    requested = [response for response in responses if response is not None]
    return _json(requested) if requested else Response(status=202)


@blueprint.get("/llms.txt")
def get_llms_page() -> Response:
    """Return a page of Markdown that describes the service and its tools to agents."""
    page = render_template("llms.txt", base_url=request.host_url.rstrip("/"), tools=TOOLS.values())
    return Response(page, content_type="text/markdown; charset=utf-8", headers={"Cache-Control": "no-cache"})


def _json(body: object, *, status: int = 200) -> Response:
    response = Response(encode_json(body), status=status, content_type=JSON_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
