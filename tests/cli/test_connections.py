"""Before it serves, the command says where the database gives fewer connections than its processes may hold."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from service.config import settings_from
from service.db.access.grants import READER
from service.db.access.roles import READERS_CONNECTIONS
from service.db.capacity import most_connections, too_few_connections
from tests.roles import url_of

COMMAND = Path(sys.executable).parent / "tradeflows"


def settings(**environment):
    return settings_from({"TRADEFLOWS_HOME": "/nowhere"} | environment)


def words(url, **environment):
    return too_few_connections(settings(**environment), url.render_as_string(hide_password=False), processes=2)


@pytest.mark.parametrize(
    ("environment", "most"),
    [
        ({}, 12),  # two processes with 2 for prepared statements, 2 for the rest and 2 for exports
        ({"HOT_READS": "off"}, 8),
        ({"POOL_SIZE": "8", "EXPORT_POOL_SIZE": "4"}, 40),
        # and of several servers 2 that ask each how far it is
        ({"DATABASE_URL": "postgresql://a@one/b", "DATABASE_READ_URL": "postgresql://a@two/b"}, 16),
    ],
)
def test_all_connections_of_all_processes_are_counted(environment, most):
    assert most_connections(settings(**environment), processes=2) == most


def test_the_reader_is_given_enough_for_the_settings_that_stand():
    assert 2 * most_connections(settings(), processes=2) <= READERS_CONNECTIONS


def test_as_many_as_the_reader_is_given_are_enough_and_one_more_is_not(engine):
    reader = url_of(engine.url, READER)

    assert words(reader, POOL_SIZE="8", EXPORT_POOL_SIZE="4") == []
    assert words(reader, POOL_SIZE="8", EXPORT_POOL_SIZE="5") == [
        "2 processes may hold 42 connections, with POOL_SIZE=8 and EXPORT_POOL_SIZE=5, "
        "but tradeflows_reader is given 40: what is asked beyond them is "
        "answered with 503. Lower the sizes, or let the role have more."
    ]


def test_a_role_without_a_limit_is_given_what_the_server_has(engine):
    (told,) = words(engine.url, POOL_SIZE="9999")

    assert "is given" in told
    assert words(engine.url) == []


def test_of_a_database_that_is_away_nothing_is_said(server):
    assert words(server.set(database="nowhere")) == []


def test_each_of_several_servers_is_held_to_what_it_may_be_asked(engine):
    reader = url_of(engine.url, READER)
    place, address = reader.query["host"], reader.render_as_string(hide_password=False)
    several = {"DATABASE_URL": address, "DATABASE_READ_URL": address.replace(place, f"/nowhere,{place}")}

    # Named as the primary and as one that is read: 2 processes x 2 times x (3 x 3 + 2).
    assert words(reader, **several, POOL_SIZE="2") == []
    (told,) = words(reader, **several, POOL_SIZE="3")
    assert told.startswith(f"2 processes may hold 44 connections to {place}:{reader.query['port']}, with POOL_SIZE=3")


def test_the_command_says_so_and_serves(engine, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {
        "PATH": os.environ["PATH"],
        "TRADEFLOWS_HOME": str(tmp_path),
        "DATABASE_URL": url_of(engine.url, READER).render_as_string(hide_password=False),
        "POOL_SIZE": "20",
    }
    command = [COMMAND, "serve", "--no-prepare", "--bind", address]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        try:
            assert any("three requests to try" in line for line in started.stdout)
        finally:
            started.send_signal(signal.SIGTERM)
            _, told = started.communicate(timeout=30)

    assert "tradeflows: 2 processes may hold 84 connections" in told
