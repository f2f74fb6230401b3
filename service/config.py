"""Settings from the environment, checked once at start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.errors import SettingsError


@dataclass(frozen=True)
class Settings:
    """What the environment decides.

    `database_url` is null where the service runs a PostgreSQL of its own under `home`.
    """

    database_url: str | None
    home: Path
    pool_size: int
    pool_timeout_s: float
    statement_timeout_ms: int

    @property
    def archive(self) -> Path:
        """Return the folder of the raw bytes of all files that were loaded."""
        return self.home / "archive"


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that `environment` asks for.

    :raises SettingsError: a variable holds what it cannot hold.
    """
    return Settings(
        database_url=sqlalchemy_url(url) if (url := environment.get("DATABASE_URL")) else None,
        home=_home(environment),
        pool_size=_positive(environment, "POOL_SIZE", default=4),
        pool_timeout_s=_positive(environment, "POOL_TIMEOUT_MS", default=1000) / 1000,
        statement_timeout_ms=_positive(environment, "STATEMENT_TIMEOUT_MS", default=5000),
    )


def _home(environment: Mapping[str, str]) -> Path:
    named = environment.get("TRADEFLOWS_HOME")
    if named:
        return Path(named).absolute()
    try:
        data = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    except RuntimeError as error:
        raise SettingsError("the user has no home folder; set TRADEFLOWS_HOME to a folder for the data") from error
    return (Path(data) / "tradeflows").absolute()


def sqlalchemy_url(text: str) -> str:
    """Return a PostgreSQL address in the form that names the driver.

    :raises SettingsError: it is the address of something else.
    """
    scheme, separator, rest = text.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"} or not separator:
        raise SettingsError(f"DATABASE_URL should read postgresql://user@host/database, not {scheme}://...")
    return f"postgresql+psycopg://{rest}"


def _positive(environment: Mapping[str, str], name: str, *, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
        raise SettingsError(f"{name} should be a whole number above zero, not {text!r}")
    return int(text)
