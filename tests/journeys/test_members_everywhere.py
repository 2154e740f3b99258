"""Buying on a phone and at a desk, in both languages, with scripts and without: each of them to the paid order."""

import pytest

from tests.journeys import shopping, town
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

BRAND = "Maison Everywhere"


@pytest.fixture(scope="module")
def sale(place):
    with place.house.session() as session:
        return place.open_sale(session, brand=BRAND)


@pytest.mark.usefixtures("sale")
@town.EVERY_WAY
def test_a_member_buys(meet, place, way):
    with place.house.session() as session:
        account = place.member(session, language=way["language"]).account_id
    email = place.house.value("SELECT email FROM accounts WHERE id = :id", id=account)
    person = meet("the member", **way)

    town.signs_in(person, "/", email)
    person.follows(BRAND)
    shopping.goes_to(person, town.STYLE, "any-M")
    assert shopping.holds(person)
    shopping.goes_to_pay(person, "Camille Laurent")
    pieces, total = shopping.pays(person)

    assert (pieces, total) == (6_000, 6_590)
    assert place.house.rows(
        "SELECT o.state FROM orders o JOIN members m ON m.id = o.member_id WHERE m.account_id = :id",
        id=account,
    ) == [("paid",)]
    assert person.page.locator("html").get_attribute("lang") == way["language"]
