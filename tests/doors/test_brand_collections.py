"""Collections in a brand's browser: made, described, completed, submitted."""

from __future__ import annotations

import io

import pytest

from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection
from marketplace.domain.doors import BrandRole
from tests import factories


@pytest.fixture
def speaker(database):
    with database.session() as session:
        return factories.brand_user(session, of=factories.brand(session, name="Maison Brume"))


@pytest.fixture
def client(brand_client, speaker):
    return brand_client(speaker)


@pytest.fixture
def collection(database, speaker) -> Collection:
    with database.session() as session:
        made = factories.collection(session, of=session.get_one(Brand, speaker.brand_id))
        bare = factories.style(session, of=made, code="K1", name="Knit", composition="", origin="")
        for size in ("S", "M"):
            factories.variant(session, of=bare, size=size)
        full = factories.style(session, of=made, code="K2", name="Coat")
        factories.variant(session, of=full, units=None)
        factories.photograph(session, of=full)
    return made


def words(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def test_a_new_collection_asks_for_its_file_next(client, database):
    answer = client.post("/brand/collections/new", {"name": "Winter 2026", "season": "FW26"})

    assert answer.status_code == 303
    number = database.value("SELECT id FROM collections")
    assert answer.location == f"/brand/collections/{number}/files"


def test_a_collection_without_a_name_is_asked_for_one(client, database):
    answer = client.post("/brand/collections/new", {"name": "  "})

    assert answer.status_code == 422
    assert database.value("SELECT count(*) FROM collections") == 0


def test_the_page_counts_what_is_in_it_and_what_it_lacks(client, collection):
    page = words(client.get(f"/brand/collections/{collection.id}"))

    assert "1 variant of unknown quantity" in page
    assert 'Without: Composition <span class="count">1</span>' in page
    assert "of 2 styles" in page


def test_the_list_shows_only_styles_that_lack_what_is_asked_for(client, collection):
    page = words(client.get(f"/brand/collections/{collection.id}?lacks=composition"))

    assert "Knit" in page
    assert ">Coat<" not in page


def test_what_many_styles_lack_is_filled_in_at_once(client, collection, database):
    answer = client.post(
        f"/brand/collections/{collection.id}/facts", {"fact": "origin", "said": "Portugal"}
    )

    assert answer.status_code == 303
    assert "1 style completed." in words(client.get(answer.location))
    assert database.rows("SELECT origin FROM styles") == [("PT",), ("PT",)]


def test_a_country_nobody_knows_is_told_on_its_field(client, collection, database):
    answer = client.post(
        f"/brand/collections/{collection.id}/facts", {"fact": "origin", "said": "Atlantis"}
    )

    assert answer.status_code == 422
    assert "No country of this name is known." in words(answer)
    assert database.value("SELECT count(*) FROM styles WHERE origin = ''") == 1


def test_a_style_is_completed_by_hand(client, collection, database):
    style_id = database.value("SELECT id FROM styles WHERE code = 'K1'")

    answer = client.post(
        f"/brand/styles/{style_id}", {"composition": "80 % wool, 20 % silk", "origin": "PT"}
    )

    assert answer.status_code == 303
    assert database.rows("SELECT composition, origin, name FROM styles WHERE code = 'K1'") == [
        ("80 % wool, 20 % silk", "PT", "Knit")
    ]


def test_a_composition_that_does_not_add_up_keeps_the_form_and_says_so(
    client, collection, database
):
    style_id = database.value("SELECT id FROM styles WHERE code = 'K1'")

    answer = client.post(f"/brand/styles/{style_id}", {"composition": "80 % wool", "origin": "PT"})

    assert answer.status_code == 422
    assert "The shares add to 80%." in words(answer)
    assert "80 % wool</textarea>" in words(answer)
    assert database.value("SELECT origin FROM styles WHERE code = 'K1'") == ""


def test_the_brief_is_kept_and_shown(client, collection, database):
    answer = client.post(
        f"/brand/collections/{collection.id}/brief",
        {
            "problem": "A warehouse to empty.",
            "deadline": "2099-02-28",
            "never": "No outlets.",
            "cost": "42 000,00",
        },
    )

    assert answer.status_code == 303
    page = words(client.get(answer.location))
    assert "A warehouse to empty." in page
    assert "€42,000.00" in page
    assert database.value("SELECT cost_total_minor FROM collections") == 4_200_000


def test_a_deadline_in_the_past_is_told_on_its_field(client, collection, database):
    answer = client.post(
        f"/brand/collections/{collection.id}/brief",
        {"problem": "A warehouse to empty.", "deadline": "2020-01-01"},
    )

    assert answer.status_code == 422
    assert "This day has passed. Choose one that lies ahead." in words(answer)
    assert database.value("SELECT brief_problem FROM collections") == ""


def test_a_complete_collection_is_submitted(client, collection, database):
    client.post(
        f"/brand/collections/{collection.id}/brief",
        {"problem": "A warehouse to empty.", "deadline": "2099-02-28"},
    )

    answer = client.post(f"/brand/collections/{collection.id}/submit")

    assert answer.status_code == 303
    assert database.value("SELECT state FROM collections") == "submitted"


def test_an_incomplete_collection_is_not_submitted(client, collection, database):
    answer = client.post(f"/brand/collections/{collection.id}/submit")

    assert answer.status_code == 409
    assert database.value("SELECT state FROM collections") == "draft"


def test_evidence_for_public_prices_is_kept_with_its_file(client, collection, database):
    seen_on = database.value("SELECT (house_now() - interval '20 days')::date::text")

    answer = client.post(
        f"/brand/collections/{collection.id}/evidence",
        {
            "kind": "price_list",
            "reference": "Price list, spring",
            "seen_on": seen_on,
            "file": (io.BytesIO(b"%PDF-1.7"), "list.pdf"),
        },
        content_type="multipart/form-data",
    )

    assert answer.status_code == 303
    assert database.rows("SELECT kind, reference, file_id IS NOT NULL FROM rrp_evidence") == [
        ("price_list", "Price list, spring", True)
    ]


def test_stale_evidence_is_told_on_its_field(client, collection, database):
    answer = client.post(
        f"/brand/collections/{collection.id}/evidence",
        {"kind": "own_shop", "reference": "Our shop", "seen_on": "2020-01-01"},
    )

    assert answer.status_code == 422
    assert "A price seen more than a year ago says nothing about today." in words(answer)
    assert database.value("SELECT count(*) FROM rrp_evidence") == 0


def test_home_says_what_needs_the_brand(client, collection):
    page = words(client.get("/brand/"))

    assert "State your brief for Winter 2026 and submit it" in page


def test_home_of_a_new_brand_says_how_to_begin(client):
    assert "Begin with a collection." in words(client.get("/brand/"))


@pytest.mark.parametrize(("role", "times"), [(BrandRole.OWNER, 1), (BrandRole.VIEWER, 0)])
def test_evidence_is_asked_of_whoever_may_write_it_after_the_deal_as_well(
    brand_client, collection, database, role, times
):
    with database.session() as session:
        factories.deal(session, of=session.get_one(Collection, collection.id), variants=[])
        of = session.get_one(Brand, collection.brand_id)
        somebody = factories.brand_user(session, of=of, role=role)

    page = words(brand_client(somebody).get(f"/brand/collections/{collection.id}"))

    assert page.count("Add evidence") == times
