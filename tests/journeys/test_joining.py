"""A brand applies, is accepted, comes in, gives what it owes, and may begin; axe looks at every page on the way."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests import factories
from tests.domain.test_kyb import WHOLE
from tests.journeys import acts
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]
EMAIL = "nora@nouvelle.example"


def test_a_brand_applies_gives_its_list_and_may_begin(counter, chromium, sees, tmp_path):
    with counter.database.session() as session:
        operator = counter.town.operator(session)
    brand = counter.meet(chromium, "the brand")
    house = counter.meet(chromium, "the house", operator.id)

    _applies(brand, sees)
    _is_accepted(house, sees)
    brand.goes(f"/brand/join/{_word(counter)}")
    brand.says({"Password": factories.PASSWORD})
    brand.presses("Open my account")
    acts.sets_up_the_second_step(brand)
    brand.reads("Before you begin: 0 of 7 items are settled", "7 items wait for you.")
    _fills_the_file(brand, sees)
    _gives_the_rest(brand, sees, tmp_path)
    _is_looked_at(house, sees)

    brand.goes("/brand/joining")
    brand.reads("You may submit collections.")
    for person in (brand, house):
        person.leaves()


def _applies(brand, sees):
    brand.goes("/brand/sign-in")
    brand.follows("Apply")
    sees(brand, "/brand/apply")
    brand.says({"Brand": "Maison Nouvelle", "Your name": "Nora Neuve", "E-mail address": EMAIL})
    brand.presses("Apply")
    brand.reads("Your application is here", "within 5 days")
    sees(brand, "/brand/apply/received")


def _is_accepted(house, sees):
    house.goes("/admin/applications")
    sees(house, "/admin/applications")
    house.follows("Maison Nouvelle")
    sees(house, "an application")
    house.presses("Accept")
    house.reads("0 of 7 items are settled.")


def _word(counter):
    """The word of the link that the letter carries."""
    statement = text("SELECT facts->>'seed' FROM letters WHERE kind = 'brand_invitation'")
    with counter.database.session() as session:
        return counter.town.tools.sealed(session.execute(statement).scalar_one())


def _fills_the_file(brand, sees):
    brand.goes("/brand/company")
    sees(brand, "/brand/company")
    said = {name: getattr(WHOLE, name) for name in WHOLE.__slots__}
    brand.types(
        **{name: value for name, value in said.items() if name not in {"country", "certified"}}
    )
    brand.page.locator("#f-certified").check()
    brand.presses("Save")
    brand.reads("What changed goes to the house")


def _gives_the_rest(brand, sees, folder):
    paper = folder / "extract.pdf"
    paper.write_bytes(b"%PDF-1.7")
    brand.goes("/brand/joining")
    sees(brand, "/brand/joining")
    while brand.page.locator("input[type=file]").count():
        brand.page.locator("input[type=file]").first.set_input_files(paper)
        brand.page.get_by_role("button", name="Send it").first.click()
        brand.page.wait_for_load_state()
    brand.page.get_by_role("checkbox").check()
    brand.presses("Sign it")
    brand.goes("/brand/bank")
    sees(brand, "/brand/bank")
    brand.goes("/brand/people")
    sees(brand, "/brand/people")


def _is_looked_at(house, sees):
    house.page.reload()
    sees(house, "what a brand gave")
    while house.page.get_by_role("button", name="Accept", exact=True).count():
        house.page.get_by_role("button", name="Accept", exact=True).first.click()
        house.page.wait_for_load_state()
    house.reads("7 of 7 items are settled.")
