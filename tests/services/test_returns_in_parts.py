"""Goods that come back in parts: each part is refunded once, what is missing is waited for, what is refused stays."""

from __future__ import annotations

import pytest

from jobs.contacts import SEND_LETTERS
from marketplace.domain.orders import NotTaken, RefundTooLarge
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.refusals import Invalid
from marketplace.services import orders, payments
from tests.scenes import bag_of, delivered_order


@pytest.fixture
def bag(database):
    with database.session() as session:
        return bag_of(session, units=3, price_minor=4_000)


@pytest.fixture
def back(database, paying, simulator, bag):
    """A delivered order of three at 40.00 and 5.90 of delivery; the member withdraws from all of it."""
    order = delivered_order(paying, simulator, bag)
    line = database.value("SELECT id FROM order_lines")
    number = orders.withdraw(
        paying,
        order_id=order.order_id,
        member_id=database.value("SELECT member_id FROM orders"),
        units={line: 3},
        key="k1",
        words="I withdraw.",
    )
    return number, line


PARTS = "SELECT lines, received_at IS NOT NULL, follows_id, refused FROM withdrawals ORDER BY id"


def test_a_part_is_refunded_and_the_rest_is_waited_for(database, paying, back):
    number, line = back

    first = orders.receive_part(paying, withdrawal_id=number, taken={line: 1})

    assert database.rows(PARTS) == [
        ({str(line): 1}, True, None, {}),
        ({str(line): 2}, False, number, {}),
    ]
    assert database.rows("SELECT amount_minor FROM refunds") == [(4_000,)]
    assert database.rows("SELECT returned_units, withdrawn_units FROM order_lines") == [(1, 3)]
    assert database.rows("SELECT sent_back FROM lots") == [(1,)]
    assert database.rows(
        "SELECT count(*), count(DISTINCT due_at) FROM promises WHERE subject_type = 'withdrawal'"
    ) == [(2, 1)]
    assert orders.receive_part(paying, withdrawal_id=number, taken={line: 1}) == first
    assert database.value("SELECT count(*) FROM refunds") == 1

    rest = database.value("SELECT max(id) FROM withdrawals")
    last = orders.receive_return(paying, withdrawal_id=rest)

    assert database.rows("SELECT amount_minor FROM refunds ORDER BY id") == [(4_000,), (8_590,)]
    assert database.value("SELECT state FROM orders") == "refunded"
    assert database.rows("SELECT sent_back FROM lots") == [(3,)]
    for refund_id in (first, last):
        payments.send_refund(paying, refund_id=refund_id)
    assert (
        database.value(
            "SELECT count(*) FROM promises WHERE subject_type = 'withdrawal' AND kept_at IS NULL"
        )
        == 0
    )


def test_what_is_not_taken_is_not_refunded_and_may_be_declared_again(database, paying, back):
    number, line = back

    refund = orders.receive_part(
        paying,
        withdrawal_id=number,
        taken={line: 2},
        refused={line: NotTaken(1, " Worn: the soles are marked. ")},
    )

    assert refund is not None
    assert database.rows(PARTS) == [
        (
            {str(line): 2},
            True,
            None,
            {str(line): {"units": 1, "reason": "Worn: the soles are marked."}},
        )
    ]
    assert database.rows("SELECT amount_minor FROM refunds") == [(8_000,)]
    assert database.rows("SELECT returned_units, withdrawn_units FROM order_lines") == [(2, 2)]
    assert database.rows("SELECT sent_back FROM lots") == [(2,)]
    assert database.value("SELECT reason FROM events WHERE name = 'order.return_received'") == (
        "Worn: the soles are marked."
    )
    again = orders.withdraw(
        paying,
        order_id=database.value("SELECT id FROM orders"),
        member_id=database.value("SELECT member_id FROM orders"),
        units={line: 1},
        key="k2",
        words="I withdraw once more.",
    )
    assert again > number


def test_where_nothing_is_taken_no_money_moves_and_nothing_is_promised(database, paying, back):
    number, line = back

    refund = orders.receive_part(
        paying, withdrawal_id=number, taken={}, refused={line: NotTaken(3, "Other goods.")}
    )

    assert refund is None
    assert database.value("SELECT count(*) FROM refunds") == 0
    assert database.rows(
        "SELECT void_at IS NOT NULL, kept_at FROM promises WHERE subject_type = 'withdrawal'"
    ) == [(True, None)]


@pytest.mark.parametrize(
    ("taken", "refused", "no"),
    [(4, None, RefundTooLarge), (2, NotTaken(2, "Worn."), RefundTooLarge), (0, None, Invalid),
     (1, NotTaken(1, "  "), ReasonMissing), (-1, None, RefundTooLarge)],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_happens(database, paying, back, taken, refused, no):
    number, line = back

    with pytest.raises(no):
        orders.receive_part(
            paying,
            withdrawal_id=number,
            taken={line: taken},
            refused={line: refused} if refused else {},
        )

    assert database.rows(PARTS) == [({str(line): 3}, False, None, {})]
    assert database.value("SELECT count(*) FROM refunds") == 0


def test_the_member_is_written_to_once_about_pieces_that_were_not_taken_and_why(
    database, paying, back
):
    number, line = back
    refused = {line: NotTaken(1, "Worn: the soles are marked.")}
    for _ in range(2):
        orders.receive_part(paying, withdrawal_id=number, taken={line: 2}, refused=refused)

    ((letter_id, account_id),) = database.rows(
        "SELECT id, account_id FROM letters WHERE kind = 'return_not_taken'"
    )
    SEND_LETTERS.act(paying, {})
    ((subject, text, html),) = database.rows(
        "SELECT subject, text, html FROM captured_mails WHERE letter_id = :letter", letter=letter_id
    )

    assert account_id == database.value("SELECT account_id FROM members")
    assert "could not be taken back" in subject
    assert "Why: Worn: the soles are marked." in text
    assert "Why: Worn: the soles are marked." in html


def test_no_letter_is_written_where_everything_was_taken(database, paying, back):
    number, line = back

    orders.receive_part(paying, withdrawal_id=number, taken={line: 2})

    assert database.value("SELECT count(*) FROM letters WHERE kind = 'return_not_taken'") == 0
