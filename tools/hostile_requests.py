"""Hostile requests from a generator of our own, sent to a running service, and what it answered.

    python -m tools.hostile_requests http://127.0.0.1:8000 --count 100000

Each request begins with a valid one of openapi/v1.json and has one to three mutations: of a value, of a cursor that the
service gave, of the query, the path, the headers, or of the bytes on the wire. No answer may be 5xx, and no error body
longer than MAX_ERROR_BYTES. Requests are the same for the same seed.
"""

import base64
import json
import random
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlsplit

import click

DOCUMENT = Path(__file__).parents[1] / "openapi" / "v1.json"
MAX_ERROR_BYTES = 16_384
RESPONSE_TIMEOUT_S = 60
EXAMPLES = {"reporter": "JPN", "partner": "CHN", "period": "2024-01", "flow": "X", "code": "CHN", "commodity": "TOTAL"}
HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "If-Range", "Cookie",
    "Data-Version", "X-Request-ID", "Authorization", "X-Forwarded-For", "X-Forwarded-Proto", "Content-Type", "Origin",
    "Access-Control-Request-Method", "Expect", "Connection", "Upgrade", "traceparent", "Content-Length", "TE", "Host",
    "Transfer-Encoding", "X-HTTP-Method-Override", "Forwarded", "If-Match", "If-Unmodified-Since", "Prefer",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "G\xcbT", "")
VALUES = (
    "", " ", "\x00", "a\x00b", "\r\nX: y", "\ud800", "'", '"', "' OR 1=1--", "<script>", "javascript:alert(1)",
    "${jndi:x}",     "{{7*7}}", "=1+1", "../../etc/passwd", "%", "%zz", "%25", "\u202e", "\ufeff", "💥" * 9,
    "A" * 3000, "," * 900, "-", "--",
    "0", "-0", "-1", "1e9999", "NaN", "inf", "9" * 25, "9" * 4400, "1_0", "٢٠٢٤", "0x1", "1.5", "null", "true",
    "[]", "{}",
    "all", "all,all", "WLD,WLD", "latest", "2024", "2024-13", "0000-00", "9999-12", "2024-01..2023-01", "..",
    "2024-01..",
    "2024-02-30", "0001-01-01", "9999-12-31", "-2024", "X,M,X", "EU,all", "TOTAL,all", "HS", "H6", "-value",
    "value,-value",
    "csv", "parquet", "svg", "html", "exact", "\\", ";", "&", "#", "?", "/", "//", "a/b", "\t", "\n", "\x7f",
    "\x1b[31m",
)  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """A path of the service with the names of its parameters."""

    path: str
    query_names: tuple[str, ...]


@dataclass
class Request:
    """A request that mutations change; the target and header values may have any characters of Latin-1."""

    path: str
    query: list[tuple[str, str]]
    method: str = "GET"
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    raw: bytes | None = None

    def encode(self) -> bytes:
        """Return the bytes on the wire."""
        if self.raw is not None:
            return self.raw
        query = "&".join(f"{_encode(name)}={_encode(value)}" for name, value in self.query)
        target = f"{self.path}?{query}" if self.query else self.path
        headers = [("Host", "a"), ("Connection", "close"), *self.headers]
        if self.body:
            headers.append(("Content-Length", str(len(self.body))))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        text = f"{self.method} {target} HTTP/1.1\r\n{head}\r\n"
        return text.encode("latin-1", errors="replace") + self.body


def _encode(text: str) -> str:
    """Return a text percent-encoded; one that begins with a percent sign is sent as it is."""
    return text if text.startswith("%") else quote_from_bytes(text.encode("utf-8", errors="surrogatepass"))


