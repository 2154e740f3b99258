"""The waiting room in a browser: a draw, a late-comer behind, all in bags, one let in after the other, and the end."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from marketplace.db.members import Member
from marketplace.domain.doors import Door
from marketplace.domain.holds import Ask
from marketplace.services import admissions, holds
from tests import factories
from tests.journeys import looking
from tests.journeys.conftest import PICTURES
from tests.journeys.person import CHROMIUM, PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

UNITS = 2
TURN = "It is your turn"
NEXT = "You are next"
BAGGED = re.compile("All in bags. The next release is in|Toutes réservées. La prochaine se libère")


@pytest.fixture(params=["en", "fr"])
def language(request):
    return request.param


@pytest.fixture
def scene(counter, chromium, language):
    """A sale ten minutes before its opening with a room for one; three members at browsers, one on a phone."""
    town = counter.town
    with counter.database.session() as session:
        sale = town.open_sale(
            session, brand="Maison Attente", units=UNITS, opens_in=timedelta(minutes=10)
        )
        sale.limit_per_member = 10
        session.flush()
        members = [town.member(session, language=language) for _ in range(3)]
        operator = town.operator(session, language=language)
    counter.database.run("UPDATE sale_items SET limit_per_member = 10")
    desk = town.tools.at_door(Door.OPERATOR, account_id=operator.id)
    admissions.set_up(desk, ref=sale.ref, at_once=1, per_minute=60)
    folder = os.environ.get(PICTURES)
    more = {"language": language, "pictures": Path(folder) if folder else None}
    people = [
        counter.meet(chromium, f"member {number}", each.account_id, **more, **own)
        for number, (each, own) in enumerate(
            zip(members, ({}, {"size": PHONE}, {"scripts": False}), strict=True)
        )
    ]
    house = counter.meet(chromium, "an operator", operator.id, **more)
    yield sale, people, house, desk
    for person in (*people, house):
        person.leaves()
    assert [each for person in (*people, house) for each in person.complaints] == []
    assert counter.broken() == []


def hold_everything(counter, sale, person_id):
    """All that is in the sale, into one bag; the holds."""
    tools = counter.town.tools
    items = [
        item
        for (item,) in counter.database.rows(
            "SELECT id FROM sale_items WHERE sale_id = :id", id=sale.id
        )
    ]
    asks = [Ask(item, UNITS, uuid4()) for item in items]
    answers = holds.take(tools, member_id=person_id, asks=asks)
    assert all(each.held for each in answers)
    return [each.hold_id for each in answers]


def test_drawn_late_held_released_let_in_and_sold_out(counter, scene, language):
    sale, (one, two, late), house, _ = scene
    page = f"/sales/{sale.ref}"
    faults = []

    for person in (one, two):
        person.goes(page)
        person.reads("You are in the draw")
    one.keeps_a_picture(f"waiting-1-draw-{language}")
    faults += looking.faults(one, "the draw")
    counter.clock.turn(minutes=9, seconds=50)
    for person in (one, two):
        person.goes(page)
    counter.clock.turn(seconds=10)
    for person in (one, two, late):
        person.goes(page)
    counter.clock.turn(seconds=2)

    # One of the two is let in; the page of the other goes on by itself; who came late stands behind, without a script.
    for person in (one, two):
        person.goes(page)
    inside, waits = (one, two) if is_told(one, TURN) else (two, one)
    assert is_told(inside, TURN)
    assert is_told(waits, NEXT)
    late.reads(before(language))
    inside.keeps_a_picture(f"waiting-2-in-{language}")
    late.keeps_a_picture(f"waiting-3-late-{language}")
    faults += looking.faults(waits, "the line")

    member_in = inside_of(counter)
    held = hold_everything(counter, sale, member_in)
    counter.clock.turn(seconds=2)
    waits.goes(page)
    counter.clock.turn(seconds=2)
    waits.goes(page)
    assert BAGGED.search(waits.page.locator(".waiting-now").inner_text())
    waits.page.get_by_text(waits.word("Work out your place yourself")).click()
    waits.keeps_a_picture(f"waiting-4-bags-{language}")
    house.goes(f"/admin/sales/{sale.ref}/room")
    house.keeps_a_picture(f"waiting-5-desk-{language}")
    faults += looking.faults(house, "the desk")
    house.goes(f"/admin/board/{sale.ref}")
    house.reads("in the waiting room")

    # Given back; after the turn of the first the next one is let in, and the page that stands open opens the sale.
    holds.release(counter.town.tools, member_id=member_in, hold_ids=held)
    counter.clock.turn(minutes=11)
    waits.page.locator(".waiting-now").wait_for()
    waits.reads(TURN)
    late.goes(page)
    late.reads(NEXT)

    sell_everything(counter, sale, inside_of(counter))
    counter.clock.turn(seconds=2)
    late.goes(page)
    late.reads("Nothing is left", "Every piece is sold, so the waiting room has ended.")
    late.keeps_a_picture(f"waiting-6-end-{language}")
    assert faults == []


def sell_everything(counter, sale, member_id):
    """All that is in the sale, paid by one member."""
    held = hold_everything(counter, sale, member_id)
    with counter.database.session() as session:
        member = session.get_one(Member, member_id)
        order = factories.order(session, by=member, hold_ids=held)
        factories.sell(session, of=order)


def is_told(person, message):
    return person.word(message) in person.page.locator("main").inner_text()


def before(language):
    return {"en": "1 member is before you", "fr": "1 membre est avant vous"}[language]


def inside_of(counter):
    """Who may shop now."""
    return counter.database.value(
        "SELECT member_id FROM tickets WHERE until_at > house_now() ORDER BY let_in_at DESC LIMIT 1"
    )
