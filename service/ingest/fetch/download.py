"""Files from the offices' servers: retried with patience, never longer than they ask for."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote_plus

import urllib3
from urllib3.util import Retry, Timeout

from service.errors import SourceUnavailable

CHUNK = 1 << 20
KEY_HEADER = "Ocp-Apim-Subscription-Key"
RETRIES = Retry(
    total=5,
    backoff_factor=1,
    backoff_max=60,
    status_forcelist=(429, 500, 502, 503, 504),
    respect_retry_after_header=True,
    remove_headers_on_redirect=[*Retry.DEFAULT_REMOVE_HEADERS_ON_REDIRECT, KEY_HEADER],
)
PATIENCE = Timeout(connect=10, read=120)


@dataclass(frozen=True)
class Wanted:
    """A file to be had from an office: what it is called here, its address, and headers to send.

    `key` is the secret among them, which errors do not tell.
    """

    name: str
    url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None

    def without_key(self, told: object) -> str:
        """Return a text as it may be shown, whoever it comes from."""
        text = str(told)
        for secret in (self.key, quote_plus(self.key)) if self.key else ():
            text = text.replace(secret, "[key]")
        return text


def download(wanted: Wanted, *, folder: Path) -> Path:
    """Return the file, downloaded whole into `folder`.

    Servers that are busy are asked again, after the time that they name in Retry-After.

    :raises SourceUnavailable: the server cannot be reached, stays busy, refuses, or stops before the end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pool = urllib3.PoolManager(retries=RETRIES, timeout=PATIENCE)
    try:
        return _download(pool, wanted, folder)
    except urllib3.exceptions.HTTPError as error:
        raise SourceUnavailable(wanted.without_key(f"{wanted.url} cannot be had: {error}")) from error
    finally:
        pool.clear()


def _download(pool: urllib3.PoolManager, wanted: Wanted, folder: Path) -> Path:
    answer = pool.request(
        "GET", wanted.url, fields=dict(wanted.fields), headers=dict(wanted.headers), preload_content=False
    )
    if answer.status != HTTPStatus.OK:
        said = answer.read(300).decode("utf-8", "replace").strip()
        raise SourceUnavailable(wanted.without_key(f"{wanted.url} answered {answer.status}: {said}"))
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".partial", delete=False) as file:
        try:
            for chunk in answer.stream(CHUNK):
                file.write(chunk)
        except BaseException:
            Path(file.name).unlink()
            raise
    return Path(file.name).rename(folder / wanted.name)
