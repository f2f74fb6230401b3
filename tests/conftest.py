"""Fixtures of all tests: one PostgreSQL server for the run, and a clean, migrated database for each test."""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import URL, Engine, create_engine, make_url
from xdist.workermanage import WorkerController

from service.app import create_app
from service.config import sqlalchemy_url
from service.db.access.grants import READER
from service.db.embedded.server import ensure_running, stop_server
from tests.support.citus.statements import StatementRecorder
from tests.support.clients.page import ClientsPage
from tests.support.databases import Databases, ReusableDatabase, drop_databases
from tests.support.markers import ProcessGuard, add_fixture_markers
from tests.support.publisher import Publisher
from tests.support.roles import url_for_role
from tests.support.schema import build_demo_template, build_reference_template
from tests.support.server import run_server

SHARED_DATA_FOLDER = Path(__file__).parents[2] / "shared" / "data"
PROCESS_GUARD = ProcessGuard()
CLIENTS_PAGE = ClientsPage()
STATEMENTS = StatementRecorder()
RAN_TESTS: list[str] = []
COMPLETE_RUNS = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
SERVER_URL, SHARED_FOLDER = pytest.StashKey[URL](), pytest.StashKey[Path]()
MAX_CONNECTIONS = 200
"""Connections of the server: every worker needs its own for tests, and for the servers that they start."""

# Examples share a database: each publishes a dataset of its own. Only the thorough profile makes smaller what fails.
SUPPRESSED_HEALTH_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
PHASES_EXCEPT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
settings.register_profile("thorough", max_examples=300, deadline=None, suppress_health_check=SUPPRESSED_HEALTH_CHECKS)
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=6, phases=PHASES_EXCEPT_SHRINKING)
settings.load_profile("quick")


def start_server(config: pytest.Config) -> URL:
    """Return the server of TEST_DATABASE_URL, else start one; clean up when pytest ends."""
    address = os.environ.get("TEST_DATABASE_URL")
    if address:
        url = make_url(sqlalchemy_url(address))
        drop_databases(url)
        config.add_cleanup(lambda: drop_databases(url))
        return url
    home = Path(tempfile.mkdtemp(prefix="tradeflows-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    config.add_cleanup(lambda: stop_server(home))
    address = ensure_running(home, is_durable=False, max_connections=MAX_CONNECTIONS)
    return make_url(sqlalchemy_url(address))


def shared_folder(config: pytest.Config) -> Path:
    """Return the folder that all processes of the run share."""
    if hasattr(config, "workerinput"):
        return Path(config.workerinput["shared_folder"])
    if SHARED_FOLDER not in config.stash:
        config.stash[SHARED_FOLDER] = folder = Path(tempfile.mkdtemp(prefix="tradeflows-run-"))
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    return config.stash[SHARED_FOLDER]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Hand the address of the one server of the run, and the shared folder, to a worker of pytest-xdist."""
    config = node.config
    if SERVER_URL not in config.stash:
        config.stash[SERVER_URL] = start_server(config)
    node.workerinput["shared_folder"] = str(shared_folder(config))
    node.workerinput["server_url"] = config.stash[SERVER_URL].render_as_string(hide_password=False)


def pytest_configure(config: pytest.Config) -> None:
    """Record statements unless the run says no. End it on SIGTERM as on Ctrl-C, so that no server outlives it."""
    if os.environ.get("CHECK_STATEMENTS") != "no":
        has_workers = bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")
        STATEMENTS.start(has_children=not has_workers, claims=shared_folder(config))
        config.add_cleanup(STATEMENTS.children.clean_up)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test the markers of its fixtures."""
    for item in items:
        add_fixture_markers(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that starts a process without the marker, and one of a client that the page of clients lacks."""
    with PROCESS_GUARD.watch(item):
        result = yield
    CLIENTS_PAGE.add(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, Any, Any]:
    """Fail a test that makes the service send a statement that Citus does not distribute."""
    result = yield
    STATEMENTS.check()
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """Add the statements that a worker of pytest-xdist checked."""
    workeroutput = getattr(node, "workeroutput", {})
    if "statements" in workeroutput:
        STATEMENTS.merge(workeroutput["statements"])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the tests that ran."""
    if report.when == "call" and not report.skipped:
        RAN_TESTS.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the table of clients and that of statements, if this is requested and the run was not interrupted."""
    CLIENTS_PAGE.write()
    STATEMENTS.check()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["statements"] = STATEMENTS.export()
    elif exitstatus in COMPLETE_RUNS:
        STATEMENTS.write_table(len(RAN_TESTS))


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> URL:
    """Return the address of the server of this run, which all workers share."""
    workerinput = getattr(pytestconfig, "workerinput", None)
    return make_url(workerinput["server_url"]) if workerinput else start_server(pytestconfig)


@pytest.fixture(scope="session")
def databases(server: URL, worker_id: str) -> Databases:
    """Return the databases of this worker."""
    return Databases(server, worker=worker_id)


@pytest.fixture(scope="session")
def create_database(databases: Databases) -> Callable[..., URL]:
    """Return a function that creates a database, empty or as a copy of another, and returns its address."""
    return databases.create


@pytest.fixture(scope="session")
def template(databases: Databases) -> str:
    """Return the name of a database with the schema and the reference tables, to be copied."""
    return databases.create_shared("reference_template", build_reference_template).database


@pytest.fixture(scope="session")
def reusable_database(databases: Databases, template: str) -> ReusableDatabase:
    """Return the database that the tests of this worker use in turn."""
    return ReusableDatabase(databases, "test", template=template)


@pytest.fixture
def engine(reusable_database: ReusableDatabase) -> Iterator[Engine]:
    """Yield the engine of a database that holds the reference tables and nothing else."""
    reusable_database.restore()
    engine = create_engine(reusable_database.url)
    yield engine
    engine.dispose()


@pytest.fixture
def client(engine: Engine) -> Iterator[FlaskClient]:
    """Yield a client of a service on a database of its own, which the service can only read."""
    reader = create_engine(url_for_role(engine.url, READER))
    yield create_app(reader).test_client()
    reader.dispose()


@pytest.fixture
def figures(engine: Engine) -> Publisher:
    """Return a function that publishes figures, written out in the test, as one release."""
    return Publisher(engine)


@pytest.fixture(scope="session")
def demo_template(databases: Databases, template: str) -> str:
    """Return the name of a database that holds the demo, to be copied."""
    return databases.create_shared("demo_template", build_demo_template, template=template).database


@pytest.fixture(scope="session")
def demo_engine(databases: Databases, demo_template: str) -> Iterator[Engine]:
    """Yield the engine of a database that holds the demo. The tests of all workers read it, and none writes."""
    engine = create_engine(databases.create_shared("demo", lambda _url: None, template=demo_template))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def demo(demo_engine: Engine) -> Iterator[FlaskClient]:
    """Yield a client of a service on the demo, which the service can only read."""
    reader = create_engine(url_for_role(demo_engine.url, READER))
    yield create_app(reader).test_client()
    reader.dispose()


@pytest.fixture(scope="session")
def demo_server_url(demo_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a real server on the demo."""
    with run_server(
        url_for_role(demo_engine.url, READER), log_file=tmp_path_factory.mktemp("server") / "log"
    ) as address:
        yield address


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real files, or skip where it is not there."""
    if not SHARED_DATA_FOLDER.is_dir():
        pytest.skip("the real figures of ../shared/data are not on this machine")
    return SHARED_DATA_FOLDER