class Generator:
    """A generator of hostile requests. `cursors` are cursors that the service gave."""

    def __init__(self, document: Mapping[str, Any], *, seed: int, cursors: list[str]) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._operations = list(_operations(document))
        self._cursors = cursors
        self._mutations: tuple[Callable[[Request], None], ...] = (
            self._change_value,
            self._change_value,
            self._add_parameter,
            self._change_cursor,
            self._change_cursor,
            self._change_header,
            self._change_header,
            self._change_path,
            self._change_method,
            self._add_body,
            self._change_bytes,
        )

    def request(self) -> Request:
        """Return the next request."""
        operation = self._random.choice(self._operations)
        names = [name for name in operation.query_names if name in EXAMPLES or self._random.random() < 0.1]
        query = [(name, EXAMPLES.get(name) or self._value()) for name in names]
        request = Request(operation.path, query)
        for _ in range(self._random.randint(1, 3)):
            self._random.choice(self._mutations)(request)
        return request

    def _value(self) -> str:
        """Return a value: one that is known to be odd, two of them, or characters by chance."""
        kind = self._random.random()
        if kind < 0.6:
            return self._random.choice(VALUES)
        if kind < 0.75:
            return self._random.choice(VALUES) + self._random.choice((",", "..", "", "-")) + self._random.choice(VALUES)
        if kind < 0.9:
            return "".join(chr(self._random.randrange(1, 0x300)) for _ in range(self._random.randrange(1, 30)))
        raw = self._random.randbytes(self._random.randrange(1, 12))
        return "%" + quote_from_bytes(raw, safe="").replace("%", "")[:1] + "0" + "".join(f"%{byte:02x}" for byte in raw)

    def _change_value(self, request: Request) -> None:
        if request.query:
            position = self._random.randrange(len(request.query))
            request.query[position] = request.query[position][0], self._value()

    def _add_parameter(self, request: Request) -> None:
        names = [name for name, _ in request.query] + [
            "x",
            "",
            "reporter",
            "limit",
            "fields",
            "sort",
            "format",
            "as_of",
        ]
        request.query += [(self._random.choice(names), self._value())] * self._random.choice((1, 1, 2, 300))

    def _change_cursor(self, request: Request) -> None:
        text = self._random.choice([*self._cursors, "", "A" * 2000])
        raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        for _ in range(self._random.randrange(4)):
            if raw:
                raw[self._random.randrange(len(raw))] = self._random.randrange(256)
        edits = (
            bytes(raw),
            bytes(raw[: self._random.randrange(len(raw) + 1)]),
            bytes(raw) * 3,
            b"[1,2,[3]]" + bytes(raw),
        )
        cursor = base64.urlsafe_b64encode(self._random.choice(edits)).decode().rstrip("=")
        request.query = [pair for pair in request.query if pair[0] != "cursor"] + [("cursor", cursor)]

    def _change_header(self, request: Request) -> None:
        value = self._value().replace("\r", "").replace("\n", "") if self._random.random() < 0.8 else self._value()
        request.headers += [(self._random.choice(HEADERS), value)] * self._random.choice((1, 1, 1, 60))

    def _change_path(self, request: Request) -> None:
        parts = request.path.split("/")
        position = self._random.randrange(1, len(parts))
        edit = self._random.choice(
            (_encode(self._value()), "", "..", "%2e%2e", "%2f", parts[position] * 40, parts[position].upper())
        )
        parts[position : position + self._random.choice((0, 1))] = [edit]
        request.path = "/".join(parts)

    def _change_method(self, request: Request) -> None:
        request.method = self._random.choice(METHODS)

    def _add_body(self, request: Request) -> None:
        texts = (
            "{",
            "[" * 9000,
            "null",
            '{"text": 1}',
            '{"text": "\\ud800"}',
            json.dumps({"text": self._value()}),
            "a=b",
        )
        request.method = self._random.choice(("POST", "GET", "PUT"))
        request.body = self._random.choice([*(text.encode() for text in texts), self._random.randbytes(300)])
        request.path = self._random.choice((request.path, "/v1/checks", "/mcp", "/check"))

    def _change_bytes(self, request: Request) -> None:
        raw = bytearray(request.encode())
        for _ in range(self._random.randrange(1, 6)):
            position = self._random.randrange(len(raw))
            edit = self._random.choice((b"", b"\x00", b"\r\n", b"\n", b" ", b"\xff", self._random.randbytes(2)))
            raw[position : position + self._random.randrange(3)] = edit
        request.raw = bytes(raw)


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield each path, with examples in the place of its parameters, and some that the document does not have."""
    for path, operations in document["paths"].items():
        parameters = [*operations.get("parameters", ()), *operations.get("get", {}).get("parameters", ())]
        resolved, filled = [_parameter(document, each) for each in parameters], path
        for each in resolved:
            if each["in"] == "path":
                example = EXAMPLES.get(each["name"]) or str(each.get("example", "x"))
                filled = filled.replace(f"{{{each['name']}}}", quote(example))
        yield Operation(filled, tuple(each["name"] for each in resolved if each["in"] == "query"))
    for path in ("/", "/explore", "/check", "/comtrade/data/v1/get/C/A/HS", "/llms.txt", "/nothing", "//v1/flows"):
        yield Operation(path, ("view", "reporter", "partner", "period"))


def _parameter(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in node:
        return node
    found: Mapping[str, Any] = document["components"]["parameters"][node["$ref"].rpartition("/")[2]]
    return found


def send(address: str, raw: bytes) -> bytes:
    """Return the bytes that the service answers to these bytes; none where it closes the connection."""
    parts, answer = urlsplit(address), b""
    with (
        suppress(ConnectionError),
        socket.create_connection((parts.hostname or "", parts.port or 80), RESPONSE_TIMEOUT_S) as wire,
    ):
        with suppress(OSError):
            wire.sendall(raw)
            wire.shutdown(socket.SHUT_WR)
        while chunk := wire.recv(65536):
            answer += chunk
    return answer


def fault(answer: bytes) -> str | None:
    """Return what is wrong with an answer; null where nothing is."""
    head, _, body = answer.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    if not answer:
        return None
    if len(words) < 2 or not words[1].isdigit():
        return "no status"
    status = int(words[1])
    if status >= 500:
        return str(status)
    if status >= 400 and len(body) > MAX_ERROR_BYTES:
        return f"{status} with {len(body)} bytes"
    return None


def read_cursors(address: str) -> list[str]:
    """Return cursors that the service gives."""
    paths = (
        "/v1/areas?limit=3",
        "/v1/flows?reporter=JPN&period=all&limit=3",
        "/v1/flows?reporter=JPN&period=all&limit=3&sort=-value,yoy_pct",
    )
    cursors = []
    for path in paths:
        answer = send(address, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        link = json.loads(answer.partition(b"\r\n\r\n")[2])["links"]["next"] or ""
        cursors.append(link.rpartition("cursor=")[2])
    return cursors


@click.command()
@click.argument("address")
@click.option("--count", default=1000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(address: str, count: int, seed: int) -> None:
    """Send hostile requests, and print the statuses and each answer that is a fault of the service."""
    generator = Generator(json.loads(DOCUMENT.read_text()), seed=seed, cursors=read_cursors(address))
    statuses: Counter[str] = Counter()
    faults = 0
    for number in range(count):
        raw = generator.request().encode()
        answer = send(address, raw)
        statuses[answer.split(b" ", 2)[1].decode("latin-1") if answer.count(b" ") > 1 else "closed"] += 1
        if found := fault(answer):
            faults += 1
            click.echo(f"{number} {found}: {raw[:600]!r}")
    counts = ", ".join(f"{status}: {number:,}" for status, number in sorted(statuses.items()))
    click.echo(f"{count:,} requests, {faults} faults; {counts}")
    raise SystemExit(faults > 0)


if __name__ == "__main__":
    main()
