"""The commands of the guide to replicas: a standby, its promotion, and the return of the lost primary."""

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import NullPool, create_engine

from service.cli import main
from tests.distributed.conftest import ReplicaPair
from tests.docs.test_commands import code_blocks
from tests.support.postgres import PostgresServer
from tests.support.schema import create_schema

pytestmark = pytest.mark.process

REPLICAS_GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "read-replicas-and-failover.md"
COPY, PROMOTE, REWIND = (
    next(each.text for each in code_blocks(REPLICAS_GUIDE) if each.language == "sh" and program in each.text)
    for program in ("pg_basebackup", "pg_ctl promote", "pg_rewind")
)


def libpq_url(server, **parts):
    return server.url.set(drivername="postgresql", **parts).render_as_string(hide_password=False)


def run_commands(server, script, **variables):
    """Run a block of the page as the account of the database."""
    path = f"PATH={server.binaries_folder}:{os.environ['PATH']}"
    settings = [f"{name}={value}" for name, value in variables.items()]
    ended = server.data_directory.runner.run("/usr/bin/env", path, *settings, "bash", "-euc", script)
    assert ended.returncode == 0, f"{script}\n{ended.stdout}"


def set_guide_settings(server):
    """Write the settings of the page into the configuration of a server."""
    settings = next(each.text for each in code_blocks(REPLICAS_GUIDE) if each.language == "ini")
    with server.connect() as connection:
        for name, value in re.findall(r"^(\w+) = (\w+)$", settings, re.MULTILINE):
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    server.stop()
    server.start()


def test_a_lost_primary_follows_the_promoted_standby(tmp_path):
    pair = ReplicaPair(PostgresServer(tmp_path / "primary"), PostgresServer(tmp_path / "standby"))
    primary, standby = pair.primary, pair.standby
    primary.create()
    set_guide_settings(primary)
    create_schema(create_engine(primary.url, poolclass=NullPool))
    pair.publish({"2024": 100})
    source = libpq_url(primary, database="postgres")
    run_commands(standby, COPY, STANDBY_DATA=standby.data_directory.pgdata, PRIMARY_SERVER=source)
    standby.start()
    standby.wait_for_replay(primary)

    primary.stop()
    run_commands(standby, PROMOTE, STANDBY_DATA=standby.data_directory.pgdata)
    verified = CliRunner().invoke(
        main, ["verify"], env={"DATABASE_URL": libpq_url(standby), "TRADEFLOWS_HOME": str(tmp_path)}
    )
    pair.publish({"2024": 101}, published="2024-05-01")
    run_commands(primary, REWIND, LOST_DATA=primary.data_directory.pgdata, NEW_PRIMARY=libpq_url(standby))
    primary.start()
    primary.wait_for_replay(standby)

    assert "0 faults" in verified.output
    assert primary.query_value("SELECT value || ' ' || pg_is_in_recovery() FROM observation") == "101 true"
    primary.stop()
    standby.stop()
