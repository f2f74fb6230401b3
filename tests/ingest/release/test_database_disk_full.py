"""With a full disk of the database, loads are refused with the reason, and reads continue."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text
from urllib3 import PoolManager

from service.config import sqlalchemy_url
from service.db.embedded.server import ensure_running, stop_server
from tests.ingest.conftest import COMMODITIES_CSV, CSV_HEADER, MAPPING_TOML
from tests.support.publisher import Publisher
from tests.support.schema import create_schema
from tests.support.server import run_server

pytestmark = pytest.mark.process

COMMAND = Path(sys.executable).parent / "tradeflows"
EXIT_UNAVAILABLE = 69
REQUEST_PATH = "/v1/flows?reporter=JPN&dataset=test-m&flow=X&period=2024-01"
FREE_SPACES_KB = [int(room) for room in os.environ.get("ROOM_LEFT_KB", "128").split()]
"""How much room is left each time: a load of ten thousands of figures needs more."""


@pytest.fixture
def database(mount_small_disk):
    """Yield the engine of a database that holds two figures, on a disk with 400 MB."""
    home = mount_small_disk("400m") / "home"
    engine = create_engine(sqlalchemy_url(ensure_running(home, is_durable=False)), poolclass=NullPool)
    create_schema(engine)
    Publisher(engine)({"2023-01": 100, "2024-01": 150})
    yield engine
    stop_server(home)


@pytest.fixture
def load(database, tmp_path):
    """Return a function that loads 11,520 figures, and returns the status and what was said."""
    with database.connect() as connection:
        countries = connection.scalars(
            text("SELECT code FROM area WHERE kind = 'country' ORDER BY code LIMIT 240")
        ).all()
    months = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
    lines = [
        f"{month},{flow},{country},all,7\n"
        for month in months
        for flow in ("export", "import")
        for country in countries
    ]
    (tmp_path / "goods.csv").write_text(COMMODITIES_CSV)
    (tmp_path / "mapping.toml").write_text(MAPPING_TOML)
    (tmp_path / "2024-02-28.csv").write_text(CSV_HEADER + "".join(lines))
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database.url.render_as_string(hide_password=False),
        "TRADEFLOWS_HOME": str(tmp_path / "archive"),
    }
    command = [COMMAND, "load", "tidy", "2024-02-28.csv", "--mapping", "mapping.toml"]

    def load(*options):
        done = subprocess.run(
            [*command, *options], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    return load


def fill_disk(folder, *, free_bytes):
    """Leave so many bytes on the disk of a folder, and return the file that takes all others."""
    filling = folder / "filling"
    with filling.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(folder).free - free_bytes)
    return filling


def fetch_rows(http, url):
    answer = http.request("GET", f"{url}{REQUEST_PATH}")
    assert answer.status == 200
    return answer.json()["data"]


def test_a_full_database_disk_fails_loads_but_not_reads(database, load, tmp_path, record_property):
    assert load("--dry-run")[0] == 0  # what comes along with a first load has its room by now
    disk = tmp_path / "small"
    http = PoolManager()
    with run_server(make_url(database.url), log_file=tmp_path / "log", TRADEFLOWS_RESPONSE_CACHE_MB="0") as address:
        before = fetch_rows(http, address)
        assert len(before) == 1
        for room in FREE_SPACES_KB:
            filling = fill_disk(disk, free_bytes=room * 1024)
            status, said = load()
            assert (status, "No space left on device" in said) == (EXIT_UNAVAILABLE, True), said
            assert fetch_rows(http, address) == before
            filling.unlink()
        assert load() == (0, "2024-02-28.csv: jpn-test-2024-02-28, 11520 figures\n")
        assert fetch_rows(http, address) == before
    with database.connect() as connection:
        counts = connection.execute(text("SELECT count(*), (SELECT count(*) FROM release) FROM observation")).one()
    record_property("injected", len(FREE_SPACES_KB))
    assert tuple(counts) == (2 + 11_520, 2)
