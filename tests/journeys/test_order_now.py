"""One press with a saved card: agreed to, entered, ordered, charged behind; and what a bank that refuses leads to.

With scripts and without, on a phone and at a desk; the worker that charges and the payment service are processes.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from tests import factories
from tests.journeys import looking
from tests.journeys.person import CHROMIUM, DESK, PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

SHUT = """
INSERT INTO call_tokens (endpoint, number, back_at)
SELECT 'payment_intents.create', n, clock_timestamp() + interval '1 hour' FROM generate_series(1, 25) n
ON CONFLICT (endpoint, number) DO UPDATE SET back_at = excluded.back_at
"""
OPEN = "UPDATE call_tokens SET back_at = '-infinity' WHERE endpoint = 'payment_intents.create'"
REFUSES_LATER = "4000 0000 0000 0341"
SECONDS_MAX = 60


def _do(place, statement):
    with place.house.session() as session:
        session.execute(text(statement))


@pytest.fixture
def shut(place):
    """No card is charged, until a test lets it."""
    _do(place, SHUT)
    yield
    _do(place, OPEN)


def saves_a_card(person, number=""):
    """Agrees, enters a card on the payment service's page, and is back with it."""
    person.goes("/card")
    person.keeps_a_picture(f"card-before-{person.language}")
    person.page.locator("[name='agreed']").check()
    person.page.locator("form[action='/card'] button").click()
    person.page.wait_for_url("**/c/pay/**")
    if number:
        person.page.locator("[name='number']").fill(number)
    person.page.locator("button[type='submit']").first.click()
    person.page.wait_for_url(re.compile(r"/card$"))
    person.reads(person.word("Your card is saved."))


def holds_a_piece(place, member, brand):
    with place.house.session() as session:
        sale = place.open_sale(session, brand=brand, styles=1)
        item = session.query(factories.SaleItem).filter_by(sale_id=sale.id).first()
        factories.hold(session, by=member, on=item)


def presses_once(person):
    """Orders in one press, on the checkout page; its address."""
    person.goes("/checkout")
    person.keeps_a_picture(f"press-{person.language}")
    person.page.locator("form[action='/checkout/now'] button").click()
    person.page.wait_for_url(re.compile(r"/orders/A[0-9A-F]+$"))
    return person.path


@pytest.mark.parametrize(
    ("language", "scripts", "size"),
    [("en", True, DESK), ("fr", True, PHONE), ("en", False, PHONE)],
    ids=["en-desk", "fr-phone", "en-without-scripts"],
)
def test_ordered_in_one_press_and_charged_behind(place, meet, shut, language, scripts, size):
    with place.house.session() as session:
        member = place.member(session, language=language)
        factories.address(session, of=member)
    person = meet("the member", language=language, scripts=scripts, size=size)
    place.lets_in(person, member.account_id)
    faults = []

    saves_a_card(person)
    person.keeps_a_picture(f"card-{language}")
    faults += looking.faults(person, "the card") if scripts else []
    holds_a_piece(place, member, f"Maison du geste {language} {scripts}")
    presses_once(person)
    person.reads(person.word("Your order is taken"))
    person.keeps_a_picture(f"taken-{language}")
    faults += looking.faults(person, "the order that is taken") if scripts else []
    order = person.path
    person.goes("/bag")
    person.keeps_a_picture(f"bag-taken-{language}")
    person.goes(order)
    _do(place, OPEN)
    person.page.locator("#standing").wait_for(state="detached", timeout=SECONDS_MAX * 1_000)
    assert person.path == order
    person.reads(person.word("Packed"))
    assert (
        place.house.value(
            "SELECT count(*) FROM orders WHERE state = 'paid' AND ref = :r",
            r=order.rpartition("/")[2],
        )
        == 1
    )

    saves_a_card(person, REFUSES_LATER)
    holds_a_piece(place, member, f"Maison du refus {language} {scripts}")
    presses_once(person)
    person.reads(person.word("Your card was not charged"))
    person.keeps_a_picture(f"refused-{language}")
    faults += looking.faults(person, "the order that is refused") if scripts else []
    person.page.locator("form[action$='/pay'] button").click()
    person.page.wait_for_url("**/c/pay/**", timeout=SECONDS_MAX * 1_000)
    assert faults == []
