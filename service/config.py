"""Settings from the environment, checked once at start.

Whatever NAME asks for can lie in a file that NAME_FILE names, so that no secret stands in an environment.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL, make_url

from service.errors import SettingsError

HTTP_SERVERS = ("gunicorn", "granian")
"""What can answer HTTP; the first does where the environment does not say."""
DEFAULT_WORKERS = max(2, os.cpu_count() or 1)
DEFAULT_THREADS = 64
"""Threads of each worker. Many of them may wait for a connection at a time, so they are many more than connections."""
DEFAULT_RESPONSE_CACHE_MB = 64
"""Megabytes of answers that a process keeps where the environment does not say."""


@dataclass(frozen=True)
class AccessSettings:
    """Who may ask, and how often.

    `rate_limit` reads like `600 per minute`; null lets all ask at will. So many entries of X-Forwarded-For as there
    are `trusted_proxies` are believed.
    """

    authentication_enabled: bool = False
    rate_limit: str | None = None
    rate_limit_storage: str = "memory://"
    trusted_proxies: int = 0


PUBLIC_ACCESS = AccessSettings()


@dataclass(frozen=True)
class Settings:
    """What the environment decides.

    `database_url` is null where the service runs a PostgreSQL of its own under `home`. A request waits for one of
    `pool_size` connections `pool_timeout_s` at most; the server ends a statement after `statement_timeout_ms`, and
    where it says nothing for `deadline_s`, the connection is closed from here.
    `database_read_url` names the servers that are read, and null means that of `database_url`; one that has not got the
    newest data is waited for `catch_up_s`. Without `prepared`, nothing is left on a connection from one transaction to
    the next: neither prepared statements nor settings.
    Exports have connections and a timeout of their own, so that they cannot take those of other answers.
    While the file `drain_mark` is there the service says that it is not ready; it ends `drain_s` after it was told to.
    """

    database_url: str | None
    database_read_url: str | None
    home: Path
    pool_size: int
    queue_timeout_s: float
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

    @property
    def archive_directory(self) -> Path:
        """Return the folder of the raw bytes of all files that were loaded."""
        return self.home / "archive"


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that `environment` asks for.

    :raises SettingsError: a variable holds what it cannot hold.
    """
    if setting_value(environment, "DATABASE_READ_URL") and not setting_value(environment, "DATABASE_URL"):
        raise SettingsError("DATABASE_READ_URL should come with DATABASE_URL, the primary of the servers that it names")
    return Settings(
        database_url=_database_url(environment, "DATABASE_URL", multi_host_target="primary"),
        database_read_url=_database_url(environment, "DATABASE_READ_URL", multi_host_target="prefer-standby"),
        home=_home(environment),
        pool_size=_positive_integer(environment, "POOL_SIZE", default=8),
        queue_timeout_s=_positive_integer(environment, "POOL_TIMEOUT_MS", default=1000) / 1000,
        statement_timeout_ms=_positive_integer(environment, "STATEMENT_TIMEOUT_MS", default=5000),
        database_timeout_s=_positive_integer(environment, "DEADLINE_MS", default=6000) / 1000,
        replica_wait_s=_bounded_integer(environment, "CATCH_UP_MS", default=300) / 1000,
        prepared_statements=_boolean(environment, "PREPARED_STATEMENTS", default="on"),
        response_cache_mb=_bounded_integer(environment, "ANSWER_CACHE_MB", default=DEFAULT_RESPONSE_CACHE_MB),
        export_pool_size=_positive_integer(environment, "EXPORT_POOL_SIZE", default=2),
        export_statement_timeout_ms=_positive_integer(environment, "EXPORT_STATEMENT_TIMEOUT_MS", default=600_000),
        server=_choice(environment, "SERVER", HTTP_SERVERS, default=HTTP_SERVERS[0]),
        workers=_positive_integer(environment, "TRADEFLOWS_WORKERS", default=DEFAULT_WORKERS),
        threads=_positive_integer(environment, "TRADEFLOWS_THREADS", default=DEFAULT_THREADS),
        drain_s=_bounded_integer(environment, "DRAIN_MS", default=0) / 1000,
        drain_file=Path(mark) if (mark := setting_value(environment, "DRAIN_MARK")) else None,
        access=AccessSettings(
            authentication_enabled=_choice(environment, "AUTH", ("none", "key"), default="none") == "key",
            rate_limit=setting_value(environment, "RATE_LIMIT"),
            rate_limit_storage=setting_value(environment, "RATE_LIMIT_STORAGE") or PUBLIC_ACCESS.rate_limit_storage,
            trusted_proxies=_bounded_integer(environment, "TRUSTED_PROXIES", default=0),
        ),
    )


def setting_value(environment: Mapping[str, str], name: str) -> str | None:
    """Return what the variable `name` holds, or the first line of the file that `name`_FILE names; else null.

    :raises SettingsError: both are set, or the file cannot be read or is empty.
    """
    value, file = environment.get(name), environment.get(f"{name}_FILE")
    if not file:
        return value or None
    if value:
        raise SettingsError(f"{name} and {name}_FILE are both set; one of them should be")
    try:
        lines = Path(file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE should name a file that can be read: {error}") from error
    if not lines or not lines[0]:
        raise SettingsError(f"{name}_FILE should name a file with a value in its first line; {file} has none")
    return lines[0]


def _database_url(environment: Mapping[str, str], name: str, *, multi_host_target: str) -> str | None:
    """Return the address that a variable holds; of `several` hosts, those are meant unless it says otherwise."""
    text = setting_value(environment, name)
    if text is None:
        return None
    url = make_url(sqlalchemy_url(text, name=name))
    password = setting_value(environment, "DATABASE_PASSWORD")
    if password is not None:
        url = url.set(password=password)
    hosts, port = str(url.query.get("host", "")).split(","), str(url.query.get("port", ""))
    if len(hosts) > 1:
        each = {} if "," in port or not port else {"port": ",".join(port for _ in hosts)}
        url = url.set(query={"target_session_attrs": multi_host_target} | url.query | each)
    return url.render_as_string(hide_password=False)


def _home(environment: Mapping[str, str]) -> Path:
    named = setting_value(environment, "TRADEFLOWS_HOME")
    if named:
        return Path(named).absolute()
    try:
        data = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    except RuntimeError as error:
        raise SettingsError("the user has no home folder; set TRADEFLOWS_HOME to a folder for the data") from error
    return (Path(data) / "tradeflows").absolute()


def sqlalchemy_url(text: str, *, name: str = "DATABASE_URL") -> str:
    """Return a PostgreSQL address in the form that names the driver; several hosts stand behind its question mark.

    :raises SettingsError: it is the address of something else.
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


def _positive_integer(environment: Mapping[str, str], name: str, *, default: int) -> int:
    return _bounded_integer(environment, name, default=default, min_value=1)


def _bounded_integer(environment: Mapping[str, str], name: str, *, default: int, min_value: int = 0) -> int:
    text = setting_value(environment, name) or str(default)
    if not (text.isascii() and text.isdigit() and min_value <= int(text) < 10**9):
        raise SettingsError(f"{name} should be a whole number{' above zero' if min_value else ''}, not {text!r}")
    return int(text)


def _boolean(environment: Mapping[str, str], name: str, *, default: str) -> bool:
    return _choice(environment, name, ("on", "off"), default=default) == "on"


def _choice(environment: Mapping[str, str], name: str, choices: Sequence[str], *, default: str) -> str:
    text = (setting_value(environment, name) or default).lower()
    if text not in choices:
        raise SettingsError(f"{name} should be {' or '.join(choices)}, not {text!r}")
    return text
