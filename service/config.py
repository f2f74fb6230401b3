"""Settings, read from the environment and validated once at start.

Names begin with `TRADEFLOWS_`, except DATABASE_URL, DATABASE_READ_URL and PORT. The value of each setting NAME may be
in a file that NAME_FILE names, so that the environment holds no secret.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, make_url

from service.errors import SettingsError

PREFIX = "TRADEFLOWS_"
HTTP_SERVERS = ("gunicorn", "granian")
"""Servers that can answer HTTP; the first is the default."""
LOG_FORMATS = ("json", "text")
"""Formats of the log. The default is text where standard error is a terminal, else JSON."""
LOG_LEVELS = ("info", "debug", "warning", "error")
"""Levels of the log; the first is the default."""
DEFAULT_WORKERS = max(2, os.cpu_count() or 1)
DEFAULT_THREADS = 64
"""Threads of each worker: more than its database connections, because a thread may wait for a connection."""
DEFAULT_RESPONSE_CACHE_MB = 64
MAX_INTEGER = 10**9 - 1


@dataclass(frozen=True)
class AccessSettings:
    """Authentication and rate limiting.

    `rate_limit` reads like `600 per minute`; null means no limit. `rate_limit_storage` is the URL of the storage that
    counts requests. `trusted_proxies` is the number of entries of X-Forwarded-For, counted from the right, that
    trusted proxies have added. With `has_public_pages` pages and their charts need no key. `security_contact` is the
    address for reports of security faults; null where there is none.
    """

    authentication_enabled: bool = False
    has_public_pages: bool = False
    rate_limit: str | None = None
    rate_limit_storage: str = "memory://"
    trusted_proxies: int = 0
    security_contact: str | None = None


PUBLIC_ACCESS = AccessSettings()


@dataclass(frozen=True)
class Settings:
    """All settings of the service.

    `database_url` is null where the service starts an embedded PostgreSQL under `home`; `database_read_url` is null
    without replicas. While the file `drain_file` exists, /ready responds 503, so that load balancers send no more
    requests; null means that `tradeflows serve` chooses the path. docs/reference/settings.md describes each setting.
    """

    database_url: str | None
    database_read_url: str | None
    home: Path
    pool_size: int
    pool_timeout_s: float
    statement_timeout_ms: int
    database_timeout_s: float
    replica_wait_s: float
    prepared_statements: bool
    response_cache_mb: int
    export_pool_size: int
    export_statement_timeout_ms: int
    access: AccessSettings
    server: str
    workers: int
    threads: int
    drain_s: float
    drain_file: Path | None
    log_format: str
    log_level: str

    @property
    def archive_directory(self) -> Path:
        """Return the folder that keeps an unchanged copy of every loaded file."""
        return self.home / "archive"


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that environment variables define.

    :raises SettingsError: the value of a variable is invalid.
    """
    if setting_value(environment, "DATABASE_READ_URL") and not setting_value(environment, "DATABASE_URL"):
        raise SettingsError("DATABASE_READ_URL requires DATABASE_URL, which should be the URL of the primary")
    reader = _SettingsReader(environment)
    return Settings(
        database_url=_database_url(environment, "DATABASE_URL", multi_host_target="primary"),
        database_read_url=_database_url(environment, "DATABASE_READ_URL", multi_host_target="prefer-standby"),
        home=_home(environment),
        pool_size=reader.integer("POOL_SIZE", default=8, min_value=1),
        pool_timeout_s=reader.integer("POOL_TIMEOUT_MS", default=1000, min_value=1) / 1000,
        statement_timeout_ms=reader.integer("STATEMENT_TIMEOUT_MS", default=5000, min_value=1),
        database_timeout_s=reader.integer("DATABASE_TIMEOUT_MS", default=6000, min_value=1) / 1000,
        replica_wait_s=reader.integer("REPLICA_WAIT_MS", default=300) / 1000,
        prepared_statements=reader.choice("PREPARED_STATEMENTS", ("on", "off")) == "on",
        response_cache_mb=reader.integer("RESPONSE_CACHE_MB", default=DEFAULT_RESPONSE_CACHE_MB),
        export_pool_size=reader.integer("EXPORT_POOL_SIZE", default=2, min_value=1),
        export_statement_timeout_ms=reader.integer("EXPORT_STATEMENT_TIMEOUT_MS", default=600_000, min_value=1),
        access=AccessSettings(
            authentication_enabled=reader.choice("AUTH", ("none", "key")) == "key",
            has_public_pages=reader.choice("PUBLIC_PAGES", ("off", "on")) == "on",
            rate_limit=reader.rate_limit("RATE_LIMIT"),
            rate_limit_storage=reader.text("RATE_LIMIT_STORAGE") or PUBLIC_ACCESS.rate_limit_storage,
            trusted_proxies=reader.integer("TRUSTED_PROXIES", default=0),
            security_contact=reader.text("SECURITY_CONTACT"),
        ),
        server=reader.choice("SERVER", HTTP_SERVERS),
        workers=reader.integer("WORKERS", default=DEFAULT_WORKERS, min_value=1),
        threads=reader.integer("THREADS", default=DEFAULT_THREADS, min_value=1),
        drain_s=reader.integer("DRAIN_MS", default=0) / 1000,
        drain_file=Path(drain_file) if (drain_file := reader.text("DRAIN_FILE")) else None,
        log_format=reader.choice("LOG_FORMAT", LOG_FORMATS[::-1] if sys.stderr.isatty() else LOG_FORMATS),
        log_level=reader.choice("LOG_LEVEL", LOG_LEVELS),
    )


