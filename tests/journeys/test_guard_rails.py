"""A brand sets what must hold in each of its sales, the house meets that while it plans, the brand signs the page."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from tests import factories
from tests.journeys import acts
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

BRAND, RIVAL = "Maison Réserve", "Maison Rivale"
LOT, TITLE = "A quiet lot", "The quiet house"
RIVALS_MORNING = timedelta(days=4)
ANNOUNCED_DAYS = "14"
"""So many before the opening that members may know of it at once."""
OWN_CUSTOMER = "ada@reserve.example"
BEFORE, AFTER = "60.00", "65.00"


@pytest.fixture
def scene(place):
    """A lot whose goods are in, a rival with a sale of its own, a customer of the brand and another member."""
    with place.house.session() as session:
        operator = place.operator(session)
        desk = place.desk(session, operator=operator, collection=LOT)
        session.get_one(factories.Brand, desk.brand_id).name = BRAND
        place.open_sale(session, brand=RIVAL, opens_in=RIVALS_MORNING)
        skus = [session.get_one(factories.Variant, each).sku for each in desk.variant_ids]
        known = place.member(session, email=OWN_CUSTOMER)
        other = place.member(session)
    return operator.id, desk.brand_account_id, skus, known.account_id, other.account_id


def test_guard_rails_hold_from_the_plan_to_what_members_see(meet, place, scene, sees, tmp_path):
    works, speaks, skus, known, other = scene
    brand, operator = meet("the brand"), meet("the operator")
    place.lets_in(brand, speaks)
    place.lets_in(operator, works)

    _the_brand_sets_them(brand, sees)
    _its_own_customers_are_kept_out(brand, sees, tmp_path)
    ref = _the_morning_of_a_rival_is_refused(operator, skus, sees)
    _another_morning_is_free(operator, ref)
    _the_brand_signs_and_is_asked_again(brand, operator, ref, skus, sees)
    acts.operator_schedules(operator, ref)
    operator.reads("The sale is scheduled. It opens by itself at its time.")
    _a_second_sale_comes_too_soon(operator)
    _members_see_a_sale_without_its_name_or_none(meet, place, ref, known, other)
    assert place.house.broken() == []


def _the_brand_sets_them(brand, sees):
    brand.goes("/brand/guard-rails")
    brand.says(
        {
            "Members may know of a sale before it opens": True,
            "Members may read your name before the opening": False,
            "Your name may stand in the subject of e-mails to members": False,
            "Days between two sales, at least": "45",
            "Brands that yours does not share a morning with": RIVAL,
        }
    )
    brand.presses("Save")
    brand.reads("Saved. They hold from the next scheduling on.", "What changed")
    brand.keeps_a_picture("guard-rails")
    sees(brand, "/brand/guard-rails")


def _its_own_customers_are_kept_out(brand, sees, folder):
    """A list with an address, a digest and a line that is neither."""
    sent = folder / "customers.csv"
    digest = sha256(b"grace@reserve.example").hexdigest()
    sent.write_text(f"{OWN_CUSTOMER}\n{digest}\nnobody\n", encoding="utf-8")
    brand.follows("Own customers")
    sees(brand, "/brand/own-customers, empty")
    brand.says({"List of your customers": sent})
    brand.presses("Keep them out")
    brand.reads("2 customers are kept out from now on. Not understood: 1.", "too few to tell")
    brand.keeps_a_picture("own-customers")
    sees(brand, "/brand/own-customers")


def _the_morning_of_a_rival_is_refused(operator, skus, sees):
    opens = acts.next_opening(RIVALS_MORNING.total_seconds())
    ref = acts.operator_drafts_a_sale(operator, LOT, TITLE, opens)
    acts.operator_fills_it(operator, [(sku, 5, BEFORE) for sku in skus])
    shared = f"{RIVAL} opens its sale"
    operator.goes(f"/admin/?day={opens:%Y-%m-%d}")
    operator.reads(BRAND, shared)
    operator.keeps_a_picture("week-with-a-conflict")
    sees(operator, "the week with a conflict")
    operator.goes(f"/admin/sales/{ref}/preflight")
    operator.reads(shared, "give neither brand the reason: it is confidential.")
    assert operator.page.get_by_role("button", name="Schedule the sale").count() == 0
    sees(operator, "a pre-flight that blocks")
    return ref


def _another_morning_is_free(operator, ref):
    opens = acts.next_opening((RIVALS_MORNING + timedelta(days=2)).total_seconds())
    operator.goes(f"/admin/sales/{ref}/plan")
    closes = opens + timedelta(hours=24)
    operator.types(
        opens_wall=f"{opens:%Y-%m-%dT%H:%M:%S}",
        closes_wall=f"{closes:%Y-%m-%dT%H:%M:%S}",
        teaser_days=ANNOUNCED_DAYS,
    )
    operator.presses("Save the plan")
    operator.goes(f"/admin/sales/{ref}/preflight")
    assert RIVAL not in operator.words()


def _the_brand_signs_and_is_asked_again(brand, operator, ref, skus, sees):
    acts.brand_approves(brand, TITLE)
    operator.goes(f"/admin/sales/{ref}/items")
    acts.operator_fills_it(operator, [(skus[0], 5, AFTER)])
    operator.goes(f"/admin/sales/{ref}/preflight")
    operator.reads("The sale can be scheduled once no row blocks.")

    brand.page.reload()
    brand.reads("Changed since you approved it", "€65")
    brand.keeps_a_picture("approval-again")
    sees(brand, "a sale that changed")
    acts.brand_approves(brand, TITLE)
    sees(brand, "a sale that is approved")


def _a_second_sale_comes_too_soon(operator):
    opens = acts.next_opening((RIVALS_MORNING + timedelta(days=30)).total_seconds())
    ref = acts.operator_drafts_a_sale(operator, LOT, "Too soon", opens)
    operator.goes(f"/admin/sales/{ref}/preflight")
    operator.reads("The brand wants 45 days between its sales")


def _members_see_a_sale_without_its_name_or_none(meet, place, ref, known, other):
    own, stranger = meet("an own customer"), meet("a member")
    place.lets_in(own, known)
    place.lets_in(stranger, other)
    own.allows(404)
    own.goes(f"/sales/{ref}")
    own.reads("It does not exist, or it is not yours to see.")

    def told():
        stranger.goes("/")
        return f"/sales/{ref}" in stranger.page.content()

    place.house.until(told, what="the announcement")
    own.goes("/")
    assert f"/sales/{ref}" not in own.page.content()

    stranger.goes(f"/sales/{ref}")
    stranger.reads("Opens")
    assert BRAND not in stranger.page.content()
    assert stranger.page.locator("main img").count() == 0
    stranger.keeps_a_picture("teaser-without-a-name")
