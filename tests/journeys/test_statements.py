"""A brand's money from statement to bank: read, approved by one, handed over by another; a charge contested."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from marketplace.services import settlements
from tests import settlement_scenes
from tests.journeys.person import CHROMIUM
from tests.journeys.town import SECRET

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

AGO = timedelta(days=20)
PROOF = {"name": "box.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
AGED = """
    WITH aged AS (
        UPDATE sales SET teaser_at = teaser_at - :ago, opens_at = opens_at - :ago, opened_at = opened_at - :ago,
               closes_at = house_now() - interval '18 days', closed_at = house_now() - interval '18 days',
               state = 'closed'
        WHERE id = :sale RETURNING id
    )
    UPDATE order_lines SET paid_at = paid_at - :ago FROM aged WHERE sale_id = aged.id
"""
"""What was sold just now was sold three weeks ago: a house in use has no clock to be turned."""


@pytest.fixture
def scene(place):
    """A sale of three weeks ago with ten units sold, its statement, and two people of the house."""
    made = settlement_scenes.selling(
        place.house, reserve_bps=1_000, chargebacks=[{"reason": "damaged", "minor": 450}]
    )
    settlement_scenes.payable(place.house, made.brand_id)
    settlement_scenes.taken_off_the_shelf(place.house, made, 6, 4)
    with place.house.session() as session:
        sale = session.execute(
            text("SELECT sale_id FROM sale_items WHERE id = :i"), {"i": made.item_id}
        ).scalar_one()
        session.execute(text(AGED), {"ago": AGO, "sale": sale})
    while settlements.issue(place.tools) is not None:
        pass
    with place.house.session() as session:
        people = [place.operator(session).id for _ in range(2)]
    return made, people


def test_a_statement_is_read_approved_and_paid_by_two_and_a_charge_is_contested(
    meet, place, scene, sees
):
    made, (first_id, second_id) = scene
    brand, first, second = meet("the brand"), meet("one operator"), meet("another operator")
    for person, account_id in ((brand, made.account_id), (first, first_id), (second, second_id)):
        place.lets_in(person, account_id)

    _the_brand_reads_what_it_waits_for(brand, sees)
    page = _one_approves(first, made, sees)
    _another_pays(second, page, sees)
    _the_brand_reads_that_it_is_paid(brand)
    charge = _a_charge_is_proposed(first, made, sees)
    _the_brand_contests_it(brand, sees)
    _another_decides(second, charge, sees)
    brand.goes("/brand/relation")
    brand.reads("Paid in time", "Charges contested")
    assert place.house.broken() == []


def _the_brand_reads_what_it_waits_for(brand, sees):
    brand.goes("/brand/")
    brand.page.locator("header").get_by_role("link", name="Statements").click()
    # Ten at 40.00 are 333.33 without VAT, 250.00 owed and 50.00 of VAT on it; a tenth of 250.00 waits.
    brand.reads("€275.00", "A person of the house looks at it and approves it.", "What comes next")
    brand.keeps_a_picture("statements")
    sees(brand, "/brand/statements")
    brand.follows("Statement 1")
    brand.reads("10 units sold; 0 cancelled, 0 sent back.", "Reserve until the sale is final")
    brand.keeps_a_picture("statement")
    sees(brand, "/brand/statements/1")
    with brand.page.expect_download() as coming:
        brand.page.get_by_role("link", name="CSV").click()
    assert b"333.33;83.33;250.00" in coming.value.path().read_bytes()


def _one_approves(first, made, sees):
    first.goes("/admin/statements")
    sees(first, "/admin/statements")
    row = first.page.locator("tbody tr").filter(
        has=first.page.locator(f'a[href="/admin/brands/{made.brand_id}"]')
    )
    row.get_by_role("link", name="Statement 1").click()
    first.reads("Maison Verrier …0189", "To be approved")
    sees(first, "/admin/statements/N")
    first.says({"Code": pyotp.TOTP(SECRET).now()})
    first.presses("Approve the payout")
    first.reads("Approved. Another person of the house hands it to the bank.")
    assert "It is paid" not in first.words()
    return first.path


def _another_pays(second, page, sees):
    second.goes(page)
    second.reads("It is approved; a second person hands it to the bank.")
    sees(second, "an approved payout")
    second.says({"Reference of the bank": "SEPA 2026-11-22 1"})
    second.presses("It is paid")
    second.reads("Written down; the brand is told.")
    second.keeps_a_picture("paid")


def _the_brand_reads_that_it_is_paid(brand):
    brand.goes("/brand/statements")
    brand.reads("Paid on", "SEPA 2026-11-22 1")


def _a_charge_is_proposed(first, made, sees):
    first.goes(f"/admin/deals/{made.deal_id}")
    first.follows("Propose a charge")
    sees(first, "/admin/deals/N/charge")
    first.says({"Units": "3", "What was found": "Three boxes were wet.", "Proof": PROOF})
    first.presses("Propose the charge")
    first.reads("Proposed; the brand is told.", "€13.50")
    return first.path


def _the_brand_contests_it(brand, sees):
    brand.goes("/brand/")
    brand.page.get_by_role("link", name="Look at the charge").click()
    brand.reads(
        "Three boxes were wet.", "Nothing is taken off a statement before the charge is final"
    )
    sees(brand, "/brand/charges/N")
    brand.says({"Why it is not right": "They left dry; see the carrier's note."})
    brand.presses("Contest the charge")
    brand.reads("Contested")
    brand.keeps_a_picture("contested")


def _another_decides(second, charge, sees):
    second.goes("/admin/charges")
    sees(second, "/admin/charges")
    second.goes(charge)
    second.reads("They left dry")
    second.says({"Units upheld": "1", "Why": "One box was wet."})
    second.presses("Decide")
    second.reads("Upheld; it is on the next statement.", "Final amount: €4.50")
    sees(second, "a decided charge")
