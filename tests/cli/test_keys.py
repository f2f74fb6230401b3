"""Keys by the command, from being made to being revoked, at a service that asks for them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3

from service.db.access.grants import READER
from tests.support.roles import url_for_role
from tests.support.server import run_server

pytestmark = pytest.mark.process

COMMAND = Path(sys.executable).parent / "tradeflows"
UNKNOWN_KEY_ID = "000000000000"


@pytest.fixture
def run_keys(engine, tmp_path):
    """Return a function that runs `tradeflows keys` and returns its status and what it printed."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "TRADEFLOWS_HOME": str(tmp_path / "home"),
    }

    def run(*arguments):
        command = [COMMAND, "keys", *arguments]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stdout, ended.stderr

    return run


@pytest.fixture
def request_status(engine, tmp_path):
    """Yield a function that sends a request to a service with TRADEFLOWS_AUTH=key, and returns the status."""
    with run_server(url_for_role(engine.url, READER), log_file=tmp_path / "log", TRADEFLOWS_AUTH="key") as address:

        def ask(key):
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            return urllib3.request("GET", f"{address}/v1/reporters", headers=headers).status

        yield ask


def test_a_key_grants_access_until_revoked(run_keys, request_status, tmp_path):
    made, key, told = run_keys("create", "--name", "the dashboard")
    number = key.split("_")[1]
    heading, listed, *_ = run_keys("list")[1].splitlines()
    rotated = run_keys("rotate", number)[1]
    printed = json.loads(run_keys("rotate", rotated.split("_")[1], "--overlap", "1", "--json")[1])

    assert (made, "not shown again" in told) == (0, True)
    assert heading.split()[:3] == ["id", "scope", "state"]
    assert listed.split()[:3] == [number, "read", "valid"]
    assert "the dashboard" in listed
    assert key.strip() not in listed
    assert sorted(printed) == ["created", "expires", "id", "key", "name", "scope", "state"]
    assert (printed["id"], printed["name"]) == (printed["key"].split("_")[1], "the dashboard")
    assert [request_status(each) for each in (rotated.strip(), printed["key"])] == [200, 200]
    assert [request_status(each) for each in (None, key.strip(), rotated.strip())] == [401, 200, 200]
    assert run_keys("revoke", number)[1] == f"{number} of the dashboard is revoked.\n"
    assert [request_status(each) for each in (key.strip(), rotated.strip())] == [401, 200]
    assert key.strip() not in (tmp_path / "log").read_text()


@pytest.mark.parametrize("subcommand", ["revoke", "rotate"])
def test_an_unknown_key_id_is_reported(run_keys, subcommand):
    ended, _, told = run_keys(subcommand, UNKNOWN_KEY_ID)

    assert (ended != 0, told.splitlines()) == (
        True,
        [f"tradeflows: there is no key {UNKNOWN_KEY_ID}; `tradeflows keys list` lists them"],
    )
