"""Accept in two tabs, and accept against counter.

One of them wins, and the units are committed once.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select

from marketplace.db.catalogue import CollectionState
from marketplace.db.deals import Deal
from marketplace.domain.deals import Line, Mode, Superseded, Terms, UnsoldRule
from marketplace.domain.doors import Door
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.refusals import Refusal
from marketplace.services import deals
from marketplace.toolbox import Toolbox
from tests import factories

TABS = 6
WAIT_SECONDS = 10
TERMS = Terms(Mode.CONSIGNMENT, "EUR", ("FR",), 3_000, 30, UnsoldRule.RETURN, date(2099, 3, 31))


@dataclass(frozen=True)
class Talks:
    deal_id: int
    lines: tuple[Line, ...]
    house: Toolbox
    brand: Toolbox


@pytest.fixture
def talks(database, tools) -> Talks:
    with database.session() as session:
        of = factories.brand(session)
        speaker = factories.brand_user(session, of=of)
        person = factories.operator(session)
        offered = factories.collection(session, of=of, state=CollectionState.SUBMITTED)
        style = factories.style(session, of=offered)
        lines = tuple(
            Line(factories.variant(session, of=style, size=size).id, 10, 3_000)
            for size in ("S", "M", "L")
        )
    house = tools.at_door(Door.OPERATOR, account_id=person.id)
    made = deals.propose(house, collection_id=offered.id, terms=TERMS, lines=lines)
    brand = tools.at_door(Door.BRAND, account_id=speaker.account_id, brand_id=of.id)
    return Talks(made.deal_id, lines, house, brand)


def _accept(talks: Talks) -> str:
    try:
        deals.accept(talks.brand, deal_id=talks.deal_id, number=1)
    except Refusal as no:
        return no.code
    return "accepted"


def _counter(talks: Talks) -> str:
    try:
        deals.counter(
            talks.house, deal_id=talks.deal_id, answers=1, terms=TERMS, lines=talks.lines[:1]
        )
    except Refusal as no:
        return no.code
    return "countered"


def test_accepted_in_many_tabs_at_once_it_is_accepted_once(database, talks):
    with ThreadPoolExecutor(TABS) as tabs:
        answers = list(tabs.map(lambda _: _accept(talks), range(TABS)))

    assert set(answers) <= {"accepted", "busy"}
    assert "accepted" in answers
    assert database.value("SELECT sum(committed) FROM lots") == 30
    assert database.value("SELECT count(*) FROM events WHERE name = 'deal.accepted'") == 1
    assert database.value("SELECT count(*) FROM promises") == 2


@pytest.mark.parametrize("turn", range(4))
def test_accept_against_counter_lets_one_of_them_win(database, talks, turn):
    deeds = [_accept, _counter] if turn % 2 else [_counter, _accept]
    start = threading.Barrier(2)

    def run(deed) -> str:
        start.wait(WAIT_SECONDS)
        return deed(talks)

    with ThreadPoolExecutor(2) as tabs:
        answers = set(tabs.map(run, deeds))

    assert answers in (
        {"accepted", IllegalMove.code},
        {"countered", Superseded.code},
    )
    agreed = database.value("SELECT count(*) FROM deals WHERE state = 'agreed'")
    assert agreed == (1 if "accepted" in answers else 0)
    assert database.value("SELECT count(*) FROM lots") == 3 * agreed


def test_without_the_lock_both_win_and_a_superseded_version_is_agreed(database, talks, monkeypatch):
    met = threading.Barrier(2)

    def unlocked(_tools, session, deal_id):
        found = session.scalars(select(Deal).where(Deal.id == deal_id)).one()
        met.wait(WAIT_SECONDS)
        return found

    monkeypatch.setattr(deals.talking, "_lock", unlocked)
    with ThreadPoolExecutor(2) as tabs:
        answers = set(tabs.map(lambda deed: deed(talks), (_accept, _counter)))

    assert answers == {"accepted", "countered"}
    broken = "SELECT v.number <> d.latest FROM deals d JOIN deal_versions v ON v.id = d.accepted_version_id"
    assert database.rows(broken) == [(True,)]
    database.run("UPDATE deals SET latest = 1")
