"""Clients that ask at a constant rate, whether they are answered or not, in a process of their own.

    python -m tests.faults.open_loop HOST PORT SECONDS A_SECOND PATH...

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

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
GIVEN_UP_AFTER_S = 30
BEFORE_OTHERS = -10
SEEN_EVERY_S = 1


class Request:
    """A question on a connection of its own, which the server ends, and what has come of its answer."""

    __slots__ = ("connection", "due", "is_answered", "is_ended", "received", "to_send")

    def __init__(self, address, asked, due):
        self.connection, self.to_send, self.due, self.received = socket.socket(), asked, due, b""
        self.is_answered = self.is_ended = False
        self.connection.setblocking(False)
        self.connection.connect_ex(address)

    def go_on(self):
        """Send what is to be sent, or receive what is there; return whether it is answered by that.

        :raises OSError: the connection broke.
        """
        if self.to_send:
            self.connection.send(self.to_send)
            self.to_send = b""
            return False
        chunk = self.connection.recv(65536)
        self.received += chunk
        self.is_ended = not chunk
        return not self.is_answered and (self.is_ended or self._is_whole())

    def _is_whole(self):
        """Return whether as much has come as was announced; the server ends the connection when it comes to it."""
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        return bool(end and length) and len(body) >= int(length[1])

    def answer(self):
        """Return status and Retry-After; what ended before its head did has none."""
        head, end, _ = self.received.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        if not end:
            return "cut off", None
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return int(status.split()[1]), headers.get("retry-after")


class Clients:
    """Clients that ask one question after another, on a connection for each, and keep what became of it."""

    def __init__(self, address, paths):
        self._address = address
        self._asked = cycle(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode() for path in paths)
        self._events, self._open = select.epoll(), {}
        self._began = 0.0
        self.answers = []

    def at_rate(self, a_second, *, seconds):
        """Ask so many times a second, whatever becomes of what was asked before."""
        self._began = looked = began = time.monotonic()
        number, all_of_them = 0, round(a_second * seconds)
        while number < all_of_them or self._open:
            now = time.monotonic()
            while number < all_of_them and (due := began + number / a_second) <= now:
                self._begin(due)
                number += 1
            self._go_on_until(began + number / a_second if number < all_of_them else now + SEEN_EVERY_S)
            if now - looked > SEEN_EVERY_S:
                looked = now
                self._give_up(now)

    def _begin(self, due):
        request = Request(self._address, next(self._asked), due)
        self._open[request.connection.fileno()] = request
        self._events.register(request.connection, select.EPOLLOUT)

    def _go_on_until(self, end):
        for number, _event in self._events.poll(max(0, end - time.monotonic())):
            request = self._open[number]
            was_sent = not request.to_send
            try:
                if request.go_on():
                    self._keep(request, *request.answer())
            except OSError as error:
                self._keep(request, type(error).__name__, None)
                request.is_ended = True
            if request.is_ended:
                self._close(number)
            elif not was_sent:
                self._events.modify(number, select.EPOLLIN)

    def _give_up(self, now):
        for number, request in list(self._open.items()):
            if now - request.due > GIVEN_UP_AFTER_S:
                self._keep(request, "given up", None)
                self._close(number)

    def _keep(self, request, status, retry_after):
        if not request.is_answered:
            request.is_answered = True
            now = time.monotonic()
            self.answers.append((status, retry_after, now - request.due, now - self._began))

    def _close(self, number):
        self._open.pop(number).connection.close()


def main(host, port, seconds, a_second, *paths):
    with suppress(PermissionError):
        os.nice(BEFORE_OTHERS)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    clients = Clients((host, int(port)), paths)
    clients.at_rate(float(a_second), seconds=float(seconds))
    for answer in clients.answers:
        print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
