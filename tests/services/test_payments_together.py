"""Messages that come together are carried out together: each ends as it would have ended alone."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs import payments as jobs_of_payments
from jobs import registry
from marketplace.services import orders, payments, runs
from tests import factories
from tests.scenes import Bag, bag_of, opened, signed, stripe_event

NUMBERS = itertools.count(90_000)


def bags_of_one_piece(database, number: int, *, pieces: int = 1, units: int = 50) -> list[Bag]:
    """Bags of so many members, each with one of the pieces of one sale."""
    with database.session() as session:
        sale, _ = factories.open_sale(session, items=0)
        items = [
            factories.sale_item(session, of=sale, units=units, price_minor=6_000)
            for _ in range(pieces)
        ]
        bags = []
        for which in range(number):
            member = factories.member(session)
            address = factories.address(session, of=member)
            # Each order wants two pieces, by turns in the one order and in the other.
            for item in (items[which % pieces], items[-1 - which % pieces])[: min(2, pieces)]:
                factories.hold(session, by=member, on=item)
            bags.append(Bag(member, items[which % pieces], address.id))
        return bags


def told(tools, ref: str, *, amount: int = 6_590, paid: bool = True, intent: str = "") -> int:
    """Receive the message about a session; its number."""
    content = {
        "id": ref,
        "status": "complete" if paid else "expired",
        "payment_status": "paid" if paid else "unpaid",
        "amount_total": amount,
        "currency": "eur",
        "payment_intent": intent or f"pi_{ref}",
        "metadata": {},
    }
    kind = "checkout.session.completed" if paid else "checkout.session.expired"
    body = stripe_event(next(NUMBERS), kind, content)
    payments.receive(tools, body=body, signature=signed(body))
    with tools.reading() as session:
        return int(session.connection().exec_driver_sql("SELECT max(id) FROM inbox").scalar_one())


def outcomes(database) -> list[str]:
    return [row[0] for row in database.rows("SELECT outcome FROM inbox ORDER BY id")]


def test_payments_that_come_together_are_paid_orders_each_told_once(database, paying):
    refs = [opened(paying, bag)[1] for bag in bags_of_one_piece(database, 5)]
    messages = [told(paying, ref) for ref in refs]

    left = payments.handle_together(paying, message_ids=messages)

    assert left == ()
    assert outcomes(database) == ["paid"] * 5
    assert database.rows("SELECT state, count(*) FROM orders GROUP BY 1") == [("paid", 5)]
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'order_paid'") == 5
    assert database.value("SELECT count(*) FROM promises WHERE kind = 'delivery'") == 5
    assert database.value("SELECT count(*) FROM events WHERE name = 'order.paid'") == 5
    assert database.rows("SELECT kind, count(*) FROM postings GROUP BY 1 ORDER BY 1") == [
        ("received", 5),
        ("sold", 5),
    ]
    assert database.rows("SELECT available, held, sold FROM sale_items") == [(45, 0, 5)]


def test_together_again_changes_nothing(database, paying):
    refs = [opened(paying, bag)[1] for bag in bags_of_one_piece(database, 3)]
    messages = [told(paying, ref) for ref in refs]
    payments.handle_together(paying, message_ids=messages)
    before = database.rows("SELECT * FROM posting_lines ORDER BY id")

    assert payments.handle_together(paying, message_ids=messages) == ()
    again = [told(paying, ref) for ref in refs]
    left = payments.handle_together(paying, message_ids=again)
    for each in left:
        payments.handle(paying, message_id=each)

    assert left == tuple(again)
    assert outcomes(database) == ["paid"] * 3 + ["known"] * 3
    assert database.rows("SELECT * FROM posting_lines ORDER BY id") == before


def test_what_is_not_plain_is_left_to_be_decided_alone(database, paying):
    first, second, third, fourth = (
        opened(paying, bag)[1] for bag in bags_of_one_piece(database, 4)
    )
    plain = [told(paying, first), told(paying, second)]
    odd = [
        told(paying, "cs_of_somebody_else"),
        told(paying, third, amount=1),
        told(paying, fourth, paid=False),
    ]

    assert payments.handle_together(paying, message_ids=[*plain, *odd]) == tuple(odd)

    assert outcomes(database) == ["paid", "paid", "", "", ""]


def test_a_second_message_about_one_payment_is_left(database, paying):
    ref = opened(paying, bags_of_one_piece(database, 1)[0])[1]
    messages = [told(paying, ref), told(paying, ref)]

    (left,) = payments.handle_together(paying, message_ids=messages)
    payments.handle(paying, message_id=left)

    assert sorted(outcomes(database)) == ["known", "paid"]
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'order_paid'") == 1


def test_among_payments_that_come_too_late_the_first_take_what_is_left(database, paying, clock):
    with database.session() as session:
        late = [bag_of(session, units=2, stock=2) for _ in range(2)]
    refs = [opened(paying, bag)[1] for bag in late]
    clock.turn(minutes=11)
    orders.lapse_unpaid(paying)
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=late[1].item, units=1)
    messages = [told(paying, ref, amount=12_590) for ref in refs]

    assert payments.handle_together(paying, message_ids=messages) == ()

    assert outcomes(database) == ["paid_late", "paid_late"]
    assert database.rows("SELECT state FROM orders ORDER BY id") == [("paid",), ("refunded",)]
    assert database.value("SELECT count(*) FROM refunds") == 1


def test_the_same_messages_in_many_hands_end_once(database, paying):
    """Two workers that were both sent them, and pieces that every second order names the other way round."""
    refs = [opened(paying, bag)[1] for bag in bags_of_one_piece(database, 12, pieces=4)]
    messages = [told(paying, ref, amount=12_590) for ref in refs]

    def work(turn: int) -> None:
        some = messages[turn * 2 % 12 :] + messages[: turn * 2 % 12]
        for each in payments.handle_together(paying, message_ids=some):
            payments.handle(paying, message_id=each)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))

    assert outcomes(database) == ["paid"] * 12
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'order_paid'") == 12
    assert database.value("SELECT sum(sold) FROM sale_items") == 24


def test_one_run_carries_all_that_came_and_one_that_breaks_keeps_nobody(
    database, paying, monkeypatch
):
    refs = [opened(paying, bag)[1] for bag in bags_of_one_piece(database, 3)]
    broken, *others = [told(paying, ref) for ref in refs]

    def break_together(*_, **__):
        raise AssertionError("together")

    one = payments.handle

    def break_one(tools, *, message_id):
        assert message_id != broken, "alone"
        one(tools, message_id=message_id)

    monkeypatch.setattr(jobs_of_payments.payments, "handle_together", break_together)
    monkeypatch.setattr(jobs_of_payments.payments, "handle", break_one)

    with pytest.raises(AssertionError, match="alone"):
        jobs_of_payments.HANDLE_MESSAGE.act(paying, {"subject_ids": [broken, *others]})

    assert outcomes(database) == ["", "paid", "paid"]


def test_messages_that_are_relayed_at_once_become_one_run(database, paying):
    refs = [opened(paying, bag)[1] for bag in bags_of_one_piece(database, 3)]
    messages = [told(paying, ref) for ref in refs]

    runs.relay(paying, subscribers=registry.SUBSCRIBERS, together=registry.TOGETHER)

    name = jobs_of_payments.HANDLE_MESSAGE.name
    assert database.rows("SELECT arguments FROM job_runs WHERE job = :job", job=name) == [
        ({"subject_ids": messages},)
    ]
