"""Before it serves, the command says where the database gives fewer connections than its processes may hold."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from service.config import load_settings
from service.db.access.grants import READER
from service.db.access.roles import MAX_READER_CONNECTIONS
from service.db.capacity import connection_shortfalls, max_connections
from tests.support.roles import url_for_role

COMMAND = Path(sys.executable).parent / "tradeflows"


def settings_with(**environment):
    return load_settings({"TRADEFLOWS_HOME": "/nowhere"} | environment)


def capacity_warnings(url, **environment):
    return connection_shortfalls(settings_with(**environment), url.render_as_string(hide_password=False), processes=2)


@pytest.mark.parametrize(
    ("environment", "expected_connections"),
    [
        ({}, 38),  # two processes with 8 + 1 for prepared statements, 8 for the rest and 2 for exports
        ({"TRADEFLOWS_POOL_SIZE": "8", "TRADEFLOWS_EXPORT_POOL_SIZE": "4"}, 42),
        # and with replicas 8 to each server that read its state
        ({"DATABASE_URL": "postgresql://a@one/b", "DATABASE_READ_URL": "postgresql://a@two/b"}, 54),
    ],
)
def test_connections_of_all_processes_are_counted(environment, expected_connections):
    assert max_connections(settings_with(**environment), processes=2) == expected_connections


def test_the_reader_limit_covers_the_default_settings():
    assert 2 * max_connections(settings_with(), processes=2) <= MAX_READER_CONNECTIONS


def test_exceeding_the_reader_limit_is_reported(engine):
    reader = url_for_role(engine.url, READER)

    assert capacity_warnings(reader, TRADEFLOWS_POOL_SIZE="17", TRADEFLOWS_EXPORT_POOL_SIZE="5") == []
    assert capacity_warnings(reader, TRADEFLOWS_POOL_SIZE="17", TRADEFLOWS_EXPORT_POOL_SIZE="6") == [
        "2 workers may hold 82 connections, with TRADEFLOWS_POOL_SIZE=17 and TRADEFLOWS_EXPORT_POOL_SIZE=6, "
        "but tradeflows_reader may hold 80: requests that need more are "
        "refused with 503. Lower the sizes, or raise the connection limit of the role."
    ]


def test_a_role_without_a_limit_has_the_server_limit(engine):
    (told,) = capacity_warnings(engine.url, TRADEFLOWS_POOL_SIZE="9999")

    assert "may hold" in told
    assert capacity_warnings(engine.url) == []


def test_an_unavailable_database_is_not_reported(server):
    assert capacity_warnings(server.set(database="nowhere")) == []


def test_each_replica_is_checked_separately(engine):
    reader = url_for_role(engine.url, READER)
    place, address = reader.query["host"], reader.render_as_string(hide_password=False)
    several = {"DATABASE_URL": address, "DATABASE_READ_URL": address.replace(place, f"/nowhere,{place}")}

    # Named as the primary and as a replica: 2 processes x 2 x (3 x 5 + 1 + 2) connections, of 80.
    assert capacity_warnings(reader, **several, TRADEFLOWS_POOL_SIZE="5") == []
    (told,) = capacity_warnings(reader, **several, TRADEFLOWS_POOL_SIZE="6")
    assert told.startswith(
        f"2 workers may hold 84 connections to {place}:{reader.query['port']}, with TRADEFLOWS_POOL_SIZE=6"
    )


@pytest.mark.process
def test_serve_reports_the_shortfall_and_starts(engine, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {
        "PATH": os.environ["PATH"],
        "TRADEFLOWS_HOME": str(tmp_path),
        "DATABASE_URL": url_for_role(engine.url, READER).render_as_string(hide_password=False),
        "TRADEFLOWS_POOL_SIZE": "20",
        "TRADEFLOWS_WORKERS": "2",
    }
    command = [COMMAND, "serve", "--no-migrate", "--bind", address]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        try:
            assert any("Ctrl-C stops" in line for line in started.stdout)
        finally:
            started.send_signal(signal.SIGTERM)
            _, told = started.communicate(timeout=30)

    assert "tradeflows: 2 workers may hold 86 connections" in told
