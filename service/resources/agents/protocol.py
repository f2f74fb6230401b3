"""Messages of the Model Context Protocol in JSON-RPC, independent of HTTP: requests and their responses.

The implementation is stateless: it stores nothing between two messages.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from service.api.database.context import Context
from service.errors import InvalidRequest, TradeflowsError
from service.resources.agents.tools import TOOLS, call_tool

PROTOCOL_VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Supported versions, the newest first."""
SERVER_INFO = {"name": "tradeflows", "version": version("tradeflows")}
INSTRUCTIONS = (
    "Official trade statistics with growth from a year earlier. Begin with get_series for one country's trade, or "
    "list_data for what is loaded. Names of countries and goods are understood. Each answer ends with the link that "
    "reproduces it."
)
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMETERS = -32700, -32600, -32601, -32602

Message = Mapping[str, Any]


def respond_to_message(context: Context, message: Any, *, base_url: str) -> dict[str, Any] | None:
    """Return the response to a message of the Model Context Protocol; null where the message needs no response.

    Notifications, and responses that a client sends, need none. `base_url` is the address of the service.
    """
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return error_response(None, INVALID_REQUEST, "A message is an object of JSON-RPC 2.0.")
    if "id" not in message or "method" not in message:
        return None
    parameters = message.get("params") or {}
    method = message["method"]
    if not isinstance(parameters, dict):
        return error_response(message["id"], INVALID_PARAMETERS, "The member `params` is an object.")
    if method == "tools/call":
        return _call_response(context, message["id"], parameters, base_url=base_url)
    results: dict[str, Any] = {
        "initialize": _initialization(parameters),
        "ping": {},
        "tools/list": {"tools": tool_descriptions()},
    }
    if method not in results:
        return error_response(message["id"], METHOD_NOT_FOUND, f"There is no method {str(method)[:100]}.")
    return {"jsonrpc": "2.0", "id": message["id"], "result": results[method]}


def tool_descriptions() -> list[dict[str, Any]]:
    """Return the description of each tool, as the method `tools/list` of the Model Context Protocol requires it."""
    return [
        {
            "name": tool.name,
            "description": tool.description,
            "inputSchema": tool.input_schema,
            "annotations": {"readOnlyHint": True},
        }
        for tool in TOOLS.values()
    ]


def tool_result(context: Context, name: str, arguments: Message, *, base_url: str) -> tuple[str, bool]:
    """Call the tool `name` and return the text of its answer, and whether the answer is an error.

    The text of an error suggests valid arguments.
    """
    try:
        return call_tool(context, name, arguments, base_url=base_url), False
    except InvalidRequest as error:
        return "\n".join(map(str, error.parameter_errors)), True
    except TradeflowsError as error:
        return str(error), True


def error_response(message_id: Any, code: int, text: str) -> dict[str, Any]:
    """Return the JSON-RPC response for a message with an error.

    `message_id` is the identifier of the message, null where it has none. `code` is a JSON-RPC error code, such as
    -32700 for a message that is not JSON.
    """
    return {"jsonrpc": "2.0", "id": message_id, "error": {"code": code, "message": text}}


def _initialization(parameters: Message) -> dict[str, Any]:
    requested_version = parameters.get("protocolVersion")
    return {
        "protocolVersion": requested_version if requested_version in PROTOCOL_VERSIONS else PROTOCOL_VERSIONS[0],
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": SERVER_INFO,
        "instructions": INSTRUCTIONS,
    }


def _call_response(context: Context, message_id: Any, parameters: Message, *, base_url: str) -> dict[str, Any]:
    name, arguments = parameters.get("name"), parameters.get("arguments") or {}
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return error_response(message_id, INVALID_PARAMETERS, "A call has a name, and arguments that are an object.")
    text, is_error = tool_result(context, name, arguments, base_url=base_url)
    result = {"content": [{"type": "text", "text": text}], "isError": is_error}
    return {"jsonrpc": "2.0", "id": message_id, "result": result}
