"""The blocks of docs/how-to/back-up-and-restore.md: restore a dump and a point in time, and verify the result."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from service.app import create_app
from service.config import sqlalchemy_url
from service.db.access.grants import LOADER, READER
from service.db.embedded.binaries import find_binaries
from service.db.embedded.process import wait_until
from service.db.embedded.server import POSTGRES_SETTINGS, shared_server
from tests.docs.test_commands import code_blocks
from tests.support.postgres import PostgresServer
from tests.support.roles import url_for_role
from tests.support.schema import create_schema

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
BACKUPS_GUIDE = ROOT / "docs" / "how-to" / "back-up-and-restore.md"
FIRST_RELEASE, SECOND_RELEASE = "2024-02-28", "2024-03-28"
TIMEOUT_S = 20
REQUEST_PATH = "/v1/flows?reporter=NZL&partner=CHN&flow=X&period=2024-01"
MAPPING_TOML = """
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


def guide_block(index, *, language="sh"):
    """Return a block of the page, counted from 0."""
    return [each.text for each in code_blocks(BACKUPS_GUIDE) if each.language == language][index]


def guide_settings(**folders):
    """Return the settings that the page shows."""
    found = re.findall(r"^(\w+) = '?(.*?)'?$", guide_block(0, language="ini"), re.MULTILINE)
    return {name: value.replace("$WAL", str(folders["WAL"])) for name, value in found}


def libpq_url(url):
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


