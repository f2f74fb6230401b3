"""Exports of a running service have bounded memory and one state of the data; a failed one lacks its last chunk."""

import http.client
import re
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import NullPool, create_engine, event, text

from service.app import create_app
from service.db.replicas.routing import ReplicaSet
from tests.support.publisher import Publisher
from tests.support.server import run_server

FIGURE_COUNT = 300_000
MAX_WORKER_MEMORY_KB = 230 * 1024
"""Kilobytes that a worker may ever have in memory, shared libraries among them: less than it has and exports."""
LARGE_EXPORT_PATH = "/v1/flows?reporter=JPN&partner=all&commodity=all&level=6&period=all&flow=X"
SMALL_EXPORT_PATH = "/v1/flows?reporter=JPN&partner=all&commodity=85&period=all&flow=X"

INSERT_FIGURES = f"""
    INSERT INTO observation
        (dataset_id, flow, partner_id, commodity_id, period, value, obs_status, release_id, known_from)
    SELECT release.dataset_id, 1, area.id, good.id, 2024 * 12 + month, 7, 'A', release.id, release.published_on
    FROM release, area, (SELECT id FROM commodity WHERE level = 6 ORDER BY code LIMIT 125) AS good,
         generate_series(0, 11) AS month
    WHERE area.kind = 'country'
    LIMIT {FIGURE_COUNT}"""
INSERT_PERIODS = """
    INSERT INTO release_period (dataset_id, release_id, flow, period)
    SELECT dataset_id, release_id, flow, period + later FROM release_period, generate_series(1, 11) AS later"""
FROM_ACTIVE_COPIES = (
    "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%' AND state = 'active'"
)


@pytest.fixture(scope="module")
def large_engine(create_database, template):
    """Return the engine of a database with 300,000 figures of one dataset."""
    engine = create_engine(create_database("large", template=template))
    Publisher(engine)({("X", "WLD", "TOTAL", "2024-01"): 1}, classification="H6")
    with engine.begin() as connection:
        for statement in (INSERT_FIGURES, INSERT_PERIODS):
            connection.execute(text(statement))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("exporting") / "log"


@pytest.fixture(scope="module")
def export_server_url(large_engine, log):
    """Yield the address of a service on it with one connection for exports, and with time for a busy machine."""
    settings = {"TRADEFLOWS_EXPORT_POOL_SIZE": "1", "TRADEFLOWS_DATABASE_TIMEOUT_MS": "30000"}
    with run_server(large_engine.url, log_file=log, gunicorn_options=["--threads=4"], **settings) as address:
        yield address


@contextmanager
def open_response(address, path, method="GET"):
    """Yield the answer of a service, of which nothing is read yet."""
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)) as connection:
        connection.request(method, path)
        yield connection.getresponse()


def count_running_exports(engine):
    with engine.connect() as connection:
        return connection.scalar(text(f"SELECT count(*) {FROM_ACTIVE_COPIES}"))


def wait_until_exports_end(engine):
    end = time.monotonic() + 20
    while count_running_exports(engine):
        assert time.monotonic() < end, "somebody still sends"
        time.sleep(0.05)


@pytest.mark.parametrize("format_name", ["ndjson", "parquet"])
def test_a_large_export_uses_bounded_memory(export_server_url, large_engine, log, format_name):
    wait_until_exports_end(large_engine)
    size, last = 0, b""
    with open_response(export_server_url, f"{LARGE_EXPORT_PATH}&format={format_name}") as answer:
        assert answer.status == 200, answer.read()
        while piece := answer.read(1 << 16):
            size, last = size + len(piece), piece

    (worker,) = re.findall(r"Booting worker with pid: (\d+)", log.read_text())
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{worker}/status").read_text()).group(1))
    assert size > {"ndjson": 200_000_000, "parquet": 50_000}[format_name]
    assert last.endswith({"ndjson": b"}\n", "parquet": b"PAR1"}[format_name])
    assert peak < MAX_WORKER_MEMORY_KB


def test_a_failed_export_aborts_the_connection(export_server_url, large_engine):
    with open_response(export_server_url, f"{LARGE_EXPORT_PATH}&format=ndjson") as answer:
        answer.read(1000)
        with large_engine.connect() as connection:
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {FROM_ACTIVE_COPIES}"))

        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()

    with open_response(export_server_url, f"{SMALL_EXPORT_PATH}&format=csv") as answer:
        assert answer.status == 200


def test_an_abandoned_export_is_cancelled(export_server_url, large_engine):
    with open_response(export_server_url, f"{LARGE_EXPORT_PATH}&format=ndjson") as answer:
        answer.read(1000)

    wait_until_exports_end(large_engine)

    with open_response(export_server_url, f"{SMALL_EXPORT_PATH}&format=csv") as answer:
        assert answer.status == 200


def test_exports_use_a_separate_connection_pool(export_server_url, large_engine):
    with open_response(export_server_url, f"{LARGE_EXPORT_PATH}&format=ndjson") as first:
        first.read(1000)
        with open_response(export_server_url, f"{LARGE_EXPORT_PATH}&format=csv") as second:
            assert (second.status, second.getheader("Retry-After")) == (503, "2")
        with open_response(export_server_url, f"{SMALL_EXPORT_PATH}&limit=3") as small:
            assert small.status == 200
        with open_response(export_server_url, f"{LARGE_EXPORT_PATH}&format=csv", "HEAD") as headed:
            assert (headed.status, headed.getheader("Content-Disposition")) == (
                200,
                'attachment; filename="jpn-all-exports-all-all.csv"',
            )
    wait_until_exports_end(large_engine)


def test_an_export_reads_one_snapshot(export_server_url, large_engine):
    with open_response(export_server_url, f"{LARGE_EXPORT_PATH}&format=csv&fields=value") as answer:
        begun = answer.read(1000)
        with large_engine.begin() as connection:
            connection.execute(text("UPDATE observation SET value = 8 WHERE period = 2024 * 12 + 11"))
        lines = (begun + answer.read()).decode().splitlines()

    assert {line.rpartition(",")[2] for line in lines[1:]} == {"7"}
    assert len(lines) == FIGURE_COUNT + 1


@pytest.fixture
def client_with_changing_data(engine, figures):
    """Return a client of a service whose data change each time an export begins, `times` times."""
    figures({"2020": 100})
    exports = create_engine(engine.url, poolclass=NullPool)

    def client(*, times):
        left = iter(range(times))

        @event.listens_for(exports, "engine_connect")
        def publish_another(_connection):
            number = next(left, None)
            if number is not None:
                figures({"2020": 101 + number}, published=f"2024-03-{number + 1:02}")

        return create_app(ReplicaSet.single(engine, export_engine=exports)).test_client()

    return client


def test_an_export_restarts_on_concurrent_data_changes(client_with_changing_data):
    answer = client_with_changing_data(times=2).get("/v1/flows?reporter=JPN&frequency=A&flow=X&format=csv&fields=value")

    assert answer.text.splitlines()[1].split(",")[-2:] == ["102", "true"]


def test_an_export_is_rejected_after_repeated_data_changes(client_with_changing_data):
    answer = client_with_changing_data(times=9).get("/v1/flows?reporter=JPN&frequency=A&flow=X&format=csv&fields=value")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
