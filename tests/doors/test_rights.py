"""The right to sell at both doors: proved with a file, looked at, accepted or refused in words."""

from __future__ import annotations

import io

import pytest

from marketplace.db.accounts import Account
from tests import factories
from tests.doors.test_brand_deals import words


@pytest.fixture
def scene(database):
    """A collection that nobody has proved, somebody of its brand, and somebody of the house."""
    with database.session() as session:
        of = factories.brand(session)
        person = factories.brand_user(session, of=of)
        offered = factories.collection(session, of=of, name="Winter knits")
        return person, offered.id, factories.operator(session).id


def proof(**changed):
    return {
        "basis": "owner",
        "trademark": "EUIPO 018123456",
        "first_sale": "By us, France, 2025",
        "valid_until": "2099-12-31",
        "file": (io.BytesIO(b"%PDF-1.7"), "certificate.pdf"),
        **changed,
    }


def send(client, collection_id, **changed):
    return client.post(
        f"/brand/collections/{collection_id}/right",
        proof(**changed),
        content_type="multipart/form-data",
    )


def test_a_proof_goes_from_the_brand_to_the_house_and_back(
    database, scene, brand_client, operator_client
):
    person, collection_id, operator_id = scene
    with database.session() as session:
        desk = operator_client(session.get_one(Account, operator_id))
    client = brand_client(person)

    assert send(client, collection_id).status_code == 303
    assert "Winter knits" in words(desk.get("/admin/deals"))
    right_id = database.value("SELECT id FROM rights_to_sell")
    base = f"/admin/collections/{collection_id}/right"
    file = desk.get(f"{base}/{right_id}/file")
    assert (file.data, file.headers["Content-Disposition"]) == (
        b"%PDF-1.7",
        "attachment; filename=certificate.pdf",
    )

    assert desk.post(f"{base}/{right_id}/accept").status_code == 303
    assert "Accepted" in words(client.get(f"/brand/collections/{collection_id}/right"))

    assert desk.post(f"{base}/{right_id}/refuse", {"reason": " "}).status_code == 422
    desk.post(f"{base}/{right_id}/refuse", {"reason": "The register names another owner."})
    page = words(client.get(f"/brand/collections/{collection_id}/right"))
    assert "The register names another owner." in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"valid_until": "2020-01-01"}, "This right has lapsed"),
        ({"trademark": " "}, "This is needed"),
        ({"file": (io.BytesIO(b"MZ"), "proof.exe")}, "Proofs are kept as PDF"),
        ({"file": (io.BytesIO(b""), "")}, "A proof needs its file"),
    ],
)
def test_a_proof_that_does_not_do_is_shown_again_with_its_reason(
    database, scene, brand_client, changed, told
):
    person, collection_id, _ = scene

    answer = send(brand_client(person), collection_id, **changed)

    assert answer.status_code == 422
    assert told in words(answer)
    assert database.value("SELECT count(*) FROM rights_to_sell") == 0
