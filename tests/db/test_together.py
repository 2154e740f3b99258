"""Many callers in one round trip: each is told their own answer, whoever else asks and whatever becomes of it."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from marketplace.db.together import Errands, Line
from marketplace.domain.refusals import Busy

PATIENCE_SECONDS = 30


class Carriage:
    """Answers ``n`` with ``-n``; the first journey lasts until it is let go. Remembers who travelled together."""

    def __init__(self) -> None:
        self.journeys: list[list[int]] = []
        self.gone, self.let_go = Event(), Event()
        self.poison: Exception | None = None

    def carry(self, asked: list[int]) -> list[int]:
        self.journeys.append(list(asked))
        if len(self.journeys) == 1:
            self.gone.set()
            assert self.let_go.wait(PATIENCE_SECONDS)
        if 13 in asked and self.poison is not None:
            raise self.poison
        return [-each for each in asked]


@pytest.fixture
def carriage():
    """A carriage that is let go at the end at the latest."""
    made = Carriage()
    yield made
    made.let_go.set()


def behind(line, carriage, *asked) -> list[Future[list[int]]]:
    """One caller on the way, and the callers of ``asked`` in this order behind it."""
    people = ThreadPoolExecutor(max_workers=len(asked) + 1)
    futures = [people.submit(line.ask, [0])]
    assert carriage.gone.wait(PATIENCE_SECONDS)
    for number, rows in enumerate(asked, start=1):
        futures.append(people.submit(line.ask, rows))
        until_waiting(line, number)
    people.shutdown(wait=False)
    return futures


def until_waiting(line, number):
    """Look until so many wait."""
    while line.waiting < number:
        pass


def told(futures):
    """What each was told, or the kind of trouble they were told of."""
    return [
        type(trouble) if (trouble := each.exception(PATIENCE_SECONDS)) else list(each.result())
        for each in futures
    ]


def test_who_comes_first_goes_at_once_and_who_comes_meanwhile_travels_together(carriage):
    line = Line(carriage.carry)
    futures = behind(line, carriage, [1], [2, 3], [4])

    carriage.let_go.set()

    assert told(futures) == [[0], [-1], [-2, -3], [-4]]
    assert carriage.journeys == [[0], [1, 2, 3, 4]]


def test_nobody_is_parted_from_their_own_rows_and_the_rest_go_next(carriage):
    line = Line(carriage.carry, rows_max=3)
    futures = behind(line, carriage, [1, 2], [3, 4], [5], [6, 7, 8, 9])

    carriage.let_go.set()

    assert told(futures) == [[0], [-1, -2], [-3, -4], [-5], [-6, -7, -8, -9]]
    assert carriage.journeys == [[0], [1, 2], [3, 4, 5], [6, 7, 8, 9]]


def test_one_callers_bad_question_is_their_own_trouble(carriage):
    carriage.poison = ValueError("thirteen")
    line = Line(carriage.carry)
    futures = behind(line, carriage, [1], [13], [2])

    carriage.let_go.set()

    assert told(futures) == [[0], [-1], ValueError, [-2]]
    assert carriage.journeys == [[0], [1, 13, 2], [1], [13], [2]]


def test_trouble_of_all_is_told_to_all_and_nobody_is_asked_for_again(carriage):
    carriage.poison = Busy()
    line = Line(carriage.carry)
    futures = behind(line, carriage, [1], [13])

    carriage.let_go.set()

    assert told(futures) == [[0], Busy, Busy]
    assert carriage.journeys == [[0], [1, 13]]


def test_after_trouble_the_line_goes_on(carriage):
    carriage.poison = Busy()
    carriage.let_go.set()
    line = Line(carriage.carry)

    with pytest.raises(Busy):
        line.ask([13])

    assert line.ask([5]) == [-5]


def test_one_too_many_is_told_at_once_that_the_house_is_busy(carriage):
    line = Line(carriage.carry, waiting_max=2)
    futures = behind(line, carriage, [1], [2])

    with pytest.raises(Busy):
        line.ask([3])
    carriage.let_go.set()

    assert told(futures) == [[0], [-1], [-2]]
    assert carriage.journeys == [[0], [1, 2]]


def test_who_waited_too_long_has_asked_for_nothing(carriage):
    line = Line(carriage.carry, wait_seconds_max=1)
    first, late = behind(line, carriage, [1])
    assert told([late]) == [Busy]

    carriage.let_go.set()

    assert told([first]) == [[0]]
    assert carriage.journeys == [[0]]


def test_a_crowd_of_threads_is_answered_to_the_last(carriage):
    carriage.let_go.set()
    line = Line(carriage.carry, rows_max=7)

    with ThreadPoolExecutor(max_workers=24) as people:
        answers = list(people.map(lambda n: line.ask([n, n + 1]), range(3_000)))

    assert answers == [[-n, -n - 1] for n in range(3_000)]
    assert sorted(n for journey in carriage.journeys for n in journey) == sorted(
        each for n in range(3_000) for each in (n, n + 1)
    )


class Book:
    """Where errands are written down; refuses as long as there is ``trouble``."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.trouble: Exception | None = None

    def write(self, rows: list[int]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.written += rows


def test_what_is_left_is_written_by_itself_and_in_order():
    book = Book()
    errands = Errands(book.write, pause_seconds=0)

    errands.leave([1, 2])
    errands.leave([3])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(book.written) < 3:
        assert time.monotonic() < deadline

    assert book.written == [1, 2, 3]
    errands.end()


def test_what_could_not_be_written_is_kept_for_the_next_time():
    book = Book()
    errands = Errands(book.write, pause_seconds=PATIENCE_SECONDS)
    book.trouble = Busy()
    errands.leave([1, 2])
    errands.run()

    book.trouble = None
    errands.leave([3])
    errands.end()

    assert book.written == [1, 2, 3]


def test_of_what_cannot_be_written_for_long_the_newest_is_kept():
    book = Book()
    errands = Errands(book.write, pause_seconds=PATIENCE_SECONDS, kept_max=2)

    errands.leave([1, 2, 3])
    errands.end()

    assert book.written == [2, 3]


def test_a_row_that_nobody_can_write_stops_no_other():
    book = Book()
    errands = Errands(book.write, pause_seconds=PATIENCE_SECONDS)
    book.trouble = ValueError()
    errands.leave([1])
    errands.run()

    book.trouble = None
    errands.leave([2])
    errands.end()

    assert book.written == [2]
