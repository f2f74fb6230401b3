"""Downloads from data providers, with bounded retries that respect Retry-After."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote_plus

import urllib3
from urllib3.util import Retry, Timeout

from service.errors import SourceUnavailable

DOWNLOAD_CHUNK_BYTES = 1 << 20
MAX_DOWNLOAD_BYTES = 4 << 30
MAX_DECODED_BYTES = 16 << 30
MAX_DECODED_RATIO = 200
"""Maximum ratio of decoded to downloaded bytes; compressed files have the same bound."""
API_KEY_HEADER = "Ocp-Apim-Subscription-Key"  # pragma: allowlist secret
RETRY_POLICY = Retry(
    total=5,
    backoff_factor=1,
    backoff_max=60,
    status_forcelist=(429, 500, 502, 503, 504),
    respect_retry_after_header=True,
    remove_headers_on_redirect=[*Retry.DEFAULT_REMOVE_HEADERS_ON_REDIRECT, API_KEY_HEADER],
)
TIMEOUTS = Timeout(connect=10, read=120)


@dataclass(frozen=True)
class DownloadRequest:
    """A file to download.

    `name` is the name under which it is stored. `api_key` is the secret in the query parameters or headers; error
    messages never show it.
    """

    name: str
    url: str
    query_parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    api_key: str | None = None

    def redact_key(self, message: object) -> str:
        """Return the text of a message with `[key]` in place of the API key."""
        text = str(message)
        for secret in (self.api_key, quote_plus(self.api_key)) if self.api_key else ():
            text = text.replace(secret, "[key]")
        return text


def download_file(request: DownloadRequest, *, folder: Path) -> Path:
    """Download a file completely into `folder`, and return its path.

    If the server is busy, the request is repeated after the time in its Retry-After header.

    :raises SourceUnavailable: the server cannot be reached, stays busy, refuses the request or stops before the end, or
        the file is too large.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pool = urllib3.PoolManager(retries=RETRY_POLICY, timeout=TIMEOUTS)
    try:
        return _stream_to_file(pool, request, folder)
    except urllib3.exceptions.HTTPError as error:
        raise SourceUnavailable(request.redact_key(f"{request.url} cannot be downloaded: {error}")) from error
    finally:
        pool.clear()


def _stream_to_file(pool: urllib3.PoolManager, request: DownloadRequest, folder: Path) -> Path:
    response = pool.request(
        "GET", request.url, fields=dict(request.query_parameters), headers=dict(request.headers), preload_content=False
    )
    if response.status != HTTPStatus.OK:
        reason = response.read(300).decode("utf-8", "replace").strip()
        raise SourceUnavailable(request.redact_key(f"{request.url} responded {response.status}: {reason}"))
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".partial", delete=False) as file:
        try:
            for chunk in response.stream(DOWNLOAD_CHUNK_BYTES):
                file.write(chunk)
                _check_size(request, encoded_bytes=response.tell(), decoded_bytes=file.tell())
        except BaseException:
            Path(file.name).unlink()
            raise
    return Path(file.name).rename(folder / request.name)


def _check_size(request: DownloadRequest, *, encoded_bytes: int, decoded_bytes: int) -> None:
    """Check the size of a download so far, before and after its content coding is decoded.

    :raises SourceUnavailable: it is too large.
    """
    max_decoded = max(encoded_bytes, DOWNLOAD_CHUNK_BYTES) * MAX_DECODED_RATIO
    if encoded_bytes > MAX_DOWNLOAD_BYTES or decoded_bytes > min(max_decoded, MAX_DECODED_BYTES):
        raise SourceUnavailable(f"{request.url} sends more than the bound of a download; nothing is kept")
