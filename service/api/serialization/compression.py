"""Compression of responses by zstd, br or gzip, complete or streamed."""

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import brotli
from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MIN_COMPRESSED_BYTES = 500
"""Size in bytes from which on a response is compressed."""
COMPRESSIBLE_TYPES = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/x-ndjson",
    "application/vnd.sdmx.",
    "image/svg+xml",
)


class _Coding(NamedTuple):
    """The functions of a compressor. Their levels are low: responses are compressed while the client waits."""

    begin: Callable[[], Any]
    feed: Callable[[Any, bytes], bytes]
    end: Callable[[Any], bytes]


_CODINGS = {
    "zstd": _Coding(
        lambda: zstd.ZstdCompressor(level=1),
        lambda compressor, chunk: compressor.compress(chunk),
        lambda compressor: compressor.flush(),
    ),
    "br": _Coding(
        lambda: brotli.Compressor(quality=3),
        lambda compressor, chunk: compressor.process(chunk),
        lambda compressor: compressor.finish(),
    ),
    "gzip": _Coding(
        lambda: zlib.compressobj(4, wbits=31),
        lambda compressor, chunk: compressor.compress(chunk),
        lambda compressor: compressor.flush(),
    ),
}
"""Codings in order of preference."""
WILDCARD_CODING = "gzip"
"""Coding for a client that accepts any, as `*`: every client can decode it."""


def preferred_coding() -> str | None:
    """Return the compression that the client of the current request prefers: `zstd`, `br` or `gzip`.

    Null means none, also for a request for a range of bytes.
    """
    return None if "Range" in request.headers else _best_coding(request.headers.get("Accept-Encoding", ""))


@lru_cache(maxsize=1000)
def _best_coding(accept_encoding: str) -> str | None:
    accepted = parse_accept_header(accept_encoding, Accept)
    best = accepted.best_match([*_CODINGS, "identity"])
    if best in _CODINGS and best not in set(accepted.values()) and accepted.quality(WILDCARD_CODING):
        return WILDCARD_CODING
    return None if best == "identity" else best


def compress_chunks(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Yield the chunks compressed by `coding`, each as soon as it is complete."""
    begin, feed, end = _CODINGS[coding]
    compressor = begin()
    for chunk in chunks:
        if compressed_chunk := feed(compressor, chunk):
            yield compressed_chunk
    yield end(compressor)


def compress(response: Response, coding: str | None) -> Response:
    """Return `response`, compressed by `coding` if this is not null and the response is large enough."""
    if coding is None or response.status_code != 200 or response.content_encoding or not _should_compress(response):
        return response
    response.direct_passthrough = False
    body = compress_chunks(response.iter_encoded(), coding)
    if response.is_streamed:
        if close := getattr(response.response, "close", None):
            response.call_on_close(close)
        response.response = body
        response.headers.pop("Content-Length", None)
    else:
        response.set_data(b"".join(body))
    response.content_encoding = coding
    return response


def _should_compress(response: Response) -> bool:
    is_large = response.is_streamed or len(response.get_data()) >= MIN_COMPRESSED_BYTES
    return is_large and _has_compressible_type(response)


def _has_compressible_type(response: Response) -> bool:
    return (response.mimetype or "").startswith(COMPRESSIBLE_TYPES)


def init_compression(app: Flask) -> None:
    """Compress the responses of `app` that are not compressed already."""
    app.after_request(_compress_unless_encoded)


def _compress_unless_encoded(response: Response) -> Response:
    if not _has_compressible_type(response):
        return response
    if "Accept-Encoding" not in response.headers.get("Vary", ""):
        response.vary.add("Accept-Encoding")
    if not response.content_encoding and compress(response, preferred_coding()).content_encoding:
        etag, is_weak = response.get_etag()
        if etag and not is_weak:
            # The ETag is that of the uncompressed body, to which the compressed body is equivalent but not identical.
            response.set_etag(etag, weak=True)
    return response
