"""Prepared statements over connections of their own: made once, replaced where broken, never more than the pool has."""

from threading import Event, Thread

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.db.connection.read_pool import Reads

BACKEND = b"SELECT pg_backend_pid()"


@pytest.fixture
def pooled(engine):
    """Yield an engine with a pool of one connection, for which nobody waits long."""
    engine = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    yield engine
    engine.dispose()


@pytest.fixture
def reads(pooled):
    """Yield connections that are as many as those of the pool: one."""
    reads = Reads(pooled)
    yield reads
    reads.close()


def test_values_come_back_in_the_types_of_their_columns(reads):
    found = reads.read(b"SELECT $1::int + 1, $2::smallint[], $3::date IS NULL", ["41", "{1,2}", None]).rows

    assert found == [(42, [1, 2], True)]


def test_a_statement_is_prepared_once_however_often_it_is_asked(reads):
    for number in range(3):
        reads.read(b"SELECT $1::int", [str(number)])

    assert reads.read(b"SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1::int'").rows == [(1,)]


def test_plans_are_made_for_any_values(reads):
    assert reads.read(b"SELECT current_setting('plan_cache_mode')").rows == [("force_generic_plan",)]


def test_a_connection_that_broke_meanwhile_is_replaced(reads, engine):
    ((before,),) = reads.read(BACKEND).rows
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": before})

    ((after,),) = reads.read(BACKEND).rows

    assert after != before


def test_what_the_database_refuses_is_raised_as_sqlalchemy_does_and_the_connection_stays(reads):
    ((before,),) = reads.read(BACKEND).rows

    with pytest.raises(DBAPIError, match="division by zero"):
        reads.read(b"SELECT 1 / $1::int", ["0"])

    assert reads.read(BACKEND).rows == [(before,)]


def test_who_finds_no_connection_free_is_turned_away(reads):
    asked = Event()
    reads.taken = asked.set
    busy = Thread(target=lambda: reads.read(b"SELECT FROM pg_sleep(1)"))
    busy.start()
    assert asked.wait(5)

    with pytest.raises(PoolTimeout):
        reads.read(BACKEND)

    busy.join()


def test_connections_in_use_are_counted_while_they_are(reads):
    counted = []
    reads.taken, reads.returned = lambda: counted.append(1), lambda: counted.append(-1)

    reads.read(BACKEND)

    assert counted == [1, -1]
