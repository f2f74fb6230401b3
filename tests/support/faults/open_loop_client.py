"""Clients that send requests at a constant rate, independent of the responses, in a process of their own.

    python -m tests.support.faults.open_loop_client HOST PORT SECONDS A_SECOND PATH...

prints a line of JSON for each request: its status, or the name of what broke it off; Retry-After; the seconds from when
it was due, not from when it was sent, until its answer; and the second of that since the first was due. They are on the
machine of the service, which their work is taken from: so they use sockets as the kernel has them, and go before it
where they may.
"""

import json
import os
import re
import resource
import select
import socket
import sys
import time
from contextlib import suppress
from itertools import cycle

CONTENT_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
TIMEOUT_S = 30
PRIORITY_INCREMENT = -10
TIMEOUT_CHECK_INTERVAL_S = 1


class PendingRequest:
    """A request on a connection of its own, and the part of its response that was received."""

    __slots__ = ("connection", "due", "is_answered", "is_ended", "received", "unsent")

    def __init__(self, address, raw_request, due_at):
        self.connection, self.unsent, self.due, self.received = socket.socket(), raw_request, due_at, b""
        self.is_answered = self.is_ended = False
        self.connection.setblocking(False)
        self.connection.connect_ex(address)

    def advance(self):
        """Send or receive the next bytes; return whether the response is complete.

        :raises OSError: the connection broke.
        """
        if self.unsent:
            self.connection.send(self.unsent)
            self.unsent = b""
            return False
        chunk = self.connection.recv(65536)
        self.received += chunk
        self.is_ended = not chunk
        return not self.is_answered and (self.is_ended or self._is_complete())

    def _is_complete(self):
        """Return whether the response has the announced length; the server closes the connection afterwards."""
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = CONTENT_LENGTH.search(head)
        return bool(end and length) and len(body) >= int(length[1])

    def parse_response(self):
        """Return status and Retry-After; null for a response that ended before its head was complete."""
        head, end, _ = self.received.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        if not end:
            return "cut off", None
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return int(status.split()[1]), headers.get("retry-after")


class OpenLoopClient:
    """Clients that send requests on a new connection each, and record the outcomes."""

    def __init__(self, address, paths):
        self._address = address
        self._raw_requests = cycle(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode() for path in paths
        )
        self._events, self._open = select.epoll(), {}
        self._started_at = 0.0
        self.outcomes = []

    def run(self, requests_per_s, *, seconds):
        """Send requests at the rate, whatever the responses to earlier ones are."""
        self._started_at = looked = began = time.monotonic()
        number, all_of_them = 0, round(requests_per_s * seconds)
        while number < all_of_them or self._open:
            now = time.monotonic()
            while number < all_of_them and (due := began + number / requests_per_s) <= now:
                self._start_request(due)
                number += 1
            self._process_events(
                began + number / requests_per_s if number < all_of_them else now + TIMEOUT_CHECK_INTERVAL_S
            )
            if now - looked > TIMEOUT_CHECK_INTERVAL_S:
                looked = now
                self._expire_requests(now)

    def _start_request(self, due_at):
        request = PendingRequest(self._address, next(self._raw_requests), due_at)
        self._open[request.connection.fileno()] = request
        self._events.register(request.connection, select.EPOLLOUT)

    def _process_events(self, end_time):
        for number, _event in self._events.poll(max(0, end_time - time.monotonic())):
            request = self._open[number]
            was_sent = not request.unsent
            try:
                if request.advance():
                    self._record_outcome(request, *request.parse_response())
            except OSError as error:
                self._record_outcome(request, type(error).__name__, None)
                request.is_ended = True
            if request.is_ended:
                self._close(number)
            elif not was_sent:
                self._events.modify(number, select.EPOLLIN)

    def _expire_requests(self, now):
        for number, request in list(self._open.items()):
            if now - request.due > TIMEOUT_S:
                self._record_outcome(request, "given up", None)
                self._close(number)

    def _record_outcome(self, request, status, retry_after):
        if not request.is_answered:
            request.is_answered = True
            now = time.monotonic()
            self.outcomes.append((status, retry_after, now - request.due, now - self._started_at))

    def _close(self, descriptor):
        self._open.pop(descriptor).connection.close()


def main(host, port, seconds, requests_per_s, *paths):
    with suppress(PermissionError):
        os.nice(PRIORITY_INCREMENT)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    clients = OpenLoopClient((host, int(port)), paths)
    clients.run(float(requests_per_s), seconds=float(seconds))
    for answer in clients.outcomes:
        print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
