"""The commands of the guide to Citus that need no Citus: data moved from one server, and a load into its tables."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from service.db.access.grants import LOADER, READER
from tests.docs.test_commands import code_blocks
from tests.support.postgres import PostgresServer
from tests.support.publisher import Publisher

pytestmark = pytest.mark.process

CITUS_GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "citus.md"
BLOCKS = list(code_blocks(CITUS_GUIDE))
CREATE_ROLES, MOVE_DATA = (
    next(each.text for each in BLOCKS if each.language == "sh" and command in each.text)
    for command in ("tradeflows roles", "pg_restore")
)
STATEMENTS_WITHOUT_CITUS = [
    line
    for each in BLOCKS
    if each.language == "sql"
    for line in each.text.splitlines()
    if line.startswith(("ALTER TABLE", "UPDATE"))
]


def libpq_url(server):
    """Return the URL of the database of a server, or of an engine."""
    return server.url.set(drivername="postgresql").render_as_string(hide_password=False)


def run_script(script, server, folder, **variables):
    """Run a block of the page with the programs of a server."""
    path = f"{server.binaries_folder}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder), "TRADEFLOWS_HOME": str(folder), **variables}
    command = ["bash", "-euo", "pipefail", "-c", script]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{script}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


@pytest.fixture
def machines(tmp_path):
    """Yield a coordinator and a worker with an empty database."""
    servers = [PostgresServer(tmp_path / name) for name in ("coordinator", "worker")]
    for server in servers:
        server.create()
    yield servers
    for server in servers:
        server.stop()


def test_data_of_one_server_move_to_a_coordinator_that_loads(machines, engine, figures, tmp_path):
    coordinator, worker = machines
    figures({"2023": 100})
    with engine.connect() as connection:
        old_version = connection.scalar(text("SELECT version FROM data_version"))
    addresses = {"DATABASE_URL": libpq_url(coordinator), "OLD_DATABASE_URL": libpq_url(engine)}
    run_script(MOVE_DATA, coordinator, tmp_path, **addresses)
    servers = " ".join(map(libpq_url, machines))
    run_script(CREATE_ROLES, coordinator, tmp_path, **addresses, SERVER_URLS=servers)
    with coordinator.connect() as connection:
        for statement in STATEMENTS_WITHOUT_CITUS:
            connection.execute(statement)

    Publisher(create_engine(coordinator.url, poolclass=NullPool))({"2023": 90, "2024": 101}, published="2024-12-31")
    verified = run_script("tradeflows verify", coordinator, tmp_path, **addresses)

    assert STATEMENTS_WITHOUT_CITUS
    assert "0 faults" in verified
    assert coordinator.query_value("SELECT string_agg(value::text, ' ' ORDER BY period) FROM observation") == "90 101"
    assert coordinator.query_value("SELECT sum(value) FROM observation_history") == 100
    assert coordinator.query_value("SELECT version FROM data_version") > old_version + 1000
    assert worker.query_value(
        "SELECT array_agg(rolname::text ORDER BY rolname) FROM pg_roles WHERE rolname IN (%s, %s)", LOADER, READER
    ) == [LOADER, READER]
