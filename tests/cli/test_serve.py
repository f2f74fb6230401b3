"""`tradeflows serve` beside a database that some other command has prepared."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import text

COMMAND = Path(sys.executable).parent / "tradeflows"


@pytest.fixture
def environment(engine, tmp_path):
    """Return the environment of a command whose database's address lies in a file."""
    (tmp_path / "url").write_text(engine.url.render_as_string(hide_password=False))
    return {"PATH": os.environ["PATH"], "TRADEFLOWS_HOME": str(tmp_path), "DATABASE_URL_FILE": str(tmp_path / "url")}


def test_without_preparing_it_only_reads_and_keeps_the_address_out_of_the_environment(engine, environment):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [COMMAND, "serve", "--no-prepare", "--bind", address]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert any("three requests to try" in line for line in server.stdout)
            with urlopen(f"http://{address}/ready") as answer:
                assert answer.status == 200
            (worker, *_) = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
            assert b"DATABASE_URL=" not in Path(f"/proc/{worker}/environ").read_bytes()
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(20) == 0

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM dataset")) == 0


def test_the_demo_is_loaded_once_by_a_command_of_its_own(environment):
    said = [
        subprocess.run([COMMAND, "load", "demo"], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]

    assert said == [
        "Loaded the demo: Japan, 15 monthly releases that were not there.\n",
        "Loaded the demo: Japan, 0 monthly releases that were not there.\n",
    ]
