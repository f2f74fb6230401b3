"""Malformed files: most are parsed without a database, about a dozen are loaded by the command.

The command runs against a database with a release of every source.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from service.cli import main
from tests.ingest.conftest import COMMODITIES_CSV, MAPPING_TOML
from tests.support.ingest.file_check import EXIT_BAD_FILE, check_file
from tests.support.ingest.source_layouts import LAYOUTS

PARTNER_MAPPING = '\n[partner]\nlist = "partners.csv"\nword = "word"\ncode = "code"\n'


def write_mapping_files(folder: Path) -> None:
    """Write the mapping of tidy files with its code lists."""
    (folder / "goods.csv").write_text(COMMODITIES_CSV)
    (folder / "partners.csv").write_text("word,code\n中国,CHN\n")
    (folder / "mapping.toml").write_text(MAPPING_TOML + PARTNER_MAPPING)


@dataclass(frozen=True)
class CommandResult:
    """How a command ended: its status, and the lines that it wrote on its two streams."""

    status: int
    lines: list[str]


class CommandRunner:
    """Runs `tradeflows` on a database of the module's own, in a folder with a mapping."""

    def __init__(self, engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        write_mapping_files(folder)
        self._environment = {
            "DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "TRADEFLOWS_HOME": str(folder / "home"),
        }

    def __call__(self, *arguments) -> CommandResult:
        ended = CliRunner().invoke(main, [str(argument) for argument in arguments], env=self._environment)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return CommandResult(ended.exit_code, ended.output.splitlines())

    def load_bytes(
        self, layout, raw: bytes, *options, name: str | None = None, published: str = "2024-03-28"
    ) -> CommandResult:
        """Load bytes as a file of the layout."""
        path = self.folder / (name or layout.name)
        path.write_bytes(raw)
        source, *own = (str(self.folder / part) if part.endswith(".toml") else part for part in layout.command)
        return self("load", source, path, *own, "--published", published, *options)

    def database_digest(self) -> str:
        """Return a digest of every row of every table."""
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        rows = "SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} AS t"
        with self.engine.connect() as connection:
            names = connection.scalars(text(tables)).all()
            query = " UNION ALL ".join(f"SELECT '{name} ' || ({rows.format(name)})" for name in names)
            return "\n".join(connection.scalars(text(query)))


@pytest.fixture(scope="session")
def command(create_database, template, tmp_path_factory):
    """Yield the command on a database with a release of every source, each loaded by it."""
    engine = create_engine(create_database("malformed", template=template))
    command = CommandRunner(engine, tmp_path_factory.mktemp("malformed"))
    for day, layout in enumerate(LAYOUTS.values(), start=1):
        # Some layouts are of one dataset, which has one release a day.
        ended = command.load_bytes(layout, layout.content, published=f"2024-02-{day:02}")
        assert ended.status == 0, ended
    with engine.begin() as connection:
        # A hundred thousands of rates, which no load touches, would be digested for every file.
        connection.execute(text("TRUNCATE exchange_rate"))
    yield command
    engine.dispose()


@pytest.fixture
def expect_command_rejection(command):
    """Return a function that loads bytes with the command, which refuses them, and returns its lines."""
    before = command.database_digest()

    def expect_command_rejection(layout, raw, **options):
        ended = command.load_bytes(layout, raw, **options)
        assert command.database_digest() == before
        assert ended.status == EXIT_BAD_FILE, ended
        return ended.lines

    return expect_command_rejection


@pytest.fixture
def tidy_folder(tmp_path):
    """Return a folder with the mapping and the code lists of tidy files."""
    write_mapping_files(tmp_path)
    return tmp_path


@pytest.fixture
def parse_file(tidy_folder):
    """Return a function that parses and checks bytes as a file of a layout, without a database."""
    return partial(check_file, folder=tidy_folder)


@pytest.fixture
def expect_rejection(parse_file):
    """Return a function that parses bytes, which are refused, and returns the lines of the report."""

    def expect_rejection(layout, raw, **options):
        checked = parse_file(layout, raw, **options)
        assert checked.status == EXIT_BAD_FILE, checked
        return checked.lines

    return expect_rejection
