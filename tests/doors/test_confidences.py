"""What the house looks at is read by the brand, and what the brand says of itself is seen by the house."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.db.accounts import Account
from marketplace.db.brands import Brand
from marketplace.domain.doors import BrandRole
from tests import factories, sale_scenes


@pytest.fixture
def at(database):
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def speaker(at, signed_in):
    return signed_in(at.brand_account_id)


@pytest.fixture
def desk(at, operator_client, database):
    with database.session() as session:
        person = session.get_one(Account, at.operator_id)
    return operator_client(person)


def text(answer):
    return " ".join(answer.get_data(as_text=True).split())


def test_every_page_with_what_a_brand_told_in_confidence_is_written_down(at, desk, tools, database):
    ref = sale_scenes.ready(tools, at)
    brand, deal, collection = at.brand_id, at.deal_id, at.collection_id
    sale = database.value("SELECT id FROM sales")
    pages = {
        f"/admin/brands/{brand}/joining": {("bank", brand), ("company", brand)},
        f"/admin/collections/{collection}": {("collection", collection)},
        f"/admin/deals/{deal}": {("terms", deal)},
        f"/admin/sales/{ref}/items": {("terms", deal)},
        f"/admin/board/{ref}": {("figures", sale)},
    }
    for page, looked_at in pages.items():
        database.run("DELETE FROM looks")
        assert desk.get(page).status_code == 200, page

        assert set(database.rows("SELECT thing, about_id FROM looks")) == looked_at, page


def test_a_page_that_is_not_there_is_no_look(desk, database):
    for page in ("/admin/brands/999999/joining", "/admin/deals/999999", "/admin/board/nothing"):
        assert desk.get(page).status_code == 404

    assert database.value("SELECT count(*) FROM looks") == 0


def test_the_brand_reads_who_looked_at_what(at, speaker, desk):
    assert "Nobody has looked yet." in text(speaker.get("/brand/relation/looks"))
    desk.get(f"/admin/deals/{at.deal_id}")

    page = text(speaker.get("/brand/relation/looks"))

    assert "Terms, floors and costs of a deal" in page
    assert "of the house" in page


def test_a_collection_marked_as_confidential_says_so_to_the_house(at, speaker, desk):
    for page in (f"/admin/collections/{at.collection_id}", f"/admin/deals/{at.deal_id}"):
        assert "be spoken of outside the house" not in text(desk.get(page))
    confidence = f"/brand/collections/{at.collection_id}/confidence"
    assert speaker.post(confidence, {"confidential": "1"}).status_code == 303

    for page in (f"/admin/collections/{at.collection_id}", f"/admin/deals/{at.deal_id}"):
        assert "be spoken of outside the house" in text(desk.get(page))

    speaker.post(confidence)
    assert "Not marked as confidential." in text(
        speaker.get(f"/brand/collections/{at.collection_id}")
    )


def test_closed_days_are_seen_by_whoever_plans_and_taken_back(at, speaker, desk, tools):
    sale_scenes.ready(tools, at)
    day = at.plan().opens_wall.date().isoformat()
    given = {"first_on": day, "last_on": day, "note": "Stocktaking"}
    assert speaker.post("/brand/relation/closures", given).status_code == 303

    week = text(desk.get(f"/admin/?day={day}"))
    assert "Brands closed this week" in week
    assert "Stocktaking" in week
    assert "The brand is closed from" in week
    assert "Stocktaking" in text(desk.get(f"/admin/brands/{at.brand_id}/relation"))

    assert speaker.post("/brand/relation/closures/1/end").status_code == 303
    assert "Stocktaking" not in text(desk.get(f"/admin/?day={day}"))


def test_days_that_cannot_be_are_shown_again_with_their_reason(at, speaker, database):
    first = at.today + timedelta(days=9)
    given = {"first_on": first.isoformat(), "last_on": at.today.isoformat(), "note": "August"}
    answer = speaker.post("/brand/relation/closures", given)

    assert answer.status_code == 422
    assert "The last day comes before the first." in text(answer)
    assert "August" in text(answer)
    assert database.value("SELECT count(*) FROM closures") == 0


def test_a_viewer_sees_the_days_and_states_none(at, database, brand_client):
    with database.session() as session:
        person = factories.brand_user(
            session, of=session.get_one(Brand, at.brand_id), role=BrandRole.VIEWER
        )
    viewer = brand_client(person)
    day = at.today.isoformat()

    assert "State closed days" not in text(viewer.get("/brand/relation/closures"))
    given = {"first_on": day, "last_on": day}
    assert viewer.post("/brand/relation/closures", given).status_code == 403
