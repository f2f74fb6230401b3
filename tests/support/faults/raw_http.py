"""Raw bytes sent to an HTTP server, valid or not."""

import json
import socket
from urllib.parse import urlsplit

MAX_READ_S = 60
"""Long enough for a process that starts on a busy machine."""


def send_raw_request(address, raw_request):
    """Return status, headers and body of the response to these bytes."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=MAX_READ_S) as connection:
        connection.sendall(raw_request)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    return lines[0].split()[1], dict(line.split(": ", 1) for line in lines[1:]), json.loads(body)
