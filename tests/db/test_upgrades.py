"""Databases of earlier schema revisions are migrated, verified, and answer as before.

Each dump in `dumps` was made by the code of its time: three releases of one dataset, of which the last was withdrawn.
The archive beside them has the files that were loaded.
"""

import gzip
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import NullPool, create_engine

from service.app import create_app
from service.cli import main
from tests.support.databases import connect

DUMP_FOLDER = Path(__file__).parent / "dumps"
REVISIONS = sorted(path.name.partition(".")[0] for path in DUMP_FOLDER.glob("*.sql.gz"))
REQUEST = "/v1/flows?reporter=JPN&flow=X&period=2024-01&partner=CHN"
KNOWN_VALUES = {
    "2024-02-01": (5000, 25.0),
    "2024-02-28": (7000, 75.0),
    "2024-04-04": (9000, 125.0),
    "2024-04-05": (7000, 75.0),
}


@pytest.fixture(params=REVISIONS)
def restored(request, create_database):
    """Yield the engine of a database of an earlier revision."""
    url = create_database(f"restored_{request.param}")
    with closing(connect(url)) as connection:
        connection.execute(gzip.decompress((DUMP_FOLDER / f"{request.param}.sql.gz").read_bytes()))
    engine = create_engine(url, poolclass=NullPool)
    yield engine
    engine.dispose()


def test_an_earlier_database_migrates_verifies_and_answers_as_before(restored, tmp_path):
    shutil.copytree(DUMP_FOLDER / "archive", tmp_path / "archive")
    environment = {
        "DATABASE_URL": restored.url.render_as_string(hide_password=False),
        "TRADEFLOWS_HOME": str(tmp_path),
    }

    migrated, verified = (CliRunner().invoke(main, [command], env=environment) for command in ("migrate", "verify"))

    assert migrated.exit_code == 0, migrated.output
    assert "3 releases verified, 0 faults" in verified.output, verified.output
    client = create_app(restored).test_client()
    found = {day: client.get(f"{REQUEST}&as_of={day}").json["data"][0] for day in KNOWN_VALUES}
    assert {day: (row["value"], row["yoy_pct"]) for day, row in found.items()} == KNOWN_VALUES
    assert client.get(REQUEST).json["data"][0]["value"] == 7000