def setting_value(environment: Mapping[str, str], name: str) -> str | None:
    """Return the value of the variable `name`, else the first line of the file that `name`_FILE names, else null.

    :raises SettingsError: both variables are set, or the file cannot be read or is empty.
    """
    value, file = environment.get(name), environment.get(f"{name}_FILE")
    if not file:
        return value or None
    if value:
        raise SettingsError(f"{name} and {name}_FILE are both set; only one of them should be")
    try:
        lines = Path(file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE should name a readable file: {error}") from error
    if not lines or not lines[0]:
        raise SettingsError(f"{name}_FILE should name a file with a value in its first line; that of {file} is empty")
    return lines[0]


class _SettingsReader:
    """A reader that validates the settings whose names begin with PREFIX."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str) -> str | None:
        return setting_value(self._environment, PREFIX + name)

    def integer(self, name: str, *, default: int, min_value: int = 0) -> int:
        text = self.text(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and min_value <= int(text) <= MAX_INTEGER):
            raise SettingsError(f"{PREFIX}{name} should be an integer from {min_value} to {MAX_INTEGER}, not {text!r}")
        return int(text)

    def rate_limit(self, name: str) -> str | None:
        """Return the setting `name`, a rate limit such as `600 per minute`; null where it is not set.

        :raises SettingsError: the value is not a rate limit.
        """
        text = self.text(name)
        if text is None:
            return None
        from limits import parse_many  # noqa: PLC0415 - few processes have a rate limit

        try:
            parse_many(text)
        except ValueError as error:
            raise SettingsError(f"{PREFIX}{name} should read like 600 per minute, not {text!r}") from error
        return text

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """Return the setting `name`, which is one of `choices`; the first of them is the default.

        :raises SettingsError: the value is not one of `choices`.
        """
        text = (self.text(name) or choices[0]).lower()
        if text not in choices:
            raise SettingsError(f"{PREFIX}{name} should be {' or '.join(choices)}, not {text!r}")
        return text


def _database_url(environment: Mapping[str, str], name: str, *, multi_host_target: str) -> str | None:
    """Return the URL in a variable, with the password of the settings.

    With several hosts, libpq chooses by `multi_host_target` where the URL has no target_session_attrs of its own.
    """
    text = setting_value(environment, name)
    if text is None:
        return None
    url = make_url(sqlalchemy_url(text, name=name))
    password = setting_value(environment, f"{PREFIX}DATABASE_PASSWORD")
    if password is not None:
        url = url.set(password=password)
    hosts, port = str(url.query.get("host", "")).split(","), str(url.query.get("port", ""))
    if len(hosts) > 1:
        ports = {} if "," in port or not port else {"port": ",".join(port for _ in hosts)}
        url = url.set(query={"target_session_attrs": multi_host_target} | url.query | ports)
    return url.render_as_string(hide_password=False)


def _home(environment: Mapping[str, str]) -> Path:
    home = setting_value(environment, f"{PREFIX}HOME")
    if home:
        return Path(home).absolute()
    try:
        user_data = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    except RuntimeError as error:
        raise SettingsError(f"the user has no home folder; {PREFIX}HOME should name a folder for the data") from error
    return (Path(user_data) / "tradeflows").absolute()


def sqlalchemy_url(text: str, *, name: str = "DATABASE_URL") -> str:
    """Return the URL of a PostgreSQL database in the form that SQLAlchemy needs: with the driver in its scheme.

    If `text` lists several hosts, they move to the query string. Error messages call the setting `name`.

    :raises SettingsError: `text` is not the URL of a PostgreSQL database.
    """
    scheme, separator, rest = text.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"} or not separator:
        raise SettingsError(f"{name} should read postgresql://user@host/database, not {scheme}://...")
    server, _, _ = rest.partition("?")[0].rpartition("@")[2].partition("/")
    return _multi_host_url(rest, name=name) if "," in server else f"postgresql+psycopg://{rest}"


def _multi_host_url(location: str, *, name: str) -> str:
    try:
        parts = {part: str(value) for part, value in conninfo_to_dict(f"postgresql://{location}").items()}
    except ProgrammingError as error:
        raise SettingsError(f"{name} should read postgresql://user@host:5432,host:5432/database: {error}") from error
    user, password, database = (parts.pop(part, None) for part in ("user", "password", "dbname"))
    if not parts.get("port", "").strip(","):
        parts.pop("port", None)  # commas alone, where no host has one
    url = URL.create("postgresql+psycopg", user, password, database=database, query=parts)
    return url.render_as_string(hide_password=False)
