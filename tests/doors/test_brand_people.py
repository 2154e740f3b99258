"""The people of a brand at its door: everybody sees them, owners change them."""

from __future__ import annotations

import pytest

from marketplace.domain.doors import BrandRole
from tests import factories

PERSON = {"person": "Nora", "email": "nora@maison.example", "role": "finance", "locale": "fr"}


@pytest.fixture
def hung():
    return ("supplier_portal",)


@pytest.fixture
def house(database):
    with database.session() as session:
        of = factories.brand(session, name="Maison A")
        return {
            role: factories.brand_user(session, of=of, role=role, name=f"The {role}")
            for role in BrandRole
        }


def test_an_owner_lets_somebody_in_and_sees_until_when_they_are_invited(house, brand_client):
    owner = brand_client(house[BrandRole.OWNER])

    answer = owner.post("/brand/people", PERSON)

    assert (answer.status_code, answer.location) == (303, "/brand/people")
    page = owner.get("/brand/people").get_data(as_text=True)
    assert "nora@maison.example" in page
    assert "Withdraw" in page


@pytest.mark.parametrize("role", [role for role in BrandRole if role is not BrandRole.OWNER])
def test_whoever_is_no_owner_sees_the_people_and_is_told_who_may_change_them(
    house, brand_client, role
):
    client = brand_client(house[role])
    whom = house[BrandRole.VIEWER].account_id

    assert "Invite somebody" not in client.get("/brand/people").get_data(as_text=True)
    refused = client.post(f"/brand/people/{whom}/role", {"role": "owner"})

    assert refused.status_code == 403
    assert "another role in your team: Owner." in refused.get_data(as_text=True)


def test_an_address_that_has_an_account_is_marked_on_its_field(house, brand_client):
    owner = brand_client(house[BrandRole.OWNER])
    owner.post("/brand/people", PERSON)

    again = owner.post("/brand/people", PERSON)

    assert again.status_code == 422
    assert 'id="f-email-error"' in again.get_data(as_text=True)


def test_the_last_owner_is_told_why_they_cannot_leave(house, brand_client):
    owner = house[BrandRole.OWNER]

    answer = brand_client(owner).post(f"/brand/people/{owner.account_id}/remove")

    assert answer.status_code == 409
    assert "Make somebody else an owner first" in answer.get_data(as_text=True)


def test_letting_somebody_go_asks_once_more_and_closes_their_browser(house, brand_client):
    owner, viewer = brand_client(house[BrandRole.OWNER]), brand_client(house[BrandRole.VIEWER])
    whom = house[BrandRole.VIEWER].account_id

    assert "Let The viewer go" in owner.get(f"/brand/people/{whom}/remove").get_data(as_text=True)
    owner.post(f"/brand/people/{whom}/remove")

    assert viewer.get("/brand/").status_code == 404
    assert "The viewer" in owner.get("/brand/people").get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        (BrandRole.CONTENT, "/brand/collections/new", 200),
        (BrandRole.FINANCE, "/brand/collections/new", 403),
        (BrandRole.COMMERCIAL, "/brand/collections/new", 200),
    ],
)
def test_content_brings_collections_and_finance_does_not(house, brand_client, role, page, status):
    assert brand_client(house[role]).get(page).status_code == status
