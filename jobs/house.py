"""Looks after the house itself: whether its books are sound, and what it no longer needs to remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import legal_pages, runs, soundness

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


ROUNDS_MAX = 50
"""Portions in one night; what is left goes the next."""


def _forget(tools: Toolbox, _: dict[str, Any]) -> None:
    runs.forget(tools)


def _check(tools: Toolbox, _: dict[str, Any]) -> None:
    soundness.check(tools)


def _forget_past(tools: Toolbox, _: dict[str, Any]) -> None:
    for _round in range(ROUNDS_MAX):
        if not legal_pages.forget_past(tools):
            return


FORGET_PAST = Job(
    "house.forget_past",
    _forget_past,
    "Deletes what the privacy page says is kept no longer.",
)
FORGET_RUNS = Job(
    "house.forget_runs",
    _forget,
    "Removes runs done more than two weeks ago, and signs of life of processes gone for a day.",
)
CHECK_BOOKS = Job(
    "house.check_books", _check, "Checks that stock, orders and books agree with each other."
)
