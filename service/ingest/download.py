"""Files from the offices' servers: retried with patience, never longer than they ask for."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import urllib3
from urllib3.util import Retry, Timeout

from service.errors import SourceUnavailable

CHUNK = 1 << 20
RETRIES = Retry(
    total=5,
    backoff_factor=1,
    backoff_max=60,
    status_forcelist=(429, 500, 502, 503, 504),
    respect_retry_after_header=True,
)
PATIENCE = Timeout(connect=10, read=120)


@dataclass(frozen=True)
class Wanted:
    """A file to be had from an office: what it is called here, its address, and headers to send."""

    name: str
    url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def download(wanted: Wanted, *, folder: Path) -> Path:
    """Return the file, downloaded whole into `folder`.

    Servers that are busy are asked again, after the time that they name in Retry-After.

    :raises SourceUnavailable: the server cannot be reached, stays busy, or refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pool = urllib3.PoolManager(retries=RETRIES, timeout=PATIENCE)
    try:
        answer = pool.request(
            "GET", wanted.url, fields=dict(wanted.fields), headers=dict(wanted.headers), preload_content=False
        )
        if answer.status != 200:
            said = answer.read(300).decode("utf-8", "replace").strip()
            raise SourceUnavailable(f"{wanted.url} answered {answer.status}: {said}")
        handle, partial = tempfile.mkstemp(dir=folder, suffix=".partial")
        with os.fdopen(handle, "wb") as file:
            for chunk in answer.stream(CHUNK):
                file.write(chunk)
    except urllib3.exceptions.HTTPError as error:
        raise SourceUnavailable(f"{wanted.url} cannot be had: {error}") from error
    finally:
        pool.clear()
    target = folder / wanted.name
    Path(partial).rename(target)
    return target
