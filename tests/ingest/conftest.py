"""Files written out in a test, and what loading them does."""

import gzip
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from service.app import create_app
from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.pipeline.load_files import FileLoader
from service.ingest.sources.tidy import parser as tidy
from tests.support.ingest.loading import load_mapped_files

MAPPING_TOML = """
[dataset]
code = "jpn-test"
title = "A test"
source = "A test"
reporter = "JPN"
frequency = "M"
classification = "T"
currency = "JPY"
unit_exponent = 3
export_valuation = "FOB"
import_valuation = "CIF"
trade_system = "general"
exhaustive = false
attribution = "Source: a test"

[classification]
name = "Goods of a test"

[commodity]
list = "goods.csv"

[file]
published = '^(?P<published>[0-9-]{10})'

[columns]
period = "month"
flow = "direction"
partner = "country"
commodity = "good"
value = "value"

[flow]
export = "X"
import = "M"
"""
COMMODITIES_CSV = "word,code,name,level,parent\nall,TOTAL,All goods,0,\nfruit,F,Fruit,1,TOTAL\n"
CSV_HEADER = "month,direction,country,good,value\n"


class TidyFileLoader:
    """Writes files into a folder and loads them."""

    def __init__(self, engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.load_reports = []
        (folder / "goods.csv").write_text(COMMODITIES_CSV)
        (folder / "mapping.toml").write_text(MAPPING_TOML)

    def write(self, content, *, name="2024-02-28.csv"):
        path = self.folder / name
        raw = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") and not raw.startswith(b"\x1f\x8b") else raw)
        return path

    def __call__(self, *contents, name="2024-02-28.csv", mapping=None, **options):
        if mapping is not None:
            (self.folder / "mapping.toml").write_text(mapping)
        paths = [self.write(content, name=name) for content in contents]
        return self.load_files(paths, **options)

    def load_files(self, paths, **options):
        described = read_mapping(self.folder / "mapping.toml")
        FileLoader(
            engine=self.engine,
            parser=tidy.tidy_parser(described),
            find_publication_date=described.publication_date,
            stage=described.stage,
            archive_folder=self.folder / "archive",
            publication_callback=self.load_reports.append,
            **options,
        )(paths)
        return self.load_reports[-1]

    def current_figures(self):
        """Return what stands: flow, partner, commodity, period, value."""
        return self.query_rows("""
            SELECT flow, area.code, commodity.code, period, value
            FROM observation JOIN area ON area.id = partner_id JOIN commodity ON commodity.id = commodity_id
            ORDER BY 1, 2, 3, 4""")

    def query_rows(self, query):
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture
def load(engine, tmp_path):
    """Return a loader of files that a test writes out."""
    return TidyFileLoader(engine, tmp_path)


@pytest.fixture
def mount_small_disk(tmp_path):
    """Yield a function that makes a folder with room for so much, as 16k; skip where none can be made."""
    folder = tmp_path / "small"

    def mount(size):
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
        if mounted.returncode:
            pytest.skip(f"no small disk can be made here, which takes root: {mounted.stderr.strip()}")
        return folder

    yield mount
    if folder.is_mount():
        subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="session")
def japan_template(databases, template, shared_data, pytestconfig, tmp_path_factory):
    """Return the name of a database that holds all monthly releases of Japan, to be copied."""

    def load_releases(url):
        engine = create_engine(url, poolclass=NullPool)
        files = sorted((shared_data / "japan" / "principal").iterdir())
        mapping = pytestconfig.rootpath / "docs/examples/japan-principal.toml"
        archive = tmp_path_factory.mktemp("archive")
        loaded = load_mapped_files(
            engine, files, mapping=mapping, codelist_folder=shared_data / "japan", archive_folder=archive
        )
        assert [(report.row_count, report.warnings) for report in loaded] == [(5355, ())] * 32

    return databases.create_shared("japan_template", load_releases, template=template).database


@pytest.fixture(scope="module")
def japan_client(japan_template, create_database):
    """Yield a client of a service that holds all monthly releases."""
    engine = create_engine(create_database("japan", template=japan_template))
    yield create_app(engine).test_client()
    engine.dispose()
