"""The moment between the commits of two servers: one has the new state of the data, the other still the old figures."""

import threading

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine

from service.db.access.grants import READER
from tests.distributed.conftest import REQUEST_PATH, ServiceClient
from tests.support.citus.two_nodes import TwoNodes
from tests.support.postgres import PostgresServer
from tests.support.publisher import Publisher
from tests.support.roles import url_for_role
from tests.support.server import run_server

pytestmark = pytest.mark.process

TIMEOUT_S = 60
STATE = "SELECT version || ' ' || token FROM data_version"
VALUE = "SELECT value::text FROM observation"
VALUE_WITH_STATE = f"SELECT ({STATE}) || ': ' || value FROM observation"


@pytest.fixture
def nodes(replica_pair, tmp_path):
    """Yield two equal servers with a figure."""
    servers = [PostgresServer(tmp_path / name) for name in ("first", "second")]
    servers[0].start_copies(replica_pair.primary, servers[1])
    nodes = TwoNodes(*servers)
    publish(nodes, 100, published="2024-12-01")
    yield nodes
    nodes.close()
    for server in servers:
        server.stop()


@pytest.fixture
def service(nodes, tmp_path):
    """Yield a client of a service on the two servers, which caches responses."""
    with run_server(url_for_role(nodes.url, READER), log_file=tmp_path / "log") as address:
        yield ServiceClient(address)


def publish(nodes, value, *, published):
    Publisher(create_engine(nodes.url, poolclass=NullPool))({"2024": value}, published=published)


def query_value(nodes, statement):
    address = url_for_role(nodes.url, READER).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        return connection.execute(statement).fetchone()[0]


def responses_in_gap(service):
    """Return the status, data version and value of requests that were answered before and of some that were not."""
    paths = [REQUEST_PATH, *(f"{REQUEST_PATH}&limit={limit}" for limit in range(1, 6))]
    responses = [service.get(path) for path in paths]
    return {
        (each.status, int(each.headers["Data-Version"]), int(each.json()["data"][0]["value"]))
        if each.status == 200
        else (each.status, each.json()["type"])
        for each in responses
    }


def test_no_response_between_two_commits_has_old_figures_under_the_new_version(nodes, service):
    version, value = service.fetch_version_and_value()
    old_state = query_value(nodes, STATE)
    load = threading.Thread(target=publish, args=(nodes, 101), kwargs={"published": "2024-12-31"})
    with nodes.hold_second_commit() as gap:
        load.start()
        assert gap.has_begun.wait(TIMEOUT_S)
        # The statements of the service before: the state, the figures, and the state once more.
        separate = [query_value(nodes, statement) for statement in (STATE, VALUE, STATE)]
        together = query_value(nodes, VALUE_WITH_STATE)
        in_gap = responses_in_gap(service)
        with_new_version = service.get(f"{REQUEST_PATH}&limit=9", **{"Data-Version": str(version + 1)})
    load.join(TIMEOUT_S)
    new_state = query_value(nodes, STATE)

    # Asked apart, the old figure has the new state, before and after it: it would be cached under that.
    assert old_state != new_state
    assert separate == [new_state, "100", new_state]
    # Asked together, it has the state that it is of.
    assert together == f"{old_state}: 100"
    # A response is of the old state, or there is none until the second commit. None is of the new version.
    assert in_gap <= {(200, version, value), (503, "/problems/unavailable")}
    assert with_new_version.status == 503
    # Nothing that was asked for in the gap remains.
    assert responses_in_gap(service) == {(200, version + 1, 101)}
