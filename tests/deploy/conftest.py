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
requires_nginx = pytest.mark.skipif(NGINX is None, reason="there is no nginx on this machine")


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


def replace_settings(configuration, replacements):
    """Return a configuration with what differs on this machine put in place; each must stand there once."""
    for found, instead in replacements.items():
        assert configuration.count(found) == 1, found
        configuration = configuration.replace(found, instead)
    return configuration


@contextmanager
def run_nginx(
    folder: Path,
    configuration_folder: Path,
    *,
    service_address: str,
    port: int,
    listen_configuration: str,
    replacements=None,
):
    """Run nginx, which `listen` has listen on `port`, until the block ends; its log lines are in folder/log."""
    shutil.copytree(configuration_folder, folder, dirs_exist_ok=True)
    main = folder / "nginx.conf"
    own = {
        "server service:8000;": f"server {service_address};",
        "pid /tmp/nginx.pid;": f"pid {folder}/pid;",
        "access_log /dev/stdout": f"access_log {folder}/log",
        "error_log /dev/stderr": f"error_log {folder}/errors",
    }
    text = replace_settings(main.read_text(), own | (replacements or {})).replace("/tmp/nginx-", f"{folder}/")
    main.write_text(text)
    (folder / "listen.conf").write_text(listen_configuration)
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
