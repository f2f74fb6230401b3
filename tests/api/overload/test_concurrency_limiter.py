"""Who is let in when all places are taken: the newest, and while more come than leave, nobody waits for long."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.api.overload.concurrency_limiter import CROWDED_S, Door
from service.db.embedded.process import wait_until

MAX_WAIT_S = 20


@pytest.fixture
def threads():
    """Yield threads in which others come to the door."""
    with ThreadPoolExecutor(10) as threads:
        yield threads


def queue_requests(threads, limiter, count):
    """Let so many come to a door where there is room to wait, one after the other, and return what becomes of each."""
    come = []
    for waiting in range(limiter.waiting + 1, limiter.waiting + count + 1):
        come.append(threads.submit(limiter.enter))
        assert wait_until(MAX_WAIT_S, lambda waiting=waiting: limiter.waiting == waiting)
    return come


def full_limiter(**options):
    """Return a door with one place, which is taken."""
    door = Door(at_once=1, wait_s=MAX_WAIT_S, **options)
    assert door.enter()
    return door


def test_the_newest_request_is_served_first(threads):
    door = full_limiter(waiting=3)

    for waiter in reversed(queue_requests(threads, door, 3)):
        door.leave()
        assert waiter.result(MAX_WAIT_S) is True


def test_the_oldest_request_is_rejected_when_the_queue_is_full(threads):
    door = full_limiter(waiting=2)

    first, *others = queue_requests(threads, door, 2)
    others.append(threads.submit(door.enter))
    turned_away = first.result(MAX_WAIT_S)
    door.leave()
    door.leave()

    assert turned_away is False
    assert [other.result(MAX_WAIT_S) for other in others] == [True, True]


def test_during_overload_one_request_is_queued_and_others_are_shed(threads):
    now = [0.0]
    door = full_limiter(waiting=2, clock=lambda: now[0])

    crowd = [*queue_requests(threads, door, 2), threads.submit(door.enter)]
    crowd[0].result(MAX_WAIT_S)
    at_first = door.turns_away()
    now[0] = CROWDED_S / 2
    crowd.append(threads.submit(door.enter))
    crowd[1].result(MAX_WAIT_S)
    now[0] = CROWDED_S
    knocks_in_vain = door.turns_away()
    last = threads.submit(door.enter)
    turned_away = [one.result(MAX_WAIT_S) for one in crowd]
    door.leave()

    assert (at_first, knocks_in_vain) == (False, True)
    assert turned_away == [False] * 4
    assert (last.result(MAX_WAIT_S), door.turns_away()) == (True, False)


def test_after_overload_the_full_queue_is_available_again(threads):
    now = [0.0]
    door = full_limiter(waiting=2, clock=lambda: now[0])
    crowd = [*queue_requests(threads, door, 2), threads.submit(door.enter)]
    assert crowd[0].result(MAX_WAIT_S) is False

    now[0] = CROWDED_S
    crowd.append(threads.submit(door.enter))
    assert crowd[1].result(MAX_WAIT_S) is False
    door.leave()
    door.leave()

    assert [one.result(MAX_WAIT_S) for one in crowd[2:]] == [True, True]
