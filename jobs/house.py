"""Looks after the house itself: whether its books are sound, and what it no longer needs to remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import runs, soundness

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def _forget(tools: Toolbox, _: dict[str, Any]) -> None:
    runs.forget(tools)


def _check(tools: Toolbox, _: dict[str, Any]) -> None:
    soundness.check(tools)


FORGET_RUNS = Job(
    "house.forget_runs",
    _forget,
    "Removes runs done more than two weeks ago, and signs of life of processes gone for a day.",
)
CHECK_BOOKS = Job(
    "house.check_books", _check, "Checks that stock, orders and books agree with each other."
)
