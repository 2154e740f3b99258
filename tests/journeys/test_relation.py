"""A brand and its account manager: a question with a file, its answer, closed days, and who looked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.conversations import Subject
from marketplace.domain.doors import Door
from marketplace.services import conversations
from tests import factories
from tests.journeys import acts
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

BRAND, LOT, MANAGER = "Maison Parole", "The talked of lot", "Claire Aubin"
SHEET = {"name": "lot.csv", "mimeType": "text/csv", "buffer": b"style;units\nK1;4\n"}
WORDS = "Which of these goes first?"
ANSWER = "The knit, before it is warm."
WHY = "The summer holidays"


@pytest.fixture
def scene(place):
    """A brand with an account manager and a lot; two of its questions were answered before."""
    with place.house.session() as session:
        operator = place.operator(session, name=MANAGER)
        desk = place.desk(session, operator=operator, collection=LOT)
        session.get_one(factories.Brand, desk.brand_id).name = BRAND
    about = {"subject": Subject.COLLECTION, "subject_id": desk.collection_id}
    asks = place.tools.at_door(Door.BRAND, account_id=desk.brand_account_id, brand_id=desk.brand_id)
    answers = place.tools.at_door(Door.OPERATOR, account_id=operator.id)
    for number in range(2):
        conversations.write(asks, **about, body="When?", key=f"asked {number}")
        conversations.write(answers, **about, body="On Friday.", key=f"answered {number}")
    return desk, operator.id


def test_a_question_is_answered_closed_days_are_seen_and_looks_are_written(
    meet, place, scene, sees
):
    desk, works = scene
    brand, operator = meet("the brand"), meet("the account manager")
    place.lets_in(brand, desk.brand_account_id)
    place.lets_in(operator, works)

    _the_brand_asks(brand, sees)
    _its_manager_answers(operator, desk, sees)
    _the_brand_reads_the_answer_and_how_long_it_took(brand, sees)
    day = acts.today() + timedelta(days=21)
    _the_brand_closes(brand, day, sees)
    _the_house_sees_it_in_its_week(operator, day, sees)
    _the_brand_reads_who_looked(brand, operator, desk, sees)
    assert place.house.broken() == []


def _the_brand_asks(brand, sees):
    brand.goes("/brand/relation")
    brand.reads(f"{MANAGER} is your account manager.", "not yet", "2 answers in 90 days")
    brand.follows("Write to the house")
    brand.says({"Your message": WORDS, "Files": SHEET})
    brand.presses("Send")
    brand.reads(WORDS, "lot.csv", "The open question is answered by")
    brand.keeps_a_picture("thread")
    sees(brand, "a thread with a file")
    brand.goes("/brand/relation")
    brand.reads("1 question still waits.", "waits for the house since")
    sees(brand, "/brand/relation")


def _its_manager_answers(operator, desk, sees):
    operator.goes("/admin/")
    operator.follows("1 question waits for an answer")
    operator.page.locator(f'a[href="/admin/messages/brand/{desk.brand_id}"]').click()
    operator.reads(WORDS)
    with operator.page.expect_download() as coming:
        operator.page.get_by_role("link", name="lot.csv").click()
    assert coming.value.path().read_bytes() == SHEET["buffer"]
    operator.says({"Your message": ANSWER})
    operator.presses("Send")
    operator.reads(ANSWER)
    sees(operator, "the answered thread")
    operator.goes(f"/admin/brands/{desk.brand_id}/relation")
    operator.reads("waits for the brand since")
    operator.keeps_a_picture("operator-relation")
    sees(operator, "/admin/brands/N/relation")


def _the_brand_reads_the_answer_and_how_long_it_took(brand, sees):
    brand.goes("/brand/messages")
    brand.reads("1 new")
    sees(brand, "/brand/messages")
    brand.follows("Everything else")
    brand.reads(ANSWER)
    brand.goes("/brand/relation")
    brand.reads("3 answers in 90 days", "< 1 min")
    assert "not yet" not in brand.words()
    brand.keeps_a_picture("relation")


def _the_brand_closes(brand, day, sees):
    brand.goes("/brand/relation/closures")
    last = day + timedelta(days=4)
    brand.says({"First day": f"{day}", "Last day": f"{last}", "Why": WHY})
    brand.presses("State them")
    brand.reads("Stated. Nothing is scheduled into these days.", WHY)
    brand.keeps_a_picture("closed-days")
    sees(brand, "/brand/relation/closures")


def _the_house_sees_it_in_its_week(operator, day, sees):
    operator.goes(f"/admin/?day={day}")
    operator.reads("Brands closed this week", BRAND, WHY)
    operator.keeps_a_picture("week-of-a-closed-brand")
    sees(operator, "a week with a closed brand")


def _the_brand_reads_who_looked(brand, operator, desk, sees):
    operator.goes(f"/admin/deals/{desk.deal_id}")
    brand.goes("/brand/relation")
    brand.follows("Who looked")
    brand.reads(MANAGER.split(maxsplit=1)[0], "your account manager", LOT)
    brand.keeps_a_picture("looks")
    sees(brand, "who looked")
