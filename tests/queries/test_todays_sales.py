"""Today: what opens next, what is open, what the week brings; and what nobody may know yet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.sales import Left, Phase, SaleState
from marketplace.queries import todays_sales
from tests import factories


@pytest.fixture
def door(tools):
    """The tools at the members' door."""
    return tools.at_door(Door.MEMBER)


@pytest.fixture
def today(database, door):
    """What a member in France is told."""
    with database.session() as session:
        member = factories.member(session)
    return lambda: todays_sales.look(door, member_id=member.id)


def a_sale(database, **more):
    """A sale."""
    with database.session() as session:
        return factories.open_sale(session, **more)


def test_the_next_opening_stands_first_and_the_week_follows(database, today):
    later, _ = a_sale(database, opens_in=timedelta(days=2))
    soon, _ = a_sale(database, opens_in=timedelta(hours=2))
    running, _ = a_sale(database)

    found = today()

    assert found.next.ref == soon.ref
    assert [card.ref for card in found.coming] == [later.ref]
    assert [card.ref for card in found.open] == [running.ref]
    assert [card.ref for card in found.all] == [running.ref, soon.ref, later.ref]


@pytest.mark.parametrize(
    "change",
    [
        {"opens_in": timedelta(days=4)},
        {"opens_in": timedelta(days=-2)},
        {"state": SaleState.DRAFT},
        {"state": SaleState.CANCELLED},
        {"state": SaleState.CLOSED},
    ],
)
def test_what_is_not_announced_or_over_is_not_in_it(database, today, change):
    a_sale(database, **change)

    assert today().all == ()


def test_a_sale_of_another_country_is_not_in_it(database, today):
    a_sale(database)
    database.run("UPDATE sales SET territory = 'DE'")

    assert today().all == ()


def test_a_sale_appears_at_its_teaser_and_opens_by_the_clock_alone(database, clock, today):
    _sale, _ = a_sale(database, opens_in=timedelta(days=3, minutes=1))
    before = today().all
    clock.turn(minutes=1)
    announced = today()
    clock.turn(days=3)
    opened = today()

    assert before == ()
    assert announced.next.left is None
    assert opened.open[0].phase is Phase.OPEN


def test_a_brand_that_stays_unnamed_is_not_named(database, today):
    a_sale(database, opens_in=timedelta(days=1))
    database.run("UPDATE brands SET show_in_teaser = false")

    card = today().next

    assert (card.brand, card.title, card.line, card.picture) == (None, "", "", None)


def test_how_much_is_left_counts_lapsed_holds_as_free(database, clock, today):
    _, (item,) = a_sale(database, units=2)
    full = today().open[0].left
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=item, units=2)
    held = today().open[0].left
    clock.turn(minutes=10)

    assert (full, held, today().open[0].left) == (Left.MOST, Left.ALL_IN_BAGS, Left.MOST)


def test_today_is_two_statements_whatever_there_is(database, today, statements):
    for _ in range(5):
        a_sale(database, items=2)

    with statements() as sent:
        assert len(today().open) == 5

    assert len(sent) == 2
