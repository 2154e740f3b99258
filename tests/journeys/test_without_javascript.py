"""The same morning in browsers that run no scripts: nothing on the way from file to report depends on one."""

import re

import pytest

from tests.journeys import acts, figures, morning, shopping
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

NAMES = morning.Names("Rade")


def test_a_morning_without_javascript(meet, house, own_files):
    operator, brand = meet("the operator", scripts=False), meet("the brand", scripts=False)
    morning.the_brand_comes_in(house, operator, brand, NAMES)
    morning.the_file_becomes_a_collection(brand, own_files, NAMES)
    pace = morning.the_deal_is_made_and_the_goods_are_in(operator, brand, NAMES)
    alice, benoit = _two_come_in(meet, house)
    ref, _ = morning.the_sale_is_scheduled(operator, brand, own_files, NAMES, pace)
    shopping.waits_for_the_opening(alice, ref)

    shopping.sees_it_open(alice, own_files.style)
    _holds_all_there_are_and_keeps_them_longer(alice, ref, own_files)
    _is_told_that_all_are_in_bags(benoit, ref, own_files)
    shopping.goes_to_pay(alice, "Alice Martin")
    pieces, _ = shopping.pays(alice)
    _cancels(alice)

    acts.operator_ends_it(operator, ref)
    alice.goes(f"/sales/{ref}")
    alice.reads("This sale has closed")
    _the_report_counts_what_was_paid_and_what_came_back(brand, pieces)
    assert house.broken() == []


def _two_come_in(meet, house):
    alice, benoit = meet("Alice", scripts=False), meet("Benoît", scripts=False)
    for person, email, name in (
        (alice, NAMES.email("alice"), "Alice Martin"),
        (benoit, NAMES.email("benoit"), "Benoît Roy"),
    ):
        shopping.comes_in(person, shopping.is_invited_by_the_house(house, email), name)
    return alice, benoit


def _holds_all_there_are_and_keeps_them_longer(member, ref, files):
    for _ in range(morning.UNITS):
        member.goes(f"/sales/{ref}")
        shopping.goes_to(member, files.style, files.scarce)
        assert shopping.holds(member)
    member.presses(re.compile("^Keep 5 minutes more"))
    member.reads("Its time was extended and ends then for good.")


def _is_told_that_all_are_in_bags(member, ref, files):
    member.goes(f"/sales/{ref}")
    shopping.goes_to(member, files.style, files.scarce)
    member.reads("All in bags")
    assert not shopping.holds(member)
    member.reads("Not held")


def _cancels(member):
    """Before anything is packed, at the order's own page; the money goes back whole."""
    member.follows("Cancel the order")
    member.presses("Cancel the order")
    member.reads("Cancelled", "Refunded")


def _the_report_counts_what_was_paid_and_what_came_back(brand, pieces):
    acts.letter(brand, NAMES.speaker, "Your sale has closed")
    brand.goes("/brand/reports")
    brand.follows(morning.TITLE)
    brand.reads("Net of 2 cancelled or returned: 0%", "net of what came back: €0")
    assert figures.figure(brand, "Pieces paid") == str(morning.UNITS)
    assert figures.minor(figures.figure(brand, "Sales with VAT, gross")) == pieces
