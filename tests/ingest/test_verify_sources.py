"""Releases of every source are proved from their archived files, also in a database that was dumped and restored."""

import re
import subprocess

import pytest
from sqlalchemy import create_engine

from service.db.embedded.binaries import find_binaries
from tests.ingest.hostile.conftest import Command
from tests.ingest.hostile.layouts import LAYOUTS

PRINCIPAL = ("tidy", "--mapping", "docs/examples/japan-principal.toml")
ANNUAL = ("tidy", "--mapping", "docs/examples/japan-annual.toml")
REAL = (
    (ANNUAL, "japan/annual/*.csv.gz", None),
    (PRINCIPAL, "japan/principal/2024-02*.csv.gz", None),
    (("japan-customs-totals",), "japan/d41ma.csv", "2024-03-28"),
    (("comtrade",), "comtrade/new_format_annual_2022.csv", "2023-12-01"),
    (("comtrade",), "comtrade/legacy_format_hs871200_2016_2019.csv", "2020-12-01"),
)
PROVED = re.compile(r"(\S+)-\d{4}-\d\d-\d\d: (\d+) figures are those of its files")


@pytest.fixture(scope="module")
def command(create_database, template, tmp_path_factory):
    """Yield the command on a database of the module's own."""
    engine = create_engine(create_database("verified", template=template))
    yield Command(engine, tmp_path_factory.mktemp("verified"))
    engine.dispose()


def proved(command):
    """Return of which datasets how many figures in how many releases are those of their files."""
    ended = command("verify")
    assert ended.status == 0, ended
    found = [PROVED.fullmatch(line) for line in ended.lines[:-1]]
    assert ended.lines[-1] == f"{len(found)} releases verified, 0 faults."
    figures = {}
    for dataset, count in (line.groups() for line in found):
        figures.setdefault(dataset, []).append(int(count))
    return figures


@pytest.fixture(scope="module")
def of_every_layout(command):
    """Return the command on a database with a small release of every layout."""
    for day, layout in enumerate(LAYOUTS.values(), start=1):
        ended = command.load(layout, layout.raw, published=f"2024-02-{day:02}")
        assert ended.status == 0, ended
    return command


def test_a_release_of_every_layout_is_proved(of_every_layout):
    figures = proved(of_every_layout)

    assert figures == {
        "jpn-test": [2],
        "jpn-hs-m": [2],
        "jpn-pcc-m": [2],
        "jpn-totals-m": [2],
        "comtrade-392-a-h6": [2, 2],  # CSV and JSON of one dataset
        "comtrade-392-a-h5": [2],
        "usa-hs-m": [2, 2],
        "baci-392-a-h6": [2],
    }


def test_a_database_that_was_dumped_and_restored_is_proved(of_every_layout, create_database, monkeypatch):
    before = proved(of_every_layout)
    source, target = of_every_layout.engine.url, create_database("restored")
    programs = find_binaries()

    def address(url):
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    dump = of_every_layout.folder / "dump"
    subprocess.run([programs / "pg_dump", "-Fc", "-f", dump, address(source)], check=True)
    subprocess.run([programs / "pg_restore", "-d", address(target), dump], check=True)
    monkeypatch.setitem(of_every_layout._environment, "DATABASE_URL", target.render_as_string(hide_password=False))

    assert proved(of_every_layout) == before


def test_the_offices_own_files_are_proved(create_database, template, shared, pytestconfig, tmp_path):
    engine = create_engine(create_database("verified_real", template=template))
    command = Command(engine, tmp_path)
    loaded = 0
    for (source, *options), pattern, published in REAL:
        told = [str(pytestconfig.rootpath / option) if option.endswith(".toml") else option for option in options]
        if told:
            told += ["--lists", str(shared / "japan")]
        told += ["--published", published] if published else []
        files = sorted(shared.glob(pattern))
        ended = command("load", source, *files, *told)
        assert ended.status == 0, ended
        loaded += len(files)

    assert loaded >= 5 + 1 + 1 + 1 + 1
    assert sum(map(len, proved(command).values())) >= loaded
    engine.dispose()
