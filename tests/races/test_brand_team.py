"""Two owners demote each other at the same moment: one of them stays, whoever was first."""

from __future__ import annotations

import threading

import pytest

from marketplace.db import locks
from marketplace.db.brands import Brand
from marketplace.domain.brands.team import check_owner_stays
from marketplace.domain.doors import BrandRole, Door
from marketplace.domain.refusals import Refusal
from marketplace.services import accounts
from tests import factories
from tests.races.conftest import WAITING_SECONDS_MAX


@pytest.fixture
def owners(database):
    with database.session() as session:
        of = factories.brand(session)
        return tuple(factories.brand_user(session, of=of) for _ in range(2))


def demote(tools, by, whom) -> str:
    hands = tools.at_door(Door.HALLWAY, account_id=by.account_id)
    try:
        accounts.change_role(
            hands, brand_id=by.brand_id, account_id=whom.account_id, role=BrandRole.VIEWER
        )
    except Refusal as no:
        return no.code
    return "demoted"


def left(database) -> int:
    return database.value("SELECT count(*) FROM brand_users WHERE role = 'owner'")


def both(course, tools, owners) -> list[object]:
    one, other = owners
    return course.together([lambda: demote(tools, one, other), lambda: demote(tools, other, one)])


def test_two_owners_cannot_demote_each_other_at_once(course, database, tools, owners):
    answers = both(course, tools, owners)

    assert sorted(answers) == ["demoted", "last_owner"]
    assert left(database) == 1


def test_without_the_lock_on_the_brand_nobody_would_be_left(
    course, database, tools, owners, monkeypatch
):
    """The race could be lost: it takes both looking before either has written."""
    locked, arrived = locks.one, course_of_two()

    def unguarded(session, table, row_id, *where):
        if table is Brand:
            return session.get_one(Brand, row_id)
        return locked(session, table, row_id, *where)

    monkeypatch.setattr(locks, "one", unguarded)
    monkeypatch.setattr(accounts.team, "check_owner_stays", arrived)

    answers = both(course, tools, owners)

    assert answers == ["demoted", "demoted"]
    assert left(database) == 0


def course_of_two():
    """The rule itself, but nobody goes on before both have looked."""
    looked = threading.Barrier(2)

    def after_both(**found):
        check_owner_stays(**found)
        looked.wait(timeout=WAITING_SECONDS_MAX)

    return after_both
