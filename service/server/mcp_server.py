"""A server of the Model Context Protocol, built with its official SDK, that has the same tools as /mcp."""

from typing import Any

import anyio.to_thread
import mcp_types as types
from flask import Flask
from mcp.server import Server
from mcp.server.stdio import stdio_server

from service.api.database.request_context import current_context
from service.resources.agents.protocol import INSTRUCTIONS, SERVER_INFO, tool_descriptions, tool_result


async def serve_tools(app: Flask, base_url: str) -> None:
    """Serve the tools for AI agents (Model Context Protocol) over standard input and output until the input ends.

    The tools call `app`. Links in their answers begin with `base_url`.
    """

    async def list_tools(_context: Any, _parameters: Any) -> types.ListToolsResult:
        return types.ListToolsResult.model_validate({"tools": tool_descriptions()})

    async def call_tool(_context: Any, parameters: types.CallToolRequestParams) -> types.CallToolResult:
        text, is_error = await anyio.to_thread.run_sync(_answer, app, parameters, base_url)
        return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=is_error)

    server: Server[Any] = Server(
        SERVER_INFO["name"],
        version=SERVER_INFO["version"],
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    async with stdio_server() as (read_stream, write_stream):
        await server.run(read_stream, write_stream, server.create_initialization_options())


def _answer(app: Flask, parameters: types.CallToolRequestParams, base_url: str) -> tuple[str, bool]:
    with app.test_request_context("/mcp"):
        return tool_result(current_context(), parameters.name, parameters.arguments or {}, base_url=base_url)
