"""Fill a place with figures, copy them for contestants with files of their own, and install the contestants.

    python -m bench.seed [ROWS_OF_A_REPORTER [REPORTERS]]

5,750,000 rows of each of 8 reporters where nothing is said: 46 million. What is there already is left as it is.
"""

from datetime import date

from sqlalchemy import Engine, create_engine, text

from bench.copies import copy_to_parquet, copy_to_sqlite
from bench.environment import HERE, Place, numbers_given, place
from bench.figures import REPORTERS, write_reporter
from bench.installation import install
from bench.load import MAPPING
from service.config import sqlalchemy_url
from service.db.embedded.server import ensure_running
from service.db.migrations import upgrade_schema
from service.ingest.catalog.mapping_file import read_mapping
from service.ingest.catalog.reference_tables import load_reference_tables
from service.ingest.pipeline.load_files import FileLoader
from service.ingest.release.publish import open_load_session
from service.ingest.sources.tidy import parser as tidy

ROWS, PUBLISHED_ON = 5_750_000, date(2024, 2, 28)


CONNECTIONS = 200
"""Of all contestants together."""


def started(where: Place) -> str:
    """Return the address of the place's database, started if need be; it goes on running."""
    return ensure_running(where.server, is_durable=False, max_connections=CONNECTIONS)


def fill(where: Place, *, rows: int = ROWS, reporters: int = len(REPORTERS)) -> str:
    """Load about so many rows for each reporter that is not there, and return the database's address."""
    address = started(where)
    engine = create_engine(sqlalchemy_url(address))
    upgrade_schema(engine)
    with open_load_session(engine) as session:
        load_reference_tables(session)
        session.commit()
    for reporter in REPORTERS[:reporters]:
        if dataset_code(reporter) not in loaded(engine):
            _load(engine, where, reporter, rows=rows)
    with engine.connect() as connection:
        connection.exec_driver_sql((HERE / "competitors" / "postgres_functions.sql").read_text().replace("%", "%%"))
        connection.commit()
    engine.dispose()
    return address


def dataset_code(reporter: str) -> str:
    """Return the code of the dataset of a reporter."""
    return f"bench-{reporter.lower()}-m"


def loaded(engine: Engine) -> set[str]:
    """Return the codes of the datasets that are loaded."""
    with engine.connect() as connection:
        return set(connection.scalars(text("SELECT code FROM dataset")))


def _load(engine: Engine, where: Place, reporter: str, *, rows: int) -> None:
    file, mapping = (where.home / f"{reporter}.{ending}" for ending in ("csv", "toml"))
    print(reporter, f"{write_reporter(file, reporter, rows=rows):,} rows", flush=True)
    mapping.write_text(MAPPING.replace('"NZL"', f'"{reporter}"').replace("bench-m", dataset_code(reporter)))
    described = read_mapping(mapping)
    FileLoader(
        engine=engine,
        parser=tidy.tidy_parser(described),
        find_publication_date=lambda _name: PUBLISHED_ON,
        stage="final",
        archive_folder=where.home / "archive",
    )([file])
    file.unlink()


def main() -> None:
    """Make a place ready."""
    rows, reporters = numbers_given(ROWS, len(REPORTERS))
    where = place()
    address = fill(where, rows=rows, reporters=reporters)
    copy_to_parquet(where, address)
    copy_to_sqlite(where)
    install(where)


if __name__ == "__main__":
    main()
