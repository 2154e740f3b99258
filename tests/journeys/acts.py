"""What the people of a morning do at their pages, told once for browsers with scripts and without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyotp

from marketplace.local.state import ROOT

PASSWORD = "a long quiet morning in november"
PARIS = ZoneInfo("Europe/Paris")
LETTER_SECONDS_MAX = 60
STANDS_STILL_SECONDS_MAX = 60
OPENS_IN_SECONDS_MIN = 20
"""Time enough for approving and scheduling, at least."""


@dataclass(frozen=True)
class Files:
    """What the brand sends; a style of it that has photographs, and two SKUs of that style."""

    sheet: Path
    images: Path
    style: str
    scarce: str
    plenty: str
    styles: int
    variants: int
    photographs: int


def commanded(house, *words, said=""):
    """Carry out an ``aubaine`` command beside the running house; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "marketplace.cli", *words],
        env={**os.environ, **house.told["environment"]},
        cwd=ROOT,
        input=said,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def link_in(text):
    """The path of the one link of ours in ``text``."""
    found = re.search(r"https?://localhost:[0-9]+(/\S+/[A-Za-z0-9_-]{20,})", text)
    assert found, text
    return found[1]


# Letters.


def letter(person, to, subject):
    """The text of the newest captured mail to somebody whose subject contains these words."""
    ends = time.monotonic() + LETTER_SECONDS_MAX
    while time.monotonic() < ends:
        person.goes("/mails/")
        rows = person.page.get_by_role("row").filter(has_text=to).filter(has_text=subject)
        if rows.count():
            person.follows(re.compile(".+"), within=rows.first)
            return person.words("pre.code")
        time.sleep(0.3)
    raise AssertionError(f"no letter about {subject!r} came for {to}")


# The operator.


def operator_comes_in(person, house, email, name):
    """Made at the terminal, signed in with a second factor that is set up at the door."""
    commanded(
        house, "operators", "create", "--email", email, "--name", name, "--password-stdin",
        said=f"{PASSWORD}\n",
    )  # fmt: skip
    person.goes("/admin/sign-in")
    person.says({"E-mail address": email, "Password": PASSWORD})
    person.presses("Sign in")
    sets_up_the_second_step(person)


def sets_up_the_second_step(person):
    """Copies the secret from the page into an app, and types in what the app shows."""
    secret = person.words(".factor-secret").replace(" ", "")
    person.says({"Code": pyotp.TOTP(secret).now()})
    person.presses("Continue")


def operator_makes_a_brand(person, name, email, speaker):
    """A brand with a profile, an account manager, and a person who is invited to speak for it."""
    person.goes("/admin/brands/new")
    person.says({"Name": name, "Legal name": f"{name} SAS", "Country": "FR"})
    person.presses("Write it down")
    person.says(
        {
            "Manufacturer\u2019s address": "3 rue du Port, 29000 Quimper",
            "Manufacturer\u2019s e-mail address": email,
            "In its own words": "Knitted by the sea.",
            "Account manager": {"index": 1},
        }
    )
    person.presses("Save the profile")
    person.follows("Joining")
    person.page.locator("#reason-rest").fill("A house we have worked with since 2019.")
    person.presses("Waive the rest")
    person.follows(name)
    person.types(email=email, person=speaker)
    person.page.locator('select[name="locale"]').select_option("en")
    person.presses("Send the invitation")


# The brand.


def brand_comes_in(person, email):
    """Follows the letter's link, chooses a password, stands in its own door."""
    person.goes(link_in(letter(person, email, "Your access")))
    person.says({"Password": PASSWORD})
    person.presses("Open my account")
    sets_up_the_second_step(person)


def brand_lets_its_name_be_read_ahead(person):
    """The brand alone says whether members read its name before an opening."""
    person.goes("/brand/guard-rails")
    person.says({"Members may read your name before the opening": True})
    person.presses("Save")


def brand_makes_a_collection(person, name):
    person.goes("/brand/collections")
    person.follows("New collection")
    person.says({"Name": name, "Season": "FW26"})
    person.presses("Make it")


def brand_sends(person, files):
    """Uploads sheet and photographs; ends at the import's page."""
    person.says({"Your list": files.sheet, "Photographs": files.images})
    person.presses("Read the file")


def import_comes_to(person, sentence):
    """Waits at the import's page until it says so, as long as it moves on; without scripts by asking again."""
    said, since, wanted = person.words(), time.monotonic(), person.word(sentence)
    while wanted not in said:
        assert time.monotonic() < since + STANDS_STILL_SECONDS_MAX, f"it stands still: {said}"
        if person.scripts:
            person.page.wait_for_timeout(200)
        else:
            time.sleep(0.5)
            person.page.reload()
        before, said = said, person.words()
        if said != before:
            since = time.monotonic()


MANY = 99
"""A number that no sentence holds, in whose place any may stand."""

MAPPED = (
    "This is how we read your columns, with cells of your own beside them. "
    "Correct what is wrong; we remember it for your next file."
)


def brand_confirms_the_import(person, files):
    """Looks at what the columns mean and at what will happen, and lets the rows in."""
    import_comes_to(person, person.word(MAPPED))
    person.keeps_a_picture("import-mapping")
    person.presses("Check all rows")
    import_comes_to(person, "Nothing has entered your collection yet.")
    person.keeps_a_picture("import-preview")
    styles = person.plural("%(num)s style", "%(num)s styles", files.styles)
    variants = person.plural("%(num)s variant", "%(num)s variants", files.variants)
    found = {"matched": files.photographs, "all": files.photographs}
    person.reads(
        f"{styles}, {variants}",
        person.word("%(matched)s of %(all)s photographs found their style", **found),
    )
    let_in = person.plural("Let %(num)s row in", "Let %(num)s rows in", MANY)
    person.presses(re.compile(rf"^{re.escape(let_in)}$".replace(str(MANY), r"[\d,\s]+")))


