"""A piece that is gone: a member waits for it, another gives it back, and a letter and the bag tell of it."""

from __future__ import annotations

import pytest

from marketplace.services import holds
from tests import factories
from tests.journeys import acts, town
from tests.journeys.person import CHROMIUM, DESK, PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]


SUBJECTS = {"en": "It came back", "fr": "est revenu"}


@pytest.mark.parametrize(
    "way",
    [
        {"size": PHONE, "language": "fr", "scripts": True},
        {"size": DESK, "language": "en", "scripts": False},
    ],
    ids=["phone", "desk"],
)
def test_what_is_given_back_reaches_whoever_waits_for_it(meet, place, sees, way):
    brand = f"Maison Wait {way['language']}"
    with place.house.session() as session:
        sale = place.open_sale(session, brand=brand, units=1)
        items = session.query(factories.SaleItem).filter_by(sale_id=sale.id).all()
        first = factories.member(session)
        account = place.member(session, language=way["language"]).account_id
    with place.house.session() as session:
        held = [factories.hold(session, by=first, on=item) for item in items]
    email = place.house.value("SELECT email FROM accounts WHERE id = :id", id=account)
    person = meet("the member", **way)
    looks = sees if person.scripts else lambda *_: None
    town.signs_in(person, "/", email)

    person.follows(brand)
    person.follows(town.STYLE)
    for box in person.page.locator(".wait-sizes input").all():
        box.check()
    person.keeps_a_picture("wait-list")
    looks(person, "wait list")
    person.presses("Join the wait list")
    person.reads("You are the next.")
    person.keeps_a_picture("on-the-wait-list")
    person.goes("/bag")
    person.reads("On wait lists", "You are the next.")
    person.keeps_a_picture("bag-of-who-waits")
    looks(person, "bag of who waits")
    holds.release(place.tools, member_id=first.id, hold_ids=held)
    letter = acts.letter(person, email, SUBJECTS[way["language"]])

    assert "/bag" in letter
    person.goes("/bag")
    assert person.page.locator(".hold").count() == 1
    person.keeps_a_picture("came-back")
    looks(person, "bag")
