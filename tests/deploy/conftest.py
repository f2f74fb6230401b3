"""nginx as it is deployed, run for real with the configuration of the repository."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine")


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


def put_in_place(text, changes):
    """Return a configuration with what differs on this machine put in place; each must stand there once."""
    for found, instead in changes.items():
        assert text.count(found) == 1, found
        text = text.replace(found, instead)
    return text


@contextmanager
def running_nginx(folder: Path, configuration: Path, *, service: str, port: int, listen: str, changes=None):
    """Run nginx, which `listen` has listen on `port`, until the block ends; its log lines are in folder/log."""
    shutil.copytree(configuration, folder, dirs_exist_ok=True)
    main = folder / "nginx.conf"
    own = {
        "server service:8000;": f"server {service};",
        "pid /tmp/nginx.pid;": f"pid {folder}/pid;",
        "access_log /dev/stdout": f"access_log {folder}/log",
        "error_log /dev/stderr": f"error_log {folder}/errors",
    }
    text = put_in_place(main.read_text(), own | (changes or {})).replace("/tmp/nginx-", f"{folder}/")
    main.write_text(text)
    (folder / "listen.conf").write_text(listen)
    # Workers of root would become nobody, who cannot get into the folder of a test.
    options = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    with subprocess.Popen([NGINX, "-c", main, "-g", options], stderr=subprocess.PIPE, text=True) as nginx:
        try:
            wait_for_listener(port, nginx)
            yield folder
        finally:
            nginx.terminate()


def wait_for_listener(port, process):
    end = time.monotonic() + 10
    while True:
        assert process.poll() is None, process.stderr.read()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.02)
        else:
            return
