"""What was not sold, in a browser: the brand chooses, an operator counts what leaves, both read the note."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from marketplace.domain import moments
from marketplace.services import exits, sales
from tests import factories, settlement_scenes
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

SENT = """
    UPDATE orders SET state = 'shipped', packed_at = house_now(), shipped_at = house_now()
    WHERE id IN (SELECT order_id FROM order_lines WHERE sale_item_id = :item)
"""
OVER = """
    UPDATE sales SET teaser_at = teaser_at - interval '5 days', opens_at = opens_at - interval '5 days',
                     opened_at = opened_at - interval '5 days', closes_at = house_now() - interval '1 hour',
                     closed_at = house_now() - interval '1 hour', state = 'closed'
    WHERE id = (SELECT sale_id FROM sale_items WHERE id = :item)
"""
"""The sale that opened just now closed an hour ago: a house in use has no clock to be turned."""


@pytest.fixture
def scene(place):
    """A sale that is over with three of five units left, and somebody of the house."""
    made = settlement_scenes.selling(place.house, units=5)
    settlement_scenes.taken_off_the_shelf(place.house, made, 2)
    with place.house.session() as session:
        for statement in (SENT, OVER):
            session.execute(text(statement), {"item": made.item_id})
    sales.free_unsold(place.tools)
    exits.ask(made.first(place.tools), deal_id=made.deal_id, keep_until=None)
    with place.house.session() as session:
        return made, place.operator(session).id


def test_a_brand_chooses_and_the_house_counts_what_leaves(meet, place, scene, sees):
    made, operator_id = scene
    brand, house = meet("the brand"), meet("an operator")
    place.lets_in(brand, made.account_id)
    place.lets_in(house, operator_id)
    page = f"/brand/deals/{made.deal_id}/exits"

    house.goes("/admin/stock/exits")
    house.reads("The brand may choose until")
    sees(house, "/admin/stock/exits")
    brand.goes("/brand/")
    brand.reads("Choose what becomes of what")
    brand.goes(page)
    brand.reads("You may choose until", "If you say nothing: Back to the brand")
    sees(brand, "/brand/deals/N/exits, to be chosen")
    brand.page.locator('input[value="destroy"]').check()
    brand.presses("Choose")
    brand.reads("only for a reason that the law names")
    sees(brand, "/brand/deals/N/exits, refused")
    assert [each for each in brand.complaints if ": 422 for POST" not in each] == []
    brand.complaints.clear()
    brand.page.locator('input[value="donate"]').check()
    brand.presses("Choose")
    brand.reads("Written down. The house does so", "Given to a charity, by")

    house.goes(f"/admin/stock/{made.deal_id}/exits")
    sees(house, "/admin/stock/N/exits")
    house.page.get_by_label("at most 3").fill("3")
    house.page.get_by_label("Left on").fill(f"{today(place):%Y-%m-%d}")
    house.says({"Received by": "Emmaüs, Pantin"})
    house.presses("Write it down")
    house.reads("Written down as note 1; the brand is told.", "Nothing that could leave")
    sees(house, "/admin/stock/N/exits, done")
    brand.goes(page)
    brand.reads("Nothing that could leave is in the house any more.", "Emmaüs, Pantin")
    sees(brand, "/brand/deals/N/exits, gone")
    house.goes(f"/admin/stock/{made.deal_id}/exits")
    house.page.get_by_role("link", name="Correct").click()
    house.reads("The note stays as it was sealed.")
    sees(house, "/admin/stock/exits/N/correct")
    house.page.get_by_label("at most 3").fill("1")
    house.says({"Why the note told of them": "One was found on the shelf."})
    house.presses("Write the counter-note")
    house.reads("Corrected by note 2; the brand is told.")
    brand.goes(page)
    brand.reads("Counter-note 2 to note 1", "One was found on the shelf.")
    sees(brand, "/brand/deals/N/exits, corrected")
    assert place.house.broken() == []


def today(place):
    """The house's day."""
    with place.house.session() as session:
        return moments.house_day(factories.house_now(session))
