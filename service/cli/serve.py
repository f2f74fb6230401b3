"""The commands `tradeflows serve` and `tradeflows migrate`."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import click
from sqlalchemy import Engine, NullPool, create_engine, select
from sqlalchemy.exc import DBAPIError

from service.cli.database import migrated_engine, open_database, reader_url
from service.cli.reports.example_requests import ExampleRequest, example_requests
from service.config import HTTP_SERVERS, AccessSettings, Settings, load_settings, setting_value
from service.db.capacity import connection_shortfalls
from service.db.embedded.server import ensure_running, is_server_running
from service.errors import SettingsError, SourceUnavailable
from service.models import Dataset
from service.server.commands import server_command
from service.server.parent_process import stop_with_parent
from service.server.stop_signals import StopSignals, TerminationSignal

READY_TIMEOUT_S = 120
SUPERVISION_INTERVAL_S = 2.0


@click.command()
@click.option("--bind", help="Address and port to listen on.  [default: 127.0.0.1:$PORT, or 127.0.0.1:8000]")
@click.option(
    "--server",
    type=click.Choice(HTTP_SERVERS),
    help=f"HTTP server.  [default: $TRADEFLOWS_SERVER, or {HTTP_SERVERS[0]}]",
)
@click.option("--demo/--no-demo", default=True, help="Load the demo into an empty database.")
@click.option(
    "--migrate/--no-migrate",
    "run_migrations",
    default=True,
    help="Migrate the schema first. --no-migrate needs a migrated database, and loads no demo.",
)
def serve(bind: str | None, server: str | None, demo: bool, run_migrations: bool) -> None:
    """Serve the API and the pages until stopped; without DATABASE_URL, start an embedded PostgreSQL too."""
    settings = load_settings()
    address = bind or f"127.0.0.1:{setting_value(os.environ, 'PORT') or 8000}"
    _check_address_available(address)
    command = server_command(server or settings.server, address, workers=settings.workers, threads=settings.threads)
    signals = StopSignals()
    signals.install()
    status = 0
    with (
        suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory() as counts,
        open_database(settings, can_create=True) as url,
    ):
        try:
            if run_migrations:
                _prepare_database(settings, demo=demo)
            own = reader_url(url) if settings.database_url is None else None
            for few in connection_shortfalls(settings, own or url, processes=settings.workers):
                click.echo(f"tradeflows: {few}", err=True)
            environment, mark = _environment(own, counts), settings.drain_file or Path(counts, "draining")
            if settings.drain_file is None:
                environment["TRADEFLOWS_DRAIN_FILE"] = str(mark)
            status = _serve_until_stopped(
                command,
                environment,
                address,
                announce=partial(_print_welcome, address, own or url, settings.access),
                drain=partial(_drain, mark, settings.drain_s),
                supervise=partial(_restart_embedded_server, settings.home) if own else lambda: None,
                signals=signals,
            )
            mark.unlink(missing_ok=True)
        finally:
            # The database stops next, and a second Ctrl-C must not interrupt that.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(status)


@click.command()
def migrate() -> None:
    """Upgrade the schema and the reference tables of the database, and exit."""
    with migrated_engine(load_settings(), can_create=True):
        pass


def _check_address_available(address: str) -> None:
    """Check that the server can listen on an address, before anything is started.

    :raises SettingsError: the address is in use, or does not belong to this machine.
    """
    host, _, port = address.rpartition(":")
    if not host:
        raise SettingsError(f"cannot listen on {address}: an address reads 127.0.0.1:8000")
    try:
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, int(port)))
    except (OSError, ValueError, OverflowError) as error:
        raise SettingsError(f"cannot listen on {address}: {error}; choose another port, as in PORT=8080") from error


def _prepare_database(settings: Settings, *, demo: bool) -> None:
    with migrated_engine(settings, can_create=True) as engine:
        if demo and not _has_dataset(engine):
            from service.ingest.sources.demo import load_demo  # noqa: PLC0415 - slow to import, for the first start only

            click.echo(f"Loaded the demo: Japan and the United States, {load_demo(engine)} releases.")


def _has_dataset(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.scalar(select(Dataset.id).limit(1)) is not None


def _environment(embedded_url: str | None, metrics_folder: str) -> dict[str, str]:
    """Return the environment of the server; a database URL of the settings stays where it was, as a file may hold it.

    `embedded_url` is the URL of the embedded database, null without one. The workers keep their metrics in
    `metrics_folder`.
    """
    return {
        "PROMETHEUS_MULTIPROC_DIR": metrics_folder,
        **os.environ,
        **({} if embedded_url is None else {"DATABASE_URL": embedded_url}),
    }


def _serve_until_stopped(
    command: list[str],
    environment: dict[str, str],
    address: str,
    *,
    announce: Callable[[], None],
    drain: Callable[[], None],
    supervise: Callable[[], None],
    signals: StopSignals,
) -> int:
    """Run the HTTP server until a signal ends it. It ends with this process, however that ends."""
    with subprocess.Popen(command, env=environment, preexec_fn=stop_with_parent) as server:  # noqa: PLW1509 - one thread
        try:
            if _wait_until_ready(server, address):
                announce()
            return _wait_and_supervise(server, supervise, signals)
        except KeyboardInterrupt as interrupt:
            if isinstance(interrupt, TerminationSignal):
                drain()
            server.send_signal(signal.SIGTERM)
            server.wait()
            return 0


def _wait_and_supervise(server: "subprocess.Popen[bytes]", supervise: Callable[[], None], signals: StopSignals) -> int:
    """Return the exit code of the HTTP server; meanwhile call `supervise` at intervals."""
    while True:
        signals.raise_received()
        try:
            return server.wait(SUPERVISION_INTERVAL_S)
        except subprocess.TimeoutExpired:
            supervise()


def _restart_embedded_server(home: Path) -> None:
    """Start the embedded PostgreSQL again where it ended, as by a crash."""
    try:
        if not is_server_running(home):
            click.echo("tradeflows: PostgreSQL ended; it is started again", err=True)
            ensure_running(home)
    except SourceUnavailable as error:
        click.echo(f"tradeflows: {error}", err=True)


def _drain(drain_file: Path, drain_s: float) -> None:
    """Serve for the drain time while /ready is 503; end at once after Ctrl-C."""
    drain_file.touch()
    with suppress(KeyboardInterrupt):
        time.sleep(drain_s)


def _wait_until_ready(server: "subprocess.Popen[bytes]", address: str) -> bool:
    end = time.monotonic() + READY_TIMEOUT_S
    while server.poll() is None and time.monotonic() < end:
        try:
            with urlopen(f"http://{address}/ready", timeout=2):
                return True
        except HTTPError:
            return False
        except (URLError, OSError):
            time.sleep(0.05)
    return False


def _print_welcome(address: str, database_url: str, access: AccessSettings) -> None:
    """Print the addresses of pages, and requests for figures that are loaded."""
    click.echo(f"\nReady:\n  pages  http://{address}/\n  API    http://{address}/docs\n")
    header = '-H "Authorization: Bearer $KEY" ' if access.authentication_enabled else ""
    requests = _loaded_examples(database_url)
    click.echo("Requests to try:" if requests else "No figures are loaded. See: tradeflows load --help")
    for title, path in requests:
        click.echo(f"  {title}\n    curl {header}'http://{address}{path}'")
    click.echo("\nCtrl-C stops the service.\n")


def _loaded_examples(database_url: str) -> list[ExampleRequest]:
    engine = create_engine(database_url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            return example_requests(connection)
    except DBAPIError:
        return []  # the service is ready all the same
