"""`tradeflows serve` beside a database that some other command has prepared."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from sqlalchemy import text

from service.db.embedded.data_directory import load_directory
from service.db.embedded.process import find_postmaster, wait_until
from tests.support.faults.database_faults import backend_pids, lock_data_version, wait_for_result

pytestmark = [pytest.mark.process, pytest.mark.account]

COMMAND = Path(sys.executable).parent / "tradeflows"


@pytest.fixture
def environment(engine, tmp_path):
    """Return the environment of a command whose database's address lies in a file."""
    (tmp_path / "url").write_text(engine.url.render_as_string(hide_password=False))
    return {"PATH": os.environ["PATH"], "TRADEFLOWS_HOME": str(tmp_path), "DATABASE_URL_FILE": str(tmp_path / "url")}


def free_address():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


def test_without_migration_serve_only_reads_and_hides_the_url(engine, environment):
    address = free_address()
    command = [COMMAND, "serve", "--no-migrate", "--bind", address]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            lines = list(iter(server.stdout.readline, "Ctrl-C stops the service.\n"))
            assert lines.index("Ready:\n") == 1  # only an empty line is above it: no request is logged before
            with urlopen(f"http://{address}/ready") as answer:
                assert answer.status == 200
            (worker, *_) = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
            assert b"DATABASE_URL=" not in Path(f"/proc/{worker}/environ").read_bytes()
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(20) == 0

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM dataset")) == 0


def test_the_demo_is_loaded_once(environment):
    said = [
        subprocess.run([COMMAND, "load", "demo"], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]

    assert said == [
        "Loaded the demo: Japan and the United States, 18 new releases.\n",
        "Loaded the demo: Japan and the United States, 0 new releases.\n",
    ]


@pytest.mark.parametrize("server_name", ["gunicorn", "granian"])
def test_both_servers_complete_running_requests_before_stopping(engine, environment, figures, server_name):
    pytest.importorskip(server_name, reason=f"the extra `{server_name}` is not installed")
    figures({"2023-01": 100, "2024-01": 150})
    address = free_address()
    question = f"http://{address}/v1/flows?reporter=JPN&flow=X&period=2024-01"
    command = [COMMAND, "serve", "--no-migrate", "--bind", address, "--server", server_name]
    with (
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served,
        ExitStack() as ended,
    ):
        ended.callback(served.send_signal, signal.SIGTERM)
        assert any("Ctrl-C stops" in line for line in served.stdout)
        tags = [urlopen(question).headers["ETag"] for _ in range(3)]

        with ThreadPoolExecutor(1) as threads, lock_data_version(engine.url):
            # Whoever asks waits for the version of the data; the server is told to end meanwhile.
            asked = threads.submit(urlopen, f"{question}&labels=true")
            wait_for_result(lambda: backend_pids(engine.url, state="active"))
            ended.pop_all().close()
            time.sleep(0.3)
        answer = asked.result()

        assert (answer.status, served.wait(30), set(tags)) == (200, 0, {tags[0]})
        lines = [json.loads(line) for line in served.stderr if line.startswith("{")]
        assert "/v1/flows" in {line.get("route") for line in lines}


def get_status(address):
    try:
        with urlopen(f"http://{address}/v1/reporters", timeout=5) as answer:
            return answer.status
    except HTTPError as error:
        return error.code
    except OSError:
        return None


def test_the_launcher_restarts_postgresql_and_leaves_no_server_that_answers(tmp_path):
    """SIGKILL of PostgreSQL is repaired; SIGKILL of the command ends the HTTP server, and the next one takes over."""
    inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    environment, address = inherited | {"TRADEFLOWS_HOME": str(tmp_path / "home")}, free_address()
    command = [COMMAND, "serve", "--no-demo", "--bind", address]
    with (
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as served,
        ExitStack() as ended,
    ):
        ended.callback(served.kill)
        assert wait_until(60, lambda: get_status(address) == 200)
        directory = load_directory(tmp_path / "home")
        os.kill(find_postmaster(directory).pid, signal.SIGKILL)
        assert wait_until(60, lambda: get_status(address) != 200)
        assert wait_until(60, lambda: get_status(address) == 200)
    assert wait_until(60, lambda: get_status(address) is None)

    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as served:
        assert wait_until(60, lambda: get_status(address) == 200)
        served.send_signal(signal.SIGTERM)
        assert served.wait(60) == 0
    assert find_postmaster(directory) is None
