"""Clients that stay connected are shared among the processes: none of these idles while another has them all."""

import re
import socket
from contextlib import ExitStack
from pathlib import Path

from tests.faults.made import soon
from tests.faults.test_processes import server  # noqa: F401 - the fixture

CLIENTS, TIMES = 16, 2


def connections_of(pid, port):
    """Return how many connections of clients of that port a process holds."""
    held = {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()}
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    open_on_port = [line[9] for line in lines if int(line[1].partition(":")[2], 16) == port and line[3] == "01"]
    return sum(f"socket:[{inode}]" in held for inode in open_on_port)


def is_accepting(pid):
    """Return whether a process waits for clients: it is told of what comes on its own pipe, and to the port."""
    return sum(file.read_text().count("tfd:") for file in Path(f"/proc/{pid}/fdinfo").iterdir()) >= 2


def test_clients_that_stay_are_shared_among_the_processes(server):  # noqa: F811 - the fixture
    address, processes = server
    port = int(re.search(r":(\d+)$", address)[1])
    soon(lambda: all(map(is_accepting, processes.workers)))

    for _ in range(TIMES):
        with ExitStack() as clients:
            for _ in range(CLIENTS):  # all connect before any is accepted, as clients do that begin together
                clients.enter_context(socket.create_connection(("127.0.0.1", port)))
            soon(lambda: sum(connections_of(pid, port) for pid in processes.workers) == CLIENTS)
            held = [connections_of(pid, port) for pid in processes.workers]

        assert min(held) >= CLIENTS // 4, held
