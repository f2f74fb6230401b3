"""Owner, loader and reader do their work by the command, each as itself."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from service.db.access.grants import LOADER, OWNER, READER
from tests.support.roles import PASSWORDS, url_for_role

pytestmark = [pytest.mark.process, pytest.mark.account]

COMMAND = Path(sys.executable).parent / "tradeflows"


@pytest.fixture
def run(create_database, tmp_path):
    """Return a function that runs the command on an empty database, as the role that is given."""
    url = create_database("by_roles")
    for name in PASSWORDS:
        (tmp_path / name).write_text(PASSWORDS[name])

    def command(*arguments, role=None):
        connected = url if role is None else url_for_role(url, role)
        environment = {
            "PATH": os.environ["PATH"],
            "TRADEFLOWS_HOME": str(tmp_path),
            "DATABASE_URL": connected.render_as_string(hide_password=False),
            "TRADEFLOWS_OWNER_PASSWORD_FILE": str(tmp_path / OWNER),
            "TRADEFLOWS_LOADER_PASSWORD_FILE": str(tmp_path / LOADER),
            "TRADEFLOWS_READER_PASSWORD_FILE": str(tmp_path / READER),
        }
        return subprocess.Popen(
            [COMMAND, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    return command


def command_output(process):
    out, err = process.communicate()
    assert process.returncode == 0, err
    return out


def test_the_owner_migrates_the_loader_loads_and_the_reader_serves(run):
    assert (
        command_output(run("roles"))
        == "tradeflows_owner owns the database, tradeflows_loader loads, tradeflows_reader reads.\n"
    )
    command_output(run("migrate", role=OWNER))
    assert "18 new releases" in command_output(run("load", "demo", role=LOADER))
    assert command_output(run("verify", role=LOADER)).endswith("\n18 releases verified, 0 faults.\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with run("serve", "--no-migrate", "--bind", address, role=READER) as server:
        assert any("Ctrl-C stops" in line for line in server.stdout)
        with urlopen(f"http://{address}/v1/flows?reporter=JPN&partner=CHN&flow=X&period=2024-01") as answer:
            assert '"yoy_pct":29.2195' in answer.read().decode()
        server.send_signal(signal.SIGTERM)
        server.stderr.read()
        assert server.wait(20) == 0


@pytest.mark.parametrize(
    ("role", "command"), [(LOADER, ("load", "demo")), (READER, ("serve",)), (LOADER, ("migrate",))]
)
def test_an_unprivileged_role_is_referred_to_the_owner(run, role, command):
    command_output(run("roles"))

    _, err = run(*command, role=role).communicate()

    assert f"the role {role} may not prepare the database" in err
    assert "run `tradeflows migrate` as the owner" in err


def test_the_embedded_database_is_served_by_the_reader(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {"PATH": os.environ["PATH"], "TRADEFLOWS_HOME": str(tmp_path / "home")}
    with subprocess.Popen(
        [COMMAND, "serve", "--bind", address, "--no-demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert any("Ctrl-C stops" in line for line in server.stdout)
        (gunicorn, *_) = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        environment = Path(f"/proc/{gunicorn}/environ").read_bytes().decode()
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0

    assert f"DATABASE_URL=postgresql+psycopg://{READER}@" in environment