class DatabaseOperator:
    """Runs blocks of the page, with the addresses and folders that they name, as one account or the other."""

    def __init__(self, server, folder, **environment):
        self.server, self.folder = server, folder
        self.environment = {name: str(value) for name, value in environment.items()}

    def run_as_database_account(self, script):
        """Run a block as the account of the database."""
        path = f"PATH={self.server.binaries_folder}:{os.environ['PATH']}"
        settings = [f"{name}={value}" for name, value in self.environment.items()]
        shell = ("bash", "-euo", "pipefail", "-c", script)
        ended = self.server.data_directory.runner.run("/usr/bin/env", path, *settings, *shell)
        assert ended.returncode == 0, f"{script}\n{ended.stdout}"

    def run_as_service_account(self, script):
        """Run a block as the account of the service; return its status and what it printed."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env={"PATH": path, "HOME": str(self.folder), **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr

    def load_release(self, published, value):
        """Load a release of one figure."""
        (self.folder / "mapping.toml").write_text(MAPPING_TOML)
        (self.folder / f"{published}.csv").write_text(
            f"month,direction,country,hs,value\n2024-01,Exports,156,010121,{value}\n"
        )
        status, printed = self.run_as_service_account(f"tradeflows load tidy {published}.csv --mapping mapping.toml")
        assert status == 0, printed


def create_server_folder(server, name):
    """Return a folder that the account of the database may write to."""
    folder = Path(server.data_directory.folder) / name
    server.data_directory.runner.run("mkdir", "-m", "700", folder)
    return folder


@pytest.fixture(scope="module")
def source_operator(tmp_path_factory):
    """Yield who runs a server that keeps its log, with a release that is loaded."""
    folder = tmp_path_factory.mktemp("first")
    server = PostgresServer(folder / "server")
    wal, backup = create_server_folder(server, "wal"), create_server_folder(server, "backup")
    server.create(**guide_settings(WAL=wal))
    create_schema(create_engine(server.url, poolclass=NullPool))
    addresses = {"DATABASE_URL": libpq_url(server.url), "ITS_SERVER": libpq_url(server.url.set(database="postgres"))}
    operator = DatabaseOperator(server, folder, TRADEFLOWS_HOME=folder / "home", BACKUP=backup, WAL=wal, **addresses)
    operator.load_release(FIRST_RELEASE, value=1000)
    yield operator
    server.stop()


@pytest.fixture
def target_operator(source_operator, tmp_path):
    """Yield who runs another server, which is not made yet."""
    server = PostgresServer(tmp_path / "server")
    environment = source_operator.environment | {
        "TRADEFLOWS_HOME": tmp_path / "home",
        "EMPTY_SERVER": libpq_url(server.url.set(database="postgres")),
        "RESTORED_URL": libpq_url(server.url),
        "DATA": server.data_directory.pgdata,
    }
    yield DatabaseOperator(server, tmp_path, **environment)
    server.stop()


def test_a_dump_is_restored_and_verified(source_operator, target_operator):
    source_operator.run_as_database_account(guide_block(0))
    assert source_operator.run_as_service_account(guide_block(1))[0] == 0
    target_operator.server.create(has_database=False)
    target_operator.run_as_database_account(guide_block(2))

    without_archive, faults = target_operator.run_as_service_account('DATABASE_URL="$RESTORED_URL" tradeflows verify')
    status, printed = target_operator.run_as_service_account(guide_block(3))

    assert (without_archive, faults.count("the archive lacks the bytes of 2024-02-28.csv")) == (65, 1)
    assert (status, "1 releases verified, 0 faults." in printed.splitlines()) == (0, True)
    assert served_values(target_operator.server) == ["1000"]
    assert data_version(target_operator.server) > data_version(source_operator.server)

    target_operator.environment["DATABASE_URL"] = libpq_url(url_for_role(target_operator.server.url, LOADER))
    target_operator.load_release(SECOND_RELEASE, value=1200)
    assert served_values(target_operator.server) == ["1200"]


def test_a_dump_is_restored_into_an_embedded_server(source_operator, tmp_path):
    source_operator.run_as_database_account(guide_block(0))
    assert source_operator.run_as_service_account(guide_block(1))[0] == 0
    environment = {"BACKUP": source_operator.environment["BACKUP"], "TRADEFLOWS_HOME": tmp_path / "home"}
    operator = DatabaseOperator(source_operator.server, tmp_path, **environment)
    with shared_server(tmp_path / "home") as address:
        create_schema(create_engine(sqlalchemy_url(address), poolclass=NullPool))
        operator.environment["DATABASE_URL"] = address
        status, printed = operator.run_as_service_account(f'PATH="{find_binaries()}:$PATH"\n{guide_block(9)}')

    assert (status, printed.splitlines()[-1]) == (0, "1 releases verified, 0 faults.")


def test_point_in_time_recovery_undoes_a_mistaken_load(source_operator, target_operator):
    source_operator.run_as_database_account(guide_block(4))
    source_operator.load_release(SECOND_RELEASE, value=0)
    written = source_operator.server.query_value("SELECT pg_walfile_name(pg_current_wal_lsn())")
    source_operator.run_as_database_account(guide_block(5))
    assert served_values(source_operator.server) == ["0"]
    assert wait_until(TIMEOUT_S, (Path(source_operator.environment["WAL"]) / written).exists)
    target_operator.server.data_directory.runner.run("mkdir", "-m", "700", target_operator.server.data_directory.pgdata)
    target_operator.run_as_database_account(guide_block(6))
    target_operator.server.start()
    assert wait_until(TIMEOUT_S, lambda: not target_operator.server.query_value("SELECT pg_is_in_recovery()"))
    target_operator.run_as_database_account(guide_block(7))
    target_operator.environment["TRADEFLOWS_HOME"] = source_operator.environment["TRADEFLOWS_HOME"]
    status, printed = target_operator.run_as_service_account(guide_block(8))

    assert (status, "1 releases verified, 0 faults." in printed.splitlines()) == (0, True)
    assert FIRST_RELEASE in printed
    assert SECOND_RELEASE not in printed
    assert served_values(target_operator.server) == ["1000"]
    assert data_version(target_operator.server) > data_version(source_operator.server)


def test_every_block_of_the_guide_is_executed():
    assert [
        len([each for each in code_blocks(BACKUPS_GUIDE) if each.language == language]) for language in ("sh", "ini")
    ] == [10, 1]


def test_the_embedded_server_has_the_documented_wal_level():
    assert f"`wal_level={POSTGRES_SETTINGS['wal_level']}`" in BACKUPS_GUIDE.read_text()


def served_values(server):
    """Return the figures of a server, as the service gives them."""
    reader = create_engine(url_for_role(server.url, READER), poolclass=NullPool)
    rows = create_app(reader).test_client().get(REQUEST_PATH).json["data"]
    return [str(row["value"]) for row in rows]


def data_version(server):
    return server.query_value("SELECT version FROM data_version")
