"""Releases of every source are verified against their archived files, also after a restore of the database."""

import re
import subprocess

import pytest
from sqlalchemy import create_engine

from service.db.embedded.binaries import find_binaries
from tests.ingest.malformed.conftest import CommandRunner
from tests.support.ingest.source_layouts import LAYOUTS

pytestmark = pytest.mark.large

PRINCIPAL_COMMAND = ("tidy", "--mapping", "docs/examples/japan-principal.toml")
ANNUAL_COMMAND = ("tidy", "--mapping", "docs/examples/japan-annual.toml")
OFFICIAL_FILES = (
    (ANNUAL_COMMAND, "japan/annual/*.csv.gz", None),
    (PRINCIPAL_COMMAND, "japan/principal/2024-02*.csv.gz", None),
    (("japan-customs-totals",), "japan/d41ma.csv", "2024-03-28"),
    (("comtrade",), "comtrade/new_format_annual_2022.csv", "2023-12-01"),
    (("comtrade",), "comtrade/legacy_format_hs871200_2016_2019.csv", "2020-12-01"),
)
VERIFIED_LINE = re.compile(r"(\S+)-\d{4}-\d\d-\d\d: (\d+) figures are those of its files")


@pytest.fixture(scope="module")
def command(create_database, template, tmp_path_factory):
    """Yield the command on a database of the module's own."""
    engine = create_engine(create_database("verified", template=template))
    yield CommandRunner(engine, tmp_path_factory.mktemp("verified"))
    engine.dispose()


def verified_counts(command):
    """Return of which datasets how many figures in how many releases are those of their files."""
    ended = command("verify")
    assert ended.status == 0, ended
    found = [VERIFIED_LINE.fullmatch(line) for line in ended.lines[:-1]]
    assert ended.lines[-1] == f"{len(found)} releases verified, 0 faults."
    figures = {}
    for dataset, count in (line.groups() for line in found):
        figures.setdefault(dataset, []).append(int(count))
    return figures


@pytest.fixture(scope="module")
def command_with_releases(command):
    """Return the command on a database with a small release of every layout."""
    for day, layout in enumerate(LAYOUTS.values(), start=1):
        ended = command.load_bytes(layout, layout.content, published=f"2024-02-{day:02}")
        assert ended.status == 0, ended
    return command


def test_a_release_of_every_layout_is_verified(command_with_releases):
    figures = verified_counts(command_with_releases)

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


@pytest.mark.process
def test_a_restored_database_is_verified(command_with_releases, create_database, monkeypatch):
    before = verified_counts(command_with_releases)
    source, target = command_with_releases.engine.url, create_database("restored")
    programs = find_binaries()

    def address(url):
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    dump = command_with_releases.folder / "dump"
    subprocess.run([programs / "pg_dump", "-Fc", "-f", dump, address(source)], check=True)
    subprocess.run([programs / "pg_restore", "-d", address(target), dump], check=True)
    monkeypatch.setitem(
        command_with_releases._environment, "DATABASE_URL", target.render_as_string(hide_password=False)
    )

    assert verified_counts(command_with_releases) == before


def test_official_files_are_verified(create_database, template, shared_data, pytestconfig, tmp_path):
    engine = create_engine(create_database("verified_real", template=template))
    command = CommandRunner(engine, tmp_path)
    loaded = 0
    for (source, *options), pattern, published in OFFICIAL_FILES:
        told = [str(pytestconfig.rootpath / option) if option.endswith(".toml") else option for option in options]
        if told:
            told += ["--codelists", str(shared_data / "japan")]
        told += ["--published", published] if published else []
        files = sorted(shared_data.glob(pattern))
        ended = command("load", source, *files, *told)
        assert ended.status == 0, ended
        loaded += len(files)
        if "legacy" in pattern:  # 1,302 rows of many reporters
            assert sum(map(int, re.findall(r", (\d+) figures$", "\n".join(ended.lines), re.MULTILINE))) == 1302

    assert loaded >= 5 + 1 + 1 + 1 + 1
    assert sum(map(len, verified_counts(command).values())) >= loaded
    engine.dispose()
