"""docs/backups.md, block by block: a dump and a point in time, restored into other servers and proved by `verify`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from service.app import create_app
from service.db.access.grants import LOADER, READER
from service.db.embedded.process import within
from service.db.embedded.server import SETTINGS
from tests.docs.test_commands import blocks
from tests.postgres import Postgres
from tests.roles import url_of
from tests.schema import enter_schema

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "backups.md"
FIRST, SECOND = "2024-02-28", "2024-03-28"
SECONDS = 20
QUESTION = "/v1/flows?reporter=NZL&partner=CHN&flow=X&period=2024-01"
MAPPING = """
[dataset]
code = "xyz-trade-m"
title = "XYZ: trade by country, monthly"
source = "Statistics XYZ"
reporter = "NZL"
frequency = "M"
classification = "H6"
currency = "NZD"
unit_exponent = 0
export_valuation = "FOB"
import_valuation = "CIF"
trade_system = "general"
exhaustive = true
attribution = "Source: Statistics XYZ"

[file]
published = '^(?P<published>\\d{4}-\\d{2}-\\d{2})'

[columns]
period = "month"
flow = "direction"
partner = "country"
commodity = "hs"
value = "value"

[flow]
Exports = "X"

[partner]
scheme = "comtrade"
"""


def block(number, *, language="sh"):
    """Return a block of the page, counted from 0."""
    return [each.text for each in blocks(PAGE) if each.language == language][number]


def configuration(**folders):
    """Return the settings that the page shows."""
    found = re.findall(r"^(\w+) = '?(.*?)'?$", block(0, language="ini"), re.MULTILINE)
    return {name: value.replace("$WAL", str(folders["WAL"])) for name, value in found}


def plain(url):
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


class Operator:
    """Runs blocks of the page, with the addresses and folders that they name, as one account or the other."""

    def __init__(self, server, folder, **environment):
        self.server, self.folder = server, folder
        self.environment = {name: str(value) for name, value in environment.items()}

    def as_database(self, text):
        """Run a block as the account of the database."""
        path = f"PATH={self.server.programs}:{os.environ['PATH']}"
        settings = [f"{name}={value}" for name, value in self.environment.items()]
        shell = ("bash", "-euo", "pipefail", "-c", text)
        ended = self.server.place.runner.run("/usr/bin/env", path, *settings, *shell)
        assert ended.returncode == 0, f"{text}\n{ended.stdout}"

    def as_service(self, text):
        """Run a block as the account of the service; return its status and what it printed."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=self.folder,
            env={"PATH": path, "HOME": str(self.folder), **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr

    def load(self, published, horses):
        """Load a release of one figure."""
        (self.folder / "mapping.toml").write_text(MAPPING)
        (self.folder / f"{published}.csv").write_text(
            f"month,direction,country,hs,value\n2024-01,Exports,156,010121,{horses}\n"
        )
        status, printed = self.as_service(f"tradeflows load tidy {published}.csv --mapping mapping.toml")
        assert status == 0, printed


def folder_of(server, name):
    """Return a folder that the account of the database may write to."""
    folder = Path(server.place.folder) / name
    server.place.runner.run("mkdir", "-m", "700", folder)
    return folder


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Yield who runs a server that keeps its log, with a release that is loaded."""
    folder = tmp_path_factory.mktemp("first")
    server = Postgres(folder / "server")
    wal, backup = folder_of(server, "wal"), folder_of(server, "backup")
    server.make(**configuration(WAL=wal))
    enter_schema(create_engine(server.url, poolclass=NullPool))
    addresses = {"DATABASE_URL": plain(server.url), "ITS_SERVER": plain(server.url.set(database="postgres"))}
    operator = Operator(server, folder, TRADEFLOWS_HOME=folder / "home", BACKUP=backup, WAL=wal, **addresses)
    operator.load(FIRST, horses=1000)
    yield operator
    server.stop()


@pytest.fixture
def second(first, tmp_path):
    """Yield who runs another server, which is not made yet."""
    server = Postgres(tmp_path / "server")
    environment = first.environment | {
        "TRADEFLOWS_HOME": tmp_path / "home",
        "EMPTY_SERVER": plain(server.url.set(database="postgres")),
        "RESTORED_URL": plain(server.url),
        "DATA": server.place.data,
    }
    yield Operator(server, tmp_path, **environment)
    server.stop()


def test_a_dump_is_restored_into_an_empty_server_and_proved(first, second):
    first.as_database(block(0))
    assert first.as_service(block(1))[0] == 0
    second.server.make(database=False)
    second.as_database(block(2))

    without_archive, faults = second.as_service('DATABASE_URL="$RESTORED_URL" tradeflows verify')
    status, printed = second.as_service(block(3))

    assert (without_archive, faults.count("the archive lacks the bytes of 2024-02-28.csv")) == (65, 1)
    assert (status, "1 releases verified, 0 faults." in printed.splitlines()) == (0, True)
    assert answered(second.server) == ["1000"]
    assert version(second.server) > version(first.server)

    second.environment["DATABASE_URL"] = plain(url_of(second.server.url, LOADER))
    second.load(SECOND, horses=1200)
    assert answered(second.server) == ["1200"]


def test_a_server_is_taken_to_the_moment_before_a_mistaken_load(first, second):
    first.as_database(block(4))
    first.load(SECOND, horses=0)
    first.as_database(block(5))
    assert answered(first.server) == ["0"]
    written = first.server.ask("SELECT pg_walfile_name(pg_current_wal_lsn() - 1)")
    assert within(SECONDS, (Path(first.environment["WAL"]) / written).exists)
    second.server.place.runner.run("mkdir", "-m", "700", second.server.place.data)
    second.as_database(block(6))
    second.server.start()
    assert within(SECONDS, lambda: not second.server.ask("SELECT pg_is_in_recovery()"))
    second.as_database(block(7))
    second.environment["TRADEFLOWS_HOME"] = first.environment["TRADEFLOWS_HOME"]
    status, printed = second.as_service(block(8))

    assert (status, "1 releases verified, 0 faults." in printed.splitlines()) == (0, True)
    assert FIRST in printed
    assert SECOND not in printed
    assert answered(second.server) == ["1000"]
    assert version(second.server) > version(first.server)


def test_every_block_of_the_page_is_run_here():
    assert [len([each for each in blocks(PAGE) if each.language == language]) for language in ("sh", "ini")] == [9, 1]


def test_the_server_that_comes_along_keeps_the_log_that_the_page_says():
    assert f"`wal_level={SETTINGS['wal_level']}`" in PAGE.read_text()


def answered(server):
    """Return the figures of a server, as the service gives them."""
    reader = create_engine(url_of(server.url, READER), poolclass=NullPool)
    rows = create_app(reader).test_client().get(QUESTION).json["data"]
    return [str(row["value"]) for row in rows]


def version(server):
    return server.ask("SELECT version FROM data_version")
