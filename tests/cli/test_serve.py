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
from urllib.request import urlopen

import pytest
from sqlalchemy import text

from tests.support.faults.database_faults import backend_pids, lock_data_version, wait_for_result

pytestmark = pytest.mark.process

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


def test_the_demo_is_loaded_once(environment):
    said = [
        subprocess.run([COMMAND, "load", "demo"], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]

    assert said == [
        "Loaded the demo: Japan, 15 monthly releases that were not there.\n",
        "Loaded the demo: Japan, 0 monthly releases that were not there.\n",
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
        assert any("three requests to try" in line for line in served.stdout)
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
