"""A reused database is restored to the state of its template before each test."""

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.support.databases import ReusableDatabase
from tests.support.publisher import Publisher

TABLE_NAMES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') ORDER BY relname"""
SEQUENCE_STATE = "SELECT last_value, is_called FROM release_id_seq"
CHANGES = {
    "rows changed": "UPDATE area SET name = 'changed' WHERE code = 'JPN'",
    "rows deleted": "DELETE FROM area_member",
    "a table emptied": "TRUNCATE area_code",
    "the sequence advanced": "SELECT nextval('release_id_seq')",
    "a table created": "CREATE TABLE another (id integer)",
    "a table dropped": "DROP TABLE exchange_rate",
    "a column added": "ALTER TABLE area ADD COLUMN another integer",
    "a privilege granted": "GRANT INSERT ON area TO tradeflows_reader",
    "a setting changed": """
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database()); END $$""",
}


@pytest.fixture(scope="module")
def reusable(databases, template):
    return ReusableDatabase(databases, "reusable", template=template)


def database_content(url):
    """Return the rows of every table and view, the state of the sequence, and what belongs to no row."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        names = connection.scalars(text(TABLE_NAMES)).all()
        rows = {name: connection.scalars(text(f"SELECT t::text FROM {name} t")).all() for name in names}
        return {name: sorted(content) for name, content in rows.items()} | {
            "sequence": tuple(connection.execute(text(SEQUENCE_STATE)).one()),
            "work_mem": connection.scalar(text("SHOW work_mem")),
            "privileges": connection.scalar(text("SELECT relacl::text FROM pg_class WHERE relname = 'area'")),
        }


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_restored_database_equals_its_template(reusable, change):
    reusable.restore()
    content = database_content(reusable.url)
    with create_engine(reusable.url, poolclass=NullPool).begin() as connection:
        connection.execute(text(change))

    reusable.restore()

    assert database_content(reusable.url) == content


def test_published_figures_are_removed(reusable):
    reusable.restore()
    content = database_content(reusable.url)
    publish = Publisher(create_engine(reusable.url, poolclass=NullPool))
    publish({"2023-01": 100, "2024-01": 150})
    publish({"2023-01": 101}, published="2024-03-28")

    reusable.restore()

    assert database_content(reusable.url) == content


def test_an_open_transaction_of_the_last_test_does_not_block_the_next(reusable):
    reusable.restore()
    engine = create_engine(reusable.url, poolclass=NullPool)
    connection = engine.connect()
    connection.execute(text("LOCK TABLE area IN ACCESS EXCLUSIVE MODE"))

    reusable.restore()

    connection.invalidate()
    connection.close()