def brand_states_its_brief(person):
    person.follows("State your brief")
    person.says(
        {
            "What should be solved": "A warehouse to empty before a move in spring.",
            "By when must every unit have left": f"{today() + timedelta(days=120):%Y-%m-%d}",
            "What must never happen": "Never below the floor, never beside a competitor.",
            "What the goods cost you, all together": "90000",
        }
    )
    person.presses("Keep the brief")


FACTS = {
    "composition": "100 % cotton",
    "manufacturer": "Maison Port SAS, 3 rue du Port, 29000 Quimper, France, hello@port.example",
    "origin": "PT",
    "condition": {"label": "New with tags"},
}


def brand_completes_what_the_law_asks(person):
    """One fact after the other, for all styles that lack it."""
    for fact, said in FACTS.items():
        shown = person.page.locator(f'.filters a[href*="lacks={fact}"]')
        if not shown.count():
            continue
        person.arrives_by(shown.first.click)
        field = person.page.locator('[name="said"]')
        if isinstance(said, dict):
            field.select_option(**said)
        else:
            field.fill(said)
        person.presses("Fill in")


def brand_evidences_its_public_prices(person):
    person.follows("Add evidence")
    person.says(
        {
            "Where": "Own shop, rue du Port, Quimper",
            "Seen on": f"{today() - timedelta(days=40):%Y-%m-%d}",
        }
    )
    person.presses("Keep it")


# The deal and its goods.


def operator_proposes(person, collection):
    """The whole lot, at the brand's own floors; worked out before it is sent."""
    person.goes("/admin/deals")
    person.follows("Propose", within=person.row(collection))
    person.says(
        {
            "What should be solved": "We take all of it and sell it to members alone.",
            "What never happens": "None of that happens.",
        }
    )
    person.presses("Work out the example")
    person.reads("What the brand would receive", "60%", "80%", "100%")
    person.keeps_a_picture("operator-proposal")
    person.presses("Send to the brand")


def brand_accepts(person, collection):
    person.goes("/brand/deals")
    person.follows(collection)
    person.keeps_a_picture("brand-deal")
    person.follows("Accept")
    person.presses("Accept and seal")
    person.reads("Agreed.")


CERTIFICATE = {
    "name": "certificate.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.7 EUIPO 018 123 456",
}


def brand_proves_its_right(person, collection):
    """The certificate of its trademark, sent to the house."""
    person.goes("/brand/collections")
    person.follows(collection)
    person.follows("Right to sell")
    person.says(
        {
            "We own the trademark": True,
            "Trademark": "EUIPO 018 123 456",
            "First sale in the European Economic Area": "By us, France, 2025",
            "Valid until": f"{today() + timedelta(days=900):%Y-%m-%d}",
        }
    )
    person.page.locator('input[type="file"]').set_input_files(CERTIFICATE)
    person.presses("Send to the house")
    person.reads("The proof is with the house.")


def operator_accepts_the_proof(person, collection):
    person.goes("/admin/deals")
    person.follows(collection, within=person.row("EUIPO 018 123 456"))
    person.presses("Accept the proof")
    person.reads("The proof is accepted.")


def operator_takes_the_goods_in(person, brand):
    person.goes("/admin/stock")
    person.follows(brand)
    person.keeps_a_picture("operator-stock")
    person.follows("All arrived as committed")
    person.presses("Receive and accept")


# The sale.


def operator_drafts_a_sale(person, collection, title, opens):
    """Planned to open at a wall time in Paris; returns its reference."""
    person.goes("/admin/sales/new")
    person.follows(re.compile(re.escape(collection)))
    person.says(
        {
            "Title": title,
            "One line": "One workshop, one morning.",
            "Opens": f"{opens:%Y-%m-%dT%H:%M:%S}",
            "Closes": f"{opens + timedelta(hours=24):%Y-%m-%dT%H:%M:%S}",
            "Limit per member": "2",
        }
    )
    person.keeps_a_picture("operator-plan")
    person.presses("Draft the sale")
    return person.path.split("/")[3]


def seconds_of(act, *arguments):
    """Carry out an act; how long it took on this machine."""
    begun = time.monotonic()
    act(*arguments)
    return time.monotonic() - begun


def operator_fills_it(person, lines):
    """Puts units of some variants into the sale: sku, units, price."""
    for sku, units, price in lines:
        person.says(
            {
                person.word("Units of %(sku)s", sku=sku): str(units),
                person.word("Price of %(sku)s", sku=sku): price,
            }
        )
    person.presses("Save the lines")
    person.keeps_a_picture("operator-items")


def brand_approves(person, title):
    person.goes("/brand/sales")
    person.follows(title)
    person.keeps_a_picture("brand-approval")
    person.presses("Approve this sale")
    person.reads("Approved")


def operator_schedules(person, ref):
    person.goes(f"/admin/sales/{ref}/preflight")
    person.keeps_a_picture("operator-preflight")
    person.presses("Schedule the sale")


def operator_ends_it(person, ref):
    person.goes(f"/admin/sales/{ref}")
    person.follows("End now")
    person.says({"Reason": "Everything the morning was for is sold."})
    person.keeps_a_picture("operator-end")
    person.presses("End it now")


# Time.


def today():
    return datetime.now(PARIS).date()


def next_opening(seconds):
    """The second on the wall that leaves so much time for approving and scheduling."""
    soonest = datetime.now(PARIS) + timedelta(seconds=max(seconds, OPENS_IN_SECONDS_MIN))
    return soonest.replace(microsecond=0, tzinfo=None)
