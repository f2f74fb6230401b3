"""Exports of a running service: in bounded memory, of one state of the data, broken off when they break."""

import http.client
import re
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import NullPool, create_engine, event, text

from service.app import create_app
from service.db.replicas.routing import Servers
from tests.figures import Publisher
from tests.server import serving

ROWS = 300_000
LARGEST = 230 * 1024
"""Kilobytes that a worker may ever have in memory, shared libraries among them: less than it has and exports."""
EVERYTHING = "/v1/flows?reporter=JPN&partner=all&commodity=all&level=6&period=all&flow=X"
SMALL = "/v1/flows?reporter=JPN&partner=all&commodity=85&period=all&flow=X"

CELLS = f"""
    INSERT INTO observation
        (dataset_id, flow, partner_id, commodity_id, period, value, obs_status, release_id, known_from)
    SELECT release.dataset_id, 1, area.id, good.id, 2024 * 12 + month, 7, 'A', release.id, release.published_on
    FROM release, area, (SELECT id FROM commodity WHERE level = 6 ORDER BY code LIMIT 125) AS good,
         generate_series(0, 11) AS month
    WHERE area.kind = 'country'
    LIMIT {ROWS}"""
PERIODS = """
    INSERT INTO release_period (dataset_id, release_id, flow, period)
    SELECT dataset_id, release_id, flow, period + later FROM release_period, generate_series(1, 11) AS later"""
COPYING = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%' AND state = 'active'"


@pytest.fixture(scope="module")
def large(create_database, template):
    """Return the engine of a database with 300,000 figures of one dataset."""
    engine = create_engine(create_database("large", template=template))
    Publisher(engine)({("X", "WLD", "TOTAL", "2024-01"): 1}, classification="H6")
    with engine.begin() as connection:
        for statement in (CELLS, PERIODS):
            connection.execute(text(statement))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("exporting") / "log"


@pytest.fixture(scope="module")
def exporting(large, log):
    """Yield the address of a service on it with one connection for exports."""
    with serving(large.url, log=log, options=["--threads=4"], EXPORT_POOL_SIZE="1") as address:
        yield address


@contextmanager
def asked(address, path, method="GET"):
    """Yield the answer of a service, of which nothing is read yet."""
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)) as connection:
        connection.request(method, path)
        yield connection.getresponse()


def exports_under_way(engine):
    with engine.connect() as connection:
        return connection.scalar(text(f"SELECT count(*) {COPYING}"))


def wait_until_none(engine):
    end = time.monotonic() + 20
    while exports_under_way(engine):
        assert time.monotonic() < end, "somebody still sends"
        time.sleep(0.05)


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_a_large_export_takes_bounded_memory(exporting, log, form):
    size, last = 0, b""
    with asked(exporting, f"{EVERYTHING}&format={form}") as answer:
        while piece := answer.read(1 << 16):
            size, last = size + len(piece), piece

    (worker,) = re.findall(r"Booting worker with pid: (\d+)", log.read_text())
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{worker}/status").read_text()).group(1))
    assert size > {"ndjson": 200_000_000, "parquet": 50_000}[form]
    assert last.endswith({"ndjson": b"}\n", "parquet": b"PAR1"}[form])
    assert peak < LARGEST


def test_an_export_that_breaks_is_broken_off_and_not_ended(exporting, large):
    with asked(exporting, f"{EVERYTHING}&format=ndjson") as answer:
        answer.read(1000)
        with large.connect() as connection:
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {COPYING}"))

        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()

    with asked(exporting, f"{SMALL}&format=csv") as answer:
        assert answer.status == 200


def test_an_export_that_nobody_reads_any_more_is_ended(exporting, large):
    with asked(exporting, f"{EVERYTHING}&format=ndjson") as answer:
        answer.read(1000)

    wait_until_none(large)

    with asked(exporting, f"{SMALL}&format=csv") as answer:
        assert answer.status == 200


def test_exports_take_only_connections_of_their_own(exporting, large):
    with asked(exporting, f"{EVERYTHING}&format=ndjson") as first:
        first.read(1000)
        with asked(exporting, f"{EVERYTHING}&format=csv") as second:
            assert (second.status, second.getheader("Retry-After")) == (503, "2")
        with asked(exporting, f"{SMALL}&limit=3") as small:
            assert small.status == 200
        with asked(exporting, f"{EVERYTHING}&format=csv", "HEAD") as headed:
            assert (headed.status, headed.getheader("Content-Disposition")) == (
                200,
                'attachment; filename="flows-JPN.csv"',
            )
    wait_until_none(large)


def test_an_export_holds_the_state_of_the_data_it_began_with(exporting, large):
    with asked(exporting, f"{EVERYTHING}&format=csv&fields=value") as answer:
        begun = answer.read(1000)
        with large.begin() as connection:
            connection.execute(text("UPDATE observation SET value = 8 WHERE period = 2024 * 12 + 11"))
        lines = (begun + answer.read()).decode().splitlines()

    assert {line.rpartition(",")[2] for line in lines[1:]} == {"7"}
    assert len(lines) == ROWS + 1


@pytest.fixture
def moving(engine, figures):
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

        return create_app(Servers.alone(engine, export_engine=exports)).test_client()

    return client


def test_an_export_is_of_the_newest_data_where_they_change_as_it_begins(moving):
    answer = moving(times=2).get("/v1/flows?reporter=JPN&frequency=A&flow=X&format=csv&fields=value")

    assert answer.text.splitlines()[1].endswith(",102")


def test_an_export_is_refused_where_the_data_never_come_to_rest(moving):
    answer = moving(times=9).get("/v1/flows?reporter=JPN&frequency=A&flow=X&format=csv&fields=value")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
