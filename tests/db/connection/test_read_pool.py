"""The pool of read connections: prepared statements, replacement of broken connections, and its size."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.db.connection.read_pool import FifoSemaphore, ReadPool
from service.db.embedded.process import wait_until

SELECT_BACKEND_PID = b"SELECT pg_backend_pid()"


@pytest.fixture
def single_connection_engine(engine):
    """Yield an engine with a pool of one connection, for which nobody waits long."""
    engine = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    yield engine
    engine.dispose()


@pytest.fixture
def read_pool(single_connection_engine):
    """Yield connections that are as many as those of the pool: one."""
    read_pool = ReadPool(single_connection_engine)
    yield read_pool
    read_pool.close()


def test_values_have_the_types_of_their_columns(read_pool):
    found = read_pool.read(b"SELECT $1::int + 1, $2::smallint[], $3::date IS NULL", ["41", "{1,2}", None])

    assert found == [(42, [1, 2], True)]


def test_a_statement_is_prepared_once(read_pool):
    for number in range(3):
        read_pool.read(b"SELECT $1::int", [str(number)])

    assert read_pool.read(b"SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1::int'") == [(1,)]


def test_generic_plans_are_forced(read_pool):
    assert read_pool.read(b"SELECT current_setting('plan_cache_mode')") == [("force_generic_plan",)]


def test_a_broken_connection_is_replaced(read_pool, engine):
    ((before,),) = read_pool.read(SELECT_BACKEND_PID)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": before})

    ((after,),) = read_pool.read(SELECT_BACKEND_PID)

    assert after != before


def test_database_errors_are_raised_as_by_sqlalchemy(read_pool):
    ((before,),) = read_pool.read(SELECT_BACKEND_PID)

    with pytest.raises(DBAPIError, match="division by zero"):
        read_pool.read(b"SELECT 1 / $1::int", ["0"])

    assert read_pool.read(SELECT_BACKEND_PID) == [(before,)]


def test_an_exhausted_pool_raises_a_timeout(read_pool):
    asked = Event()
    read_pool.checkout_hook = asked.set
    busy = Thread(target=lambda: read_pool.read(b"SELECT 0 FROM pg_sleep(1)"))
    busy.start()
    assert asked.wait(5)

    with pytest.raises(PoolTimeout):
        read_pool.read(SELECT_BACKEND_PID)

    busy.join()


def test_the_version_is_read_while_all_other_connections_are_in_use(engine):
    engine = create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=20)
    read_pool, started = ReadPool(engine), Event()
    read_pool.checkout_hook = started.set
    with engine.connect() as blocker, ThreadPoolExecutor(1) as threads:
        blocker.execute(text("SELECT pg_advisory_lock(1)"))
        blocker.detach()
        busy = threads.submit(read_pool.read, b"SELECT pg_advisory_lock(1)")
        assert started.wait(20)

        state, is_busy = read_pool.data_state(), not busy.done()

        blocker.execute(text("SELECT pg_advisory_unlock(1)"))
    read_pool.close()
    engine.dispose()

    assert (state.version, is_busy) == (1, True)


def test_threads_pass_a_semaphore_in_the_order_in_which_they_came():
    semaphore, order = FifoSemaphore(1), []
    assert semaphore.acquire(timeout=0)

    def wait_in_line(number):
        assert semaphore.acquire(timeout=20)
        order.append(number)
        semaphore.release()

    threads = [Thread(target=wait_in_line, args=[number]) for number in range(5)]
    for count, thread in enumerate(threads):
        thread.start()
        assert wait_until(20, lambda count=count: semaphore.waiting == count + 1)
    semaphore.release()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4]


def test_a_thread_that_gives_up_leaves_the_queue_of_a_semaphore():
    semaphore = FifoSemaphore(1)
    assert semaphore.acquire(timeout=0)

    assert not semaphore.acquire(timeout=0.01)

    assert semaphore.waiting == 0
    semaphore.release()
    assert semaphore.acquire(timeout=0)


def test_connections_in_use_are_counted(read_pool):
    counted = []
    read_pool.checkout_hook, read_pool.checkin_hook = lambda: counted.append(1), lambda: counted.append(-1)

    read_pool.read(SELECT_BACKEND_PID)

    assert counted == [1, -1]
