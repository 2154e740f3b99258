"""A whole morning: a brand's own file becomes a sale that opens by itself, is raced for, and is reported on.

Every process is real, every act is done at a page in Chromium, every letter is read where letters are captured.
"""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys import acts, figures, morning, shopping
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

NAMES = morning.Names("Port")
LATE_SECONDS_MAX = 15
"""A browser that turns its page within this time of the opening turned it by itself, and not by luck."""


def test_one_morning(meet, house, brands_files):
    operator, brand = meet("the operator"), meet("the brand")
    morning.the_brand_comes_in(house, operator, brand, NAMES)
    morning.the_file_becomes_a_collection(brand, brands_files, NAMES)
    pace = morning.the_deal_is_made_and_the_goods_are_in(operator, brand, NAMES)
    members = _members_come_in(meet, house)
    ref, opens = morning.the_sale_is_scheduled(operator, brand, brands_files, NAMES, pace)
    _members_gather(members, ref)

    _everybody_sees_it_open(members, opens, brands_files)
    winners, waiting = _two_of_three_hold_the_last_pieces(operator, members, ref)
    first = _pays(winners[0])
    _gives_back(winners[1])
    second = _gets_what_was_given_back(waiting)

    _the_brand_reads(brand, ref, pieces=first[0] + second[0])
    _the_sale_ends(operator, winners[1], ref)
    _the_report_says_what_the_orders_say(brand, pieces=first[0] + second[0])
    assert house.broken() == []


def _members_come_in(meet, house):
    """Two whom the house invited, and one whom a member invited."""
    alice, benoit, chloe = (meet(name) for name in ("Alice", "Benoît", "Chloé"))
    by_house = shopping.is_invited_by_the_house(house, NAMES.email("alice"))
    shopping.comes_in(alice, by_house, "Alice Martin")
    by_alice = shopping.invites(alice, NAMES.email("benoit"))
    shopping.comes_in(benoit, by_alice, "Benoît Roy")
    by_house = shopping.is_invited_by_the_house(house, NAMES.email("chloe"))
    shopping.comes_in(chloe, by_house, "Chloé Petit")
    return alice, benoit, chloe


def _members_gather(members, ref):
    """All of them wait at the sale's page, which tells no price yet."""
    for member in members:
        shopping.waits_for_the_opening(member, ref)
    members[0].keeps_a_picture("teaser")


def _everybody_sees_it_open(members, opens, files):
    for member in members:
        shopping.sees_it_open(member, files.style)
    seen = datetime.now(acts.PARIS).replace(tzinfo=None)
    assert opens <= seen < opens + timedelta(seconds=LATE_SECONDS_MAX)
    members[0].keeps_a_picture("sale-open")
    for member in members:
        shopping.goes_to(member, files.style, files.scarce)
    members[0].keeps_a_picture("piece")


def _two_of_three_hold_the_last_pieces(operator, members, ref):
    """Who holds, and who was told that all are in bags."""
    for member in members:
        member.allows(409)
    shopping.all_press_at_once(members)
    winners = [member for member in members if member.path == "/bag"]
    (waiting,) = [member for member in members if member not in winners]
    assert len(winners) == morning.UNITS
    waiting.reads("Not held")
    expect(_shelf(waiting)).to_have_text("All in bags")
    waiting.keeps_a_picture("piece-all-in-bags")
    operator.goes(f"/admin/board/{ref}")
    assert figures.figure(operator, "In bags now") == "2"
    operator.keeps_a_picture("operator-board")
    return winners, waiting


def _pays(member):
    shopping.goes_to_pay(member, member.name)
    return shopping.pays(member)


def _gives_back(member):
    member.presses("Give it back")
    member.reads("Your bag is empty.")


def _gets_what_was_given_back(waiting):
    """The page that said that all are in bags says by itself that one is free again."""
    expect(_shelf(waiting)).to_have_text("Few left", timeout=30_000)
    assert shopping.holds(waiting)
    return _pays(waiting)


def _the_brand_reads(brand, ref, *, pieces):
    brand.goes(f"/brand/sales/{ref}/live")
    brand.reads("Pieces paid")
    expect(brand.page.locator("#chart-paid .uplot")).to_be_visible()
    brand.keeps_a_picture("brand-live")
    assert figures.figure(brand, "Pieces paid") == "2"
    assert figures.minor(figures.figure(brand, "Sales with VAT, gross")) == pieces


def _the_sale_ends(operator, member, ref):
    """A member who looks at the sale sees it close without touching anything."""
    member.goes(f"/sales/{ref}")
    member.reads("Closes")
    acts.operator_ends_it(operator, ref)
    member.reads("This sale has closed")
    member.keeps_a_picture("sale-closed")
    operator.goes(f"/admin/board/{ref}")
    operator.keeps_a_picture("operator-board-closed")


def _the_report_says_what_the_orders_say(brand, *, pieces):
    said = acts.letter(brand, NAMES.speaker, "Your sale has closed")
    assert "Pieces paid" in said
    brand.keeps_a_picture("letter-report")
    sheets = morning.workbook(brand)
    assert sheets["Pieces paid"] == [2, 0]
    brand.goes("/brand/reports")
    brand.follows(morning.TITLE)
    brand.keeps_a_picture("brand-report")
    assert figures.figure(brand, "Pieces paid") == "2"
    assert figures.minor(figures.figure(brand, "Sales with VAT, gross")) == pieces
    assert int(figures.figure(brand, "Refused adds")) >= 1


def _shelf(member):
    """The words on the size that was chosen."""
    return member.page.locator(".size", has=member.page.locator("input:checked")).locator(
        ".state-word"
    )
