"""A real PostgreSQL for the whole run, migrated by alembic; a database of its own for each test that writes."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url, text

from service.app import create_app
from service.config import sqlalchemy_url
from service.db.access.grants import READER
from service.db.embedded.server import ensure_running, stop_server
from service.ingest.catalog.exchange_rates import load_exchange_rates
from service.ingest.release.publish import open_load_session
from service.ingest.sources.demo import load_demo
from tests.support.publisher import Publisher
from tests.support.roles import url_for_role
from tests.support.schema import create_schema
from tests.support.server import run_server

SHARED_DATA_FOLDER = Path(__file__).parents[2] / "shared" / "data"
REFERENCE_TEMPLATE, DEMO_TEMPLATE = "reference_template", "demo_template"

# Examples share a database: each publishes a dataset of its own. Only the thorough profile makes smaller what fails.
SUPPRESSED_HEALTH_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
PHASES_EXCEPT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
settings.register_profile("thorough", max_examples=300, deadline=None, suppress_health_check=SUPPRESSED_HEALTH_CHECKS)
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=6, phases=PHASES_EXCEPT_SHRINKING)
settings.load_profile("quick")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Yield the address of a server: that of TEST_DATABASE_URL, or one started for this run."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(sqlalchemy_url(given))
        return
    home = tmp_path_factory.mktemp("postgres")
    yield make_url(sqlalchemy_url(ensure_running(home, is_durable=False)))
    stop_server(home)


@pytest.fixture(scope="session")
def create_database(server: URL) -> Iterator[Callable[..., URL]]:
    """Yield a function that creates a database, empty or as a copy of another, and returns its address."""
    owner = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    made: list[str] = []

    def create(name: str, *, template: str = "template0") -> URL:
        with owner.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'"))
        made.append(name)
        return server.set(database=name)

    yield create
    with owner.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    owner.dispose()


@pytest.fixture(scope="session")
def template(create_database: Callable[..., URL]) -> str:
    """Return the name of a database with the schema and the reference tables, to be copied."""
    engine = create_engine(create_database(REFERENCE_TEMPLATE), poolclass=NullPool)
    create_schema(engine)
    return REFERENCE_TEMPLATE


_database_numbers = count(1)


@pytest.fixture
def engine(create_database: Callable[..., URL], template: str) -> Iterator[Engine]:
    """Yield the engine of a database that holds the reference tables and nothing else."""
    engine = create_engine(create_database(f"test_{next(_database_numbers)}", template=template))
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
def demo_template(create_database: Callable[..., URL], template: str) -> str:
    """Return the name of a database that holds the demo, to be copied."""
    engine = create_engine(create_database(DEMO_TEMPLATE, template=template), poolclass=NullPool)
    load_demo(engine)
    with open_load_session(engine) as session:
        load_exchange_rates(session)
        session.commit()
    engine.dispose()
    return DEMO_TEMPLATE


@pytest.fixture(scope="session")
def demo_engine(create_database: Callable[..., URL], demo_template: str) -> Iterator[Engine]:
    """Yield the engine of a database that holds the demo. Tests only read it."""
    engine = create_engine(create_database("demo", template=demo_template))
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
