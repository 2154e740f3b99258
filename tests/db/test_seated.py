"""Coroutines in the line: each is told their own answer, in the order of coming, and threads stand among them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.db import asking, together
from marketplace.db.together import Line
from marketplace.domain.refusals import Busy
from tests.db.test_together import PATIENCE_SECONDS, Carriage, until_waiting


@pytest.fixture
def carriage():
    """A carriage that is let go at the end at the latest."""
    made = Carriage()
    yield made
    made.let_go.set()


def on_a_loop(course):
    """What the coroutine ``course`` returns, on a loop in a thread of its own."""
    with ThreadPoolExecutor(1) as people:
        return people.submit(asyncio.run, course).result(PATIENCE_SECONDS)


async def seated(line, *asked):
    """One caller on the way, and the callers of ``asked`` in this order behind it."""
    tasks = []
    for rows in ([0], *asked):
        tasks.append(asyncio.create_task(line.ask_seated(rows)))
        await asyncio.sleep(0)
    return tasks


async def told(tasks):
    """What each was told, or the kind of trouble they were told of."""
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    return [type(each) if isinstance(each, BaseException) else list(each) for each in answers]


async def gone(carriage):
    """The first journey is under way."""
    assert await asyncio.to_thread(carriage.gone.wait, PATIENCE_SECONDS)


def test_who_comes_while_others_are_under_way_travels_next_in_the_order_of_coming(carriage):
    line = Line(carriage.carry, rows_max=3)

    async def course():
        tasks = await seated(line, [1], [2, 3], [4], [5, 6, 7, 8])
        await gone(carriage)
        carriage.let_go.set()
        return await told(tasks)

    assert on_a_loop(course()) == [[0], [-1], [-2, -3], [-4], [-5, -6, -7, -8]]
    assert carriage.journeys == [[0], [1, 2, 3], [4], [5, 6, 7, 8]]
    assert line.waiting == 0


def test_threads_and_coroutines_stand_in_one_line(carriage):
    line = Line(carriage.carry, rows_max=2)

    async def course():
        tasks = await seated(line, [1])
        await gone(carriage)
        loop = asyncio.get_running_loop()
        for number in (2, 3):
            tasks.append(loop.run_in_executor(None, line.ask, [number]))
            await asyncio.to_thread(until_waiting, line, number)
        tasks.append(asyncio.create_task(line.ask_seated([4])))
        await asyncio.sleep(0)
        carriage.let_go.set()
        return await told(tasks)

    assert on_a_loop(course()) == [[0], [-1], [-2], [-3], [-4]]
    assert carriage.journeys == [[0], [1, 2], [3, 4]]


def test_a_thread_that_came_first_is_followed_by_coroutines_without_carrying_on_for_them(carriage):
    line = Line(carriage.carry)

    async def course():
        first = asyncio.get_running_loop().run_in_executor(None, line.ask, [0])
        await gone(carriage)
        second = asyncio.create_task(line.ask_seated([1]))
        await asyncio.sleep(0)
        carriage.let_go.set()
        return await told([first, second])

    assert on_a_loop(course()) == [[0], [-1]]
    assert carriage.journeys == [[0], [1]]


def test_who_leaves_before_they_are_taken_along_has_asked_for_nothing(carriage):
    line = Line(carriage.carry)

    async def course():
        tasks = await seated(line, [1], [2], [3])
        await gone(carriage)
        tasks[1].cancel()
        tasks[3].cancel()
        await asyncio.sleep(0)
        carriage.let_go.set()
        return await told(tasks)

    assert on_a_loop(course()) == [[0], asyncio.CancelledError, [-2], asyncio.CancelledError]
    assert carriage.journeys == [[0], [2]]


def test_when_all_have_left_the_line_is_free_for_the_next(carriage):
    line = Line(carriage.carry)

    async def course():
        tasks = await seated(line, [1])
        await gone(carriage)
        tasks[1].cancel()
        await asyncio.sleep(0)
        carriage.let_go.set()
        return [*await told(tasks), list(await line.ask_seated([5]))]

    assert on_a_loop(course()) == [[0], asyncio.CancelledError, [-5]]


def test_one_callers_bad_question_is_their_own_trouble(carriage):
    carriage.poison = ValueError("thirteen")
    line = Line(carriage.carry)

    async def course():
        tasks = await seated(line, [1], [13], [2])
        await gone(carriage)
        carriage.let_go.set()
        return await told(tasks)

    assert on_a_loop(course()) == [[0], [-1], ValueError, [-2]]


def test_trouble_of_all_is_told_to_all_and_the_line_goes_on(carriage):
    carriage.poison = Busy()
    line = Line(carriage.carry)

    async def course():
        tasks = await seated(line, [1], [13])
        await gone(carriage)
        carriage.let_go.set()
        return [*await told(tasks), list(await line.ask_seated([5]))]

    assert on_a_loop(course()) == [[0], Busy, Busy, [-5]]


def test_one_too_many_is_told_at_once_that_the_house_is_busy(carriage):
    line = Line(carriage.carry, waiting_max=2)

    async def course():
        tasks = await seated(line)
        await gone(carriage)
        tasks += [asyncio.create_task(line.ask_seated([number])) for number in (1, 2, 3)]
        await asyncio.wait([tasks[3]])
        carriage.let_go.set()
        return await told(tasks)

    assert on_a_loop(course()) == [[0], [-1], [-2], Busy]
    assert carriage.journeys == [[0], [1, 2]]


def test_who_waited_too_long_has_asked_for_nothing(carriage):
    line = Line(carriage.carry, wait_seconds_max=1)

    async def course():
        tasks = await seated(line, [1])
        await gone(carriage)
        await asyncio.wait([tasks[1]])
        carriage.let_go.set()
        return [*await told(tasks), list(await line.ask_seated([5]))]

    assert on_a_loop(course()) == [[0], Busy, [-5]]
    assert carriage.journeys == [[0], [5]]


def test_who_still_has_patience_waits_on_when_others_are_sent_home(carriage, monkeypatch):
    line = Line(carriage.carry, wait_seconds_max=2)
    monkeypatch.setattr(together, "LOOK_SECONDS", 1)

    async def course():
        tasks = await seated(line, [1])
        await gone(carriage)
        await asyncio.sleep(1.5)
        tasks.append(asyncio.create_task(line.ask_seated([2])))
        await asyncio.wait([tasks[1]])
        carriage.let_go.set()
        return await told(tasks)

    assert on_a_loop(course()) == [[0], Busy, [-2]]


def test_a_line_that_is_closed_lets_its_porter_go_and_finds_another(carriage):
    carriage.let_go.set()
    line = Line(carriage.carry)

    async def course():
        first = list(await line.ask_seated([1]))
        line.close()
        return first, list(await line.ask_seated([2]))

    assert on_a_loop(course()) == ([-1], [-2])
    line.close()


class Vault:
    """Answers a question with itself, or with the trouble that it names."""

    def call_each(self, each, asked):
        if isinstance(each, Exception):
            raise each
        return [(each, *row) for row in asked]

    async def call_each_seated(self, each, asked):
        return self.call_each(each, asked)


def twice(*, trouble=None):
    """Asks two questions, the second of which may come to nothing."""
    first = yield "one", (1,)
    try:
        second = yield trouble or "two", (2,)
    except Busy:
        return first, "busy"
    return first, second


@pytest.mark.parametrize(
    ("trouble", "comes"), [(None, ("two", 2)), (Busy(), "busy"), (ValueError(), ValueError)]
)
def test_what_asks_comes_to_the_same_in_a_thread_and_in_a_coroutine(trouble, comes):
    def waited():
        return asking.waited_for(Vault(), twice(trouble=trouble))

    def awaited():
        return on_a_loop(asking.awaited(Vault(), twice(trouble=trouble)))

    for way in (waited, awaited):
        if comes is ValueError:
            with pytest.raises(ValueError, match=r"^$"):
                way()
        else:
            assert way() == (("one", 1), comes)


def test_a_crowd_of_threads_and_coroutines_is_answered_to_the_last(carriage):
    carriage.let_go.set()
    line = Line(carriage.carry, rows_max=7)

    async def course():
        return await asyncio.gather(*(line.ask_seated([n]) for n in range(1_500)))

    with ThreadPoolExecutor(max_workers=9) as people:
        loop = people.submit(asyncio.run, course())
        standing = list(people.map(lambda n: line.ask([n]), range(1_500, 3_000)))

        answers = [*loop.result(PATIENCE_SECONDS), *standing]

    assert answers == [[-n] for n in range(3_000)]
    assert sorted(n for journey in carriage.journeys for n in journey) == list(range(3_000))
