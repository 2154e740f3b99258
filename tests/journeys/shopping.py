"""What members do: they are let in, wait, hold, pay; told once for browsers with scripts and without."""

from __future__ import annotations

import re
import time

from tests.journeys import acts, figures

CARD = "4242424242424242"
OPENING_SECONDS_MAX = 150


def is_invited_by_the_house(house, email):
    """The way in of the first members; the path of the link."""
    return acts.link_in(acts.commanded(house, "members", "invite", "--email", email))


def invites(person, email):
    """One member lets another in; the path of the link in the letter."""
    person.goes("/invitations")
    person.says({"E-mail address": email})
    person.presses("Send the invitation")
    return acts.link_in(acts.letter(person, email, "invite"))


def comes_in(person, path, name):
    person.goes(path)
    person.says({"Your name": name, "Password": acts.PASSWORD})
    person.presses("Open my account")


def waits_for_the_opening(person, ref):
    """Opens the sale's page while it is only announced."""
    person.goes(f"/sales/{ref}")
    person.reads("Opens")


def sees_it_open(person, style):
    """The page turns by itself, without anybody touching it; without scripts it is asked again."""
    piece = person.page.get_by_role("link", name=style)
    if person.scripts:
        piece.wait_for(timeout=OPENING_SECONDS_MAX * 1_000)
        return
    ends = time.monotonic() + OPENING_SECONDS_MAX
    while not piece.count():
        assert time.monotonic() < ends, person.words()
        time.sleep(0.5)
        person.page.reload()


def goes_to(person, style, sku):
    """From the sale to one piece, with the size of its SKU chosen."""
    person.follows(style)
    size = sku.split("-")[1]
    person.page.get_by_role("radio", name=re.compile(rf"^{size}\b")).first.check()


def holds(person):
    """Presses the one button of a piece's page and reads what came of it: held, or not."""
    person.allows(409)
    person.presses("Hold for 10 minutes")
    return person.path == "/bag"


def all_press_at_once(people):
    """Everybody presses the one button of the page before anybody has an answer."""
    for person in people:
        person.page.evaluate(
            "() => { setTimeout(() => document.querySelector("
            "'form[action$=\"/holds\"]').requestSubmit(), 50) }"
        )
    for person in people:
        person.page.locator(".hold, .notice-warn").first.wait_for()


def goes_to_pay(person, name):
    """From the bag over the address to the payment service's own page."""
    person.goes("/bag")
    person.keeps_a_picture("bag")
    person.follows("Go to checkout")
    person.says(
        {
            "Name": name,
            "Street and number": "12 rue des Lilas",
            "Postcode": "75020",
            "Town": "Paris",
        }
    )
    person.keeps_a_picture("checkout")
    person.presses(person.beginning("Go to payment: %(total)s"))


def pays(person):
    """Fills in the hosted pay page; ends at the paid order. What it came to, in cents: pieces and total."""
    person.page.locator('[name="number"]').fill(CARD)
    person.keeps_a_picture("pay")
    person.presses(re.compile("^Pay"))
    person.reads("Thank you, your order is paid")
    person.keeps_a_picture("order")
    return cents_beside(person, "Pieces"), cents_beside(person, "Total")


def cents_beside(person, label):
    """The sum that stands beside a label, on pages that put them in pairs."""
    term = person.page.locator("dt", has_text=person.word(label))
    pair = person.page.locator("dl > div", has=term).first
    return figures.minor(pair.locator("dd").inner_text())
