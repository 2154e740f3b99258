"""Letters: one for each key, within the person's budget, in the reader's language, sent once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from jobs.contacts import SEND_LETTERS
from marketplace.db import contacts as vault_contacts
from marketplace.queries import letters as question
from marketplace.services import contacts, orders, payments
from marketplace.toolbox import GatewayTrouble, Mail
from marketplace.words import letters
from tests import factories
from tests.scenes import bag_of, paid_order

MAIL = Mail("a@example.org", "A", "s", "t", "<p>h</p>")


def _write(database, account, *, count: int, transactional: bool) -> None:
    with database.session() as session:
        for number in range(count):
            vault_contacts.write(
                session,
                key=f"k{number}",
                kind="password_changed",
                account_id=account.id,
                transactional=transactional,
                facts={"realm": "member"},
            )


@pytest.fixture
def reader(database):
    with database.session() as session:
        return factories.account(session, name="Inès Moreau", locale="fr")


def test_of_a_hundred_letters_at_once_only_the_budget_is_sent(database, tools, reader):
    _write(database, reader, count=100, transactional=False)

    with ThreadPoolExecutor(10) as pool:
        claimed = [
            each
            for found in pool.map(lambda _: contacts.claim(tools, most=10), range(10))
            for each in found
        ]
    for letter_id in claimed:
        contacts.deliver(tools, letter_id=letter_id, mail=MAIL)

    assert len(claimed) == 3
    assert database.rows("SELECT state, count(*) FROM letters GROUP BY state ORDER BY state") == [
        ("sent", 3),
        ("withheld", 97),
    ]
    assert (
        database.value("SELECT DISTINCT reason FROM letters WHERE state = 'withheld'")
        == "contact_budget_spent"
    )


def test_what_a_person_asked_for_is_never_withheld(database, tools, reader):
    _write(database, reader, count=10, transactional=True)

    assert len(contacts.claim(tools)) == 10


def test_the_budget_opens_again_after_its_week(database, tools, reader, clock):
    _write(database, reader, count=4, transactional=False)
    for letter_id in contacts.claim(tools):
        contacts.deliver(tools, letter_id=letter_id, mail=MAIL)
    clock.turn(days=7, minutes=1)
    with database.session() as session:
        vault_contacts.write(
            session,
            key="later",
            kind="password_changed",
            account_id=reader.id,
            transactional=False,
            facts={},
        )

    assert len(contacts.claim(tools)) == 1


def test_a_letter_asked_for_twice_is_written_once(database, reader):
    with database.session() as session:
        asked = [
            vault_contacts.write(
                session,
                key="once",
                kind="password_changed",
                account_id=reader.id,
                transactional=True,
                facts={},
            )
            for _ in range(2)
        ]

    assert asked[0] is not None
    assert asked[1] is None


def test_a_mail_server_that_is_away_leaves_the_letter_for_another_try(
    database, tools, reader, clock
):
    class Away:
        def send(self, mail):
            raise GatewayTrouble("421")

    _write(database, reader, count=1, transactional=True)
    (letter_id,) = contacts.claim(tools)
    contacts.deliver(replace(tools, mail=Away()), letter_id=letter_id, mail=MAIL)
    assert contacts.claim(tools) == ()

    clock.turn(minutes=3)

    assert contacts.claim(tools) == (letter_id,)
    assert database.value("SELECT count(*) FROM captured_mails") == 0


def test_the_job_puts_an_order_into_words_of_its_reader_and_sends_it_once(
    database, paying, simulator
):
    with database.session() as session:
        bag = bag_of(session)
        session.execute(
            factories.text("UPDATE accounts SET locale = 'fr' WHERE id = :id"),
            {"id": bag.account_id},
        )
    order = paid_order(paying, simulator, bag)

    SEND_LETTERS.act(paying, {})
    SEND_LETTERS.act(paying, {})

    ((subject, text, html),) = database.rows("SELECT subject, text, html FROM captured_mails")
    assert subject == f"Votre commande {order.ref} est payée"
    assert "65,90" in text
    assert f"http://localhost:8000/orders/{order.ref}" in html


def test_every_kind_has_its_facts_and_its_text_and_the_reverse():
    assert set(letters.kinds()) == set(question.KINDS)


def test_a_refund_and_a_late_payment_are_told_in_words(database, paying, simulator):
    with database.session() as session:
        bag = bag_of(session)
    order = paid_order(paying, simulator, bag)
    refund_id = orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)
    payments.send_refund(paying, refund_id=refund_id)

    SEND_LETTERS.act(paying, {})

    subjects = {subject for (subject,) in database.rows("SELECT subject FROM captured_mails")}
    assert "€65.90 are on their way back to you" in subjects
