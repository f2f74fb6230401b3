"""A proxy from a TCP port to a socket file that can stop forwarding, like a failed network."""

import socket
import threading
from contextlib import contextmanager, suppress


class BlackholeProxy:
    """A proxy that forwards bytes in both directions until it is set to drop them."""

    def __init__(self, target):
        self._target = target
        self._is_forwarding = threading.Event()
        self._is_forwarding.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open_sockets = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def drop_traffic(self):
        self._is_forwarding.clear()

    def forward_traffic(self):
        self._is_forwarding.set()

    def close(self):
        for one in self._open_sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._target)
                self._open_sockets += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._forward, args=(source, target), daemon=True).start()

    def _forward(self, source, target):
        with suppress(OSError):
            while chunk := source.recv(65536):
                if self._is_forwarding.is_set():  # what came while it swallows is gone, as on a network
                    target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def run_blackhole_proxy(target):
    """Yield a proxy to the socket file `target`."""
    proxy = BlackholeProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
