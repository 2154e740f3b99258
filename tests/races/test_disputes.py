"""Messages of one dispute at the same moment: it is written once, and what was decided is not undone."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.db import locks
from marketplace.services import payments
from marketplace.toolbox import DisputeTold
from tests.scenes import bag_of, paid_order

WRITING = "LOCK TABLE disputes IN SHARE MODE"
"""Whoever looks may, and whoever writes waits."""
STANDS = "SELECT state FROM disputes"
MOVED = (
    "SELECT book, amount_minor FROM posting_lines WHERE book IN ('losses', 'disputed') ORDER BY id"
)


@pytest.fixture
def told(database, paying, simulator):
    """What the payment service says of a dispute in each of its states."""
    with database.session() as session:
        bag = bag_of(session, units=1, price_minor=4_000)
    paid_order(paying, simulator, bag)
    intent = database.value("SELECT intent_ref FROM payments")
    content = {
        "id": "dp_1", "payment_intent": intent, "amount": 4_590, "currency": "eur",
        "reason": "general", "created": 1_780_000_000,
    }  # fmt: skip

    def telling(status):
        said = DisputeTold.told({**content, "status": status})
        return lambda: payments.note_dispute(paying, told=said)

    return telling


@pytest.mark.parametrize(
    ("first", "second", "decided"),
    [
        ("lost", "needs_response", ["lost", "known"]),
        ("needs_response", "lost", ["open", "lost"]),
        ("lost", "lost", ["lost", "known"]),
    ],
)
def test_two_messages_at_once_end_where_the_later_step_is(
    database, course, told, first, second, decided
):
    with course.closed(WRITING):
        deeds = [
            course.begin(told(status), waiting=place)
            for place, status in enumerate((first, second), 1)
        ]

    assert [each.result() for each in deeds] == decided
    assert database.rows(STANDS) == [("lost",)]
    assert database.rows(MOVED) == [("disputed", 4_590), ("losses", 4_590), ("disputed", -4_590)]


def test_messages_that_lock_no_order_would_both_begin_the_dispute(
    database, course, told, monkeypatch
):
    monkeypatch.setattr(locks, "one", lambda session, table, found: session.get_one(table, found))
    with course.closed(WRITING):
        deeds = [course.begin(told("lost"), waiting=place) for place in (1, 2)]

    ends = [each.exception() for each in deeds]
    assert ends.count(None) == 1
    (refused,) = filter(None, ends)
    assert isinstance(refused, IntegrityError)
    assert "uq_disputes_ref" in str(refused)
