"""Buying, sending a list and scheduling a sale with a keyboard alone, and each stop of the focus seen."""

import re
from datetime import timedelta

import pyotp
import pytest

from tests.journeys import acts, shopping, town
from tests.journeys.fingers import Fingers
from tests.journeys.person import CHROMIUM, PHONE
from tests.journeys.small import approved, few

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

BRAND = "Maison Clavier"


@pytest.fixture
def sits_down(meet):
    """Somebody at a keyboard; afterwards each of their stops could be seen."""
    hands = []

    def sitting(name, **more):
        person = meet(name, **more)
        hands.append(Fingers(person))
        return person, hands[-1]

    yield sitting
    assert [fault for each in hands for fault in each.faults] == []


def _signs_in(person, fingers, home, email):
    person.allows(404)
    person.goes(home)
    fingers.types("E-mail address", email)
    fingers.types("Password", town.factories.PASSWORD)
    fingers.presses("Sign in")
    person.allows(only=())


def test_a_member_buys_with_a_keyboard(place, sits_down):
    with place.house.session() as session:
        place.open_sale(session, brand=BRAND)
        account = session.get_one(town.factories.Account, place.member(session).account_id)
    person, fingers = sits_down("the member", size=PHONE)

    _signs_in(person, fingers, "/", account.email)
    fingers.skips()
    fingers.enters(BRAND)
    fingers.enters(town.STYLE)
    fingers.tabs_to(re.compile("^S"), type_="radio")
    person.page.keyboard.press("ArrowRight")
    person.page.keyboard.press("ArrowLeft")
    fingers.presses("Hold for 10 minutes")
    fingers.presses(re.compile("^Keep 5 minutes more"))
    fingers.enters("Go to checkout")
    _says_where_it_goes(person, fingers)
    fingers.types("Card number", shopping.CARD)
    fingers.presses(re.compile("^Pay"))

    person.reads("Thank you, your order is paid")


def _says_where_it_goes(person, fingers):
    """First with a postcode that is none: the page comes back with the focus on what is wrong."""
    for label, said in (("Name", "Camille Laurent"), ("Street and number", "12 rue des Lilas")):
        fingers.types(label, said)
    fingers.types("Postcode", "75020 Paris, the staircase on the left")
    fingers.types("Town", "Paris")
    person.allows(422)
    fingers.presses(person.beginning("Go to payment: %(total)s"))
    assert fingers.here()["summary"]
    fingers.enters_part("Postcode")
    fingers.types("Postcode", "75020")
    fingers.presses(person.beginning("Go to payment: %(total)s"))
    person.allows(only=())


def test_a_brand_sends_its_list_with_a_keyboard(place, sits_down, own_files, tmp_path):
    files = few(own_files, tmp_path)
    with place.house.session() as session:
        user = place.brand_user(session, of=town.factories.brand(session))
        account = session.get_one(town.factories.Account, user.account_id)
    person, fingers = sits_down("the brand")

    _signs_in(person, fingers, "/brand/", account.email)
    fingers.types("Code", pyotp.TOTP(town.SECRET).now())
    fingers.presses("Continue")
    person.goes("/brand/collections")
    fingers.enters("New collection")
    fingers.types("Name", "Men, end of line")
    fingers.presses("Make it")
    fingers.attaches("Your list", files.sheet)
    fingers.attaches("Photographs", files.images)
    fingers.presses("Read the file")
    acts.import_comes_to(person, acts.MAPPED)
    fingers.presses("Check all rows")
    acts.import_comes_to(person, "Nothing has entered your collection yet.")
    fingers.presses(re.compile(r"^Let \d+ rows in$"))
    acts.import_comes_to(person, f"{files.variants} variants of this file are in your collection.")
    fingers.enters("To the collection")

    person.reads("Men, end of line", files.style)


def test_an_operator_schedules_a_sale_with_a_keyboard(place, sits_down):
    with place.house.session() as session:
        operator = place.operator(session)
        desk = place.desk(session, operator=operator, collection="Lot by hand")
        variants = [session.get_one(town.factories.Variant, each) for each in desk.variant_ids]
    person, fingers = sits_down("the operator")

    _signs_in(person, fingers, "/admin/", operator.email)
    fingers.types("Code", pyotp.TOTP(town.SECRET).now())
    fingers.presses("Continue")
    person.goes("/admin/sales/new")
    fingers.enters("Lot by hand")
    fingers.types("Title", "The winter house")
    opens = acts.next_opening(timedelta(days=3).total_seconds())
    _types_a_time(person, fingers, "Opens", opens)
    _types_a_time(person, fingers, "Closes", opens + timedelta(days=1))
    fingers.presses("Draft the sale")
    ref = person.path.split("/")[3]
    for variant in variants:
        fingers.types(f"Units of {variant.sku}", "5")
        fingers.types(f"Price of {variant.sku}", "60.00")
    fingers.presses("Save the lines")
    approved(place, desk, ref)
    fingers.enters("Go to the pre-flight")
    fingers.presses("Schedule the sale")

    person.reads("The sale is scheduled. It opens by itself at its time.")


def _types_a_time(person, fingers, label, at):
    """Month, day and year, then the time, as Chromium asks for them where nobody told it a language."""
    fingers.tabs_to(re.compile(rf"^{label}"), type_="datetime-local")
    person.page.keyboard.type(f"{at:%m%d%Y}")
    person.page.keyboard.press("ArrowRight")
    person.page.keyboard.type(f"{at:%I%M%S%p}")
