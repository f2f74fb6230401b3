"""The official SDK of the Model Context Protocol as a client: over HTTP, and over the streams of `tradeflows mcp`."""

import asyncio
import sys
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from service.db.access.grants import READER
from tests.support.roles import url_for_role

pytestmark = pytest.mark.process
ARGUMENTS = {"reporter": "Japan", "partner": "China", "period": "2024-01", "currency": "USD"}


async def ask(server):
    async with Client(server) as client:
        tools = await client.list_tools()
        result = await client.call_tool("get_series", ARGUMENTS)
    return [tool.name for tool in tools.tools], result.content[0].text


@pytest.mark.client("mcp", "the SDK of the Model Context Protocol over HTTP", guide="../how-to/ai-agents.md")
def test_the_sdk_connects_over_http(demo_server_url):
    names, text = asyncio.run(ask(f"{demo_server_url}/mcp"))

    assert "explain_difference" in names
    assert "29.2195" in text
    assert "15.3389" in text


@pytest.mark.client("mcp", "over standard input and output", guide="../how-to/ai-agents.md")
def test_the_sdk_starts_the_command(demo_engine, tmp_path, pytestconfig):
    database_url = url_for_role(demo_engine.url, READER).render_as_string(hide_password=False)
    command = StdioServerParameters(
        command=str(Path(sys.executable).parent / "tradeflows"),
        args=["mcp", "--url", "https://trade.example"],
        env={"DATABASE_URL": database_url, "TRADEFLOWS_HOME": str(tmp_path), "PYTHONPATH": str(pytestconfig.rootpath)},
    )

    names, text = asyncio.run(ask(command))

    assert "list_data" in names
    assert "29.2195" in text
    assert "Link: https://trade.example/v1/series?" in text
