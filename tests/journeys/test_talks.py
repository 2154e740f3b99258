"""Talks in a browser: a brand counters, the house answers, the brand accepts and takes the signed paper away."""

from datetime import date

import pytest

from marketplace.db.catalogue import CollectionState
from marketplace.domain.deals import Line, Mode, Terms, UnsoldRule
from marketplace.domain.doors import Door
from marketplace.services import deals
from tests.journeys import looking, town
from tests.journeys.person import CHROMIUM, DESK, PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

TERMS = Terms(
    mode=Mode.CONSIGNMENT,
    currency="EUR",
    territories=("FR",),
    commission_bps=3_000,
    payment_days=30,
    unsold_rule=UnsoldRule.RETURN,
    exit_on=date(2099, 3, 31),
)


@pytest.fixture
def talks(place):
    """A proposal of the house for twenty units, and both sides at their doors."""
    with place.house.session() as session:
        operator = place.operator(session)
        of = town.factories.brand(session)
        speaker = place.brand_user(session, of=of)
        offered = town.factories.collection(
            session, of=of, state=CollectionState.SUBMITTED, name="Talks of spring"
        )
        style = town.factories.style(session, of=offered)
        sizes = [town.factories.variant(session, of=style, size=size) for size in ("S", "L")]
        lines = tuple(Line(each.id, 10, 3_000, target_minor=6_000) for each in sizes)
        by, collection_id = operator.id, offered.id
    tools = place.tools.at_door(Door.OPERATOR, account_id=by)
    made = deals.propose(tools, collection_id=collection_id, terms=TERMS, lines=lines)
    return made.deal_id, speaker.account_id, by


@pytest.mark.parametrize("size", [PHONE, DESK], ids=lambda size: str(size["width"]))
def test_a_counter_is_answered_accepted_and_printed(meet, place, talks, size):
    deal_id, speaks, works = talks
    brand, operator = meet("the brand", size=size), meet("the operator", size=size)
    place.lets_in(brand, speaks)
    place.lets_in(operator, works)

    brand.goes(f"/brand/deals/{deal_id}")
    assert looking.faults(brand, "the deal") == []
    brand.follows("Propose other terms")
    brand.says({"Past this share, tier 1": "60", "Guaranteed minimum": "250.00"})
    brand.page.locator('[name="tier.1.rate"]').fill("25")
    brand.page.locator('[name="price_change"]').fill("-10")
    brand.presses("Change and show the effect")
    brand.reads("What the new target prices change", "The house keeps, before")
    assert looking.violations(brand) == []
    brand.presses("Send to the house")

    operator.goes(f"/admin/deals/{deal_id}")
    assert looking.faults(operator, "the deal") == []
    operator.reads("25% on what sells past 60% of the units")
    operator.follows("Propose other terms")
    operator.says({"Guaranteed minimum": "200.00"})
    assert looking.violations(operator) == []
    operator.presses("Send to the brand")

    brand.goes(f"/brand/deals/{deal_id}/accept")
    brand.reads("What you would receive", "60%", "80%", "100%", "What happens next")
    assert looking.violations(brand) == []
    brand.presses("Accept and seal")
    brand.reads("Agreed.")
    with brand.page.expect_download() as coming:
        brand.page.get_by_role("link", name="The signed deal (PDF)").click()
    assert coming.value.path().read_bytes().startswith(b"%PDF-")
    assert place.house.value(
        "SELECT accepted_version_id IS NOT NULL FROM deals WHERE id = :d", d=deal_id
    )
    brand.goes(f"/brand/deals/{deal_id}")
    assert looking.faults(brand, "the deal") == []
