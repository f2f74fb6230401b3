"""`tradeflows fetch`, run against a server of our own."""

import os
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.ingest.provider_stub import ProviderStub

COMMAND = Path(sys.executable).parent / "tradeflows"


@pytest.fixture
def provider():
    """Yield a server whose `answers` a test sets."""
    with ThreadingHTTPServer(("127.0.0.1", 0), ProviderStub) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def fetch(engine, provider, tmp_path):
    """Return a function that runs `tradeflows fetch` against the server."""
    url = f"http://127.0.0.1:{provider.server_port}"

    def run(*arguments, **environment):
        own = {
            **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
            "DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "TRADEFLOWS_HOME": str(tmp_path),
            "TRADEFLOWS_US_CENSUS_URL": url,
            "TRADEFLOWS_COMTRADE_URL": url,
            "TRADEFLOWS_JAPAN_CUSTOMS_URL": url,
            "TRADEFLOWS_ESTAT_URL": url,
        }
        return subprocess.run(
            [COMMAND, "fetch", *arguments], env=own | environment, capture_output=True, text=True, check=False
        )

    return run
