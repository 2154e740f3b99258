"""Guard-rails under pressure: two sales scheduled at the same moment are laid on the calendar one after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from marketplace.domain.brands.guard_rails import GuardRails
from marketplace.domain.refusals import Refusal
from marketplace.domain.sales import SaleNotReady
from marketplace.services import brands, sales
from tests import factories, sale_scenes


def attempt(deed, *arguments, **named):
    """The answer, or the refusal, as a value."""
    try:
        return deed(*arguments, **named)
    except Refusal as no:
        return no


def pressed(tools, desk, ref):
    return partial(attempt, sales.schedule, desk.operator(tools), ref=ref, version=2)


@pytest.fixture
def at(database):
    """A desk with goods."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def two_drafts(at, tools, database):
    """Drafts of two deals of one brand ten days apart, which wants a month between its sales."""
    with database.session() as session:
        offered = factories.collection(session, of=session.get(factories.Brand, at.brand_id))
        style = factories.style(session, of=offered)
        factories.photograph(session, of=style)
        piece = factories.variant(session, of=style)
        deal = factories.deal(session, of=offered, variants=[piece])
        factories.lot(session, under=deal, of=piece, units=10)
    other = replace(at, deal_id=deal.id, variant_ids=(piece.id,))
    desks = ((at, 2), (other, 12))
    refs = [sale_scenes.ready(tools, desk, opens_in=timedelta(days=days)) for desk, days in desks]
    said = GuardRails(days_apart=30)
    brands.set_guard_rails(at.brand(tools), brand_id=at.brand_id, said=said)
    return [pressed(tools, at, ref) for ref in refs]


@pytest.fixture
def two_brands(at, tools, database):
    """A draft each of two brands for one morning, of which one does not want the other beside it."""
    with database.session() as session:
        rival = sale_scenes.desk(session)
        session.get(factories.Brand, rival.brand_id).name = "Maison Rivale"
    said = GuardRails(avoided=("Maison Rivale",))
    brands.set_guard_rails(at.brand(tools), brand_id=at.brand_id, said=said)
    return [pressed(tools, each, sale_scenes.ready(tools, each)) for each in (at, rival)]


def scheduled(database):
    return database.value("SELECT count(*) FROM sales WHERE state = 'scheduled'")


@pytest.mark.parametrize("drafts", ["two_drafts", "two_brands"])
def test_of_two_that_must_stay_apart_one_is_scheduled(drafts, request, database, course):
    answers = course.together(request.getfixturevalue(drafts))

    assert sorted(type(each).__name__ for each in answers) == ["NoneType", "SaleNotReady"]
    assert scheduled(database) == 1


@pytest.mark.parametrize("drafts", ["two_drafts", "two_brands"])
def test_without_the_lock_on_the_calendar_both_are_scheduled(
    drafts, request, database, course, monkeypatch
):
    """The twin: each looks at a calendar on which the other does not stand yet."""
    deeds = request.getfixturevalue(drafts)
    monkeypatch.setattr(
        "marketplace.services.sales.moves.guard_rails.lock_calendar", lambda *_: None
    )

    with course.closed("LOCK TABLE promises IN ACCESS EXCLUSIVE MODE"):
        racing = [course.begin(deed, waiting=place) for place, deed in enumerate(deeds, start=1)]
    answers = [each.result() for each in racing]

    assert not any(isinstance(each, SaleNotReady) for each in answers)
    assert scheduled(database) == 2
