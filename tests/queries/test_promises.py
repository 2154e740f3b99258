"""Promises listed: an opening is kept by the sale's row and the clock, not by whoever writes it down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.promises import Keeping, PromiseKind
from marketplace.queries import promises
from marketplace.queries.promises import Shown
from marketplace.services import sales
from tests import sale_scenes


@pytest.fixture
def at(database):
    """A desk with goods."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def house(at, tools):
    """The operator's tools."""
    return at.operator(tools)


def _openings(house, shown=Shown.ALL):
    found = promises.listed(house, shown=shown)
    return [line for line in found.lines if line.kind is PromiseKind.OPENING]


def test_a_sale_that_opened_while_every_clock_was_down_has_kept_its_promise(
    at, house, tools, database, clock
):
    sale_scenes.scheduled(tools, at, opens_in=timedelta(minutes=5))
    assert [line.keeping for line in _openings(house)] == [Keeping.PENDING]
    clock.turn(minutes=20)

    (line,) = _openings(house)

    assert (line.keeping, line.kept_at) == (Keeping.KEPT, line.due_at)
    assert _openings(house, Shown.BROKEN) == _openings(house, Shown.PENDING) == []
    assert _openings(house, Shown.KEPT) == [line]
    assert promises.listed(house, shown=Shown.BROKEN).counts[Shown.BROKEN] == 0
    assert database.value("SELECT kept_at FROM promises WHERE kind = 'opening'") is None


def test_noting_it_later_changes_nothing(at, house, tools, clock):
    sale_scenes.scheduled(tools, at, opens_in=timedelta(minutes=5))
    clock.turn(minutes=20)
    before = _openings(house)

    sales.record_due_transitions(tools, limit=10)

    assert _openings(house) == before


def test_an_opening_that_was_taken_back_was_neither_kept_nor_broken(at, house, tools, clock):
    ref = sale_scenes.scheduled(tools, at, opens_in=timedelta(minutes=5))
    sales.unschedule(house, ref=ref, reason="the goods are late")
    clock.turn(minutes=20)

    assert [line.keeping for line in _openings(house)] == [Keeping.VOID]
    assert _openings(house, Shown.BROKEN) == _openings(house, Shown.KEPT) == []
