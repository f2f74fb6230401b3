"""Files that pages load: the stylesheet, the script of charts and the icon, at URLs that change with their content."""

import hashlib
from functools import cache
from pathlib import Path

ASSETS_FOLDER = Path(__file__).parents[2] / "assets"
MEDIA_TYPES = {
    "pages.css": "text/css; charset=utf-8",
    "charts.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@cache
def read_asset(name: str) -> tuple[bytes, str]:
    """Return the content of the file `name`, and the digest of the content, which its URL contains."""
    content = (ASSETS_FOLDER / name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:16]


def asset_url(name: str) -> str:
    """Return the URL of the file `name`. It changes with the content, so that a client may cache the file for ever."""
    return f"/assets/{read_asset(name)[1]}/{name}"
