"""A proxy between a TCP port and a socket file that can stop passing bytes on, as a dead network does."""

import socket
import threading
from contextlib import contextmanager, suppress


class Proxy:
    """Passes bytes on both ways until it is told to swallow them."""

    def __init__(self, target):
        self._target = target
        self._passing = threading.Event()
        self._passing.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow(self):
        self._passing.clear()

    def let_pass(self):
        self._passing.set()

    def close(self):
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                self._open += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _pump(self, source, target):
        with suppress(OSError):
            while chunk := source.recv(65536):
                if self._passing.is_set():  # what came while it swallows is gone, as on a network
                    target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def swallowing_proxy(target):
    """Yield a proxy to the socket file `target`."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
