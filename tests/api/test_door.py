"""Who is let in when all places are taken: the newest, and while more come than leave, nobody waits for long."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.api.overload.concurrency_limiter import CROWDED_S, Door
from service.db.embedded.process import within

HANGING_S = 20


@pytest.fixture
def threads():
    """Yield threads in which others come to the door."""
    with ThreadPoolExecutor(10) as threads:
        yield threads


def coming(threads, door, number):
    """Let so many come to a door where there is room to wait, one after the other, and return what becomes of each."""
    come = []
    for waiting in range(door.waiting + 1, door.waiting + number + 1):
        come.append(threads.submit(door.enter))
        assert within(HANGING_S, lambda waiting=waiting: door.waiting == waiting)
    return come


def full_door(**options):
    """Return a door with one place, which is taken."""
    door = Door(at_once=1, wait_s=HANGING_S, **options)
    assert door.enter()
    return door


def test_who_came_last_is_let_in_first(threads):
    door = full_door(waiting=3)

    for waiter in reversed(coming(threads, door, 3)):
        door.leave()
        assert waiter.result(HANGING_S) is True


def test_who_came_first_makes_room_for_one_too_many(threads):
    door = full_door(waiting=2)

    first, *others = coming(threads, door, 2)
    others.append(threads.submit(door.enter))
    turned_away = first.result(HANGING_S)
    door.leave()
    door.leave()

    assert turned_away is False
    assert [other.result(HANGING_S) for other in others] == [True, True]


def test_while_a_crowd_lasts_one_waits_and_others_need_not_knock(threads):
    now = [0.0]
    door = full_door(waiting=2, clock=lambda: now[0])

    crowd = [*coming(threads, door, 2), threads.submit(door.enter)]
    crowd[0].result(HANGING_S)
    at_first = door.turns_away()
    now[0] = CROWDED_S / 2
    crowd.append(threads.submit(door.enter))
    crowd[1].result(HANGING_S)
    now[0] = CROWDED_S
    knocks_in_vain = door.turns_away()
    last = threads.submit(door.enter)
    turned_away = [one.result(HANGING_S) for one in crowd]
    door.leave()

    assert (at_first, knocks_in_vain) == (False, True)
    assert turned_away == [False] * 4
    assert (last.result(HANGING_S), door.turns_away()) == (True, False)


def test_once_nobody_was_turned_away_for_a_while_more_may_wait_again(threads):
    now = [0.0]
    door = full_door(waiting=2, clock=lambda: now[0])
    crowd = [*coming(threads, door, 2), threads.submit(door.enter)]
    assert crowd[0].result(HANGING_S) is False

    now[0] = CROWDED_S
    crowd.append(threads.submit(door.enter))
    assert crowd[1].result(HANGING_S) is False
    door.leave()
    door.leave()

    assert [one.result(HANGING_S) for one in crowd[2:]] == [True, True]
