"""The right to sell at both doors: proved with a file, looked at, accepted or refused in words."""

from __future__ import annotations

import io

import pytest

from marketplace.db.accounts import Account
from marketplace.db.brands import Brand
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
    assert "Proof accepted" in words(client.get(f"/brand/collections/{collection_id}/right"))

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


@pytest.fixture
def lots(database, scene):
    """Two further lots of the same brand."""
    with database.session() as session:
        of = session.get_one(Brand, scene[0].brand_id)
        return [factories.collection(session, of=of, name=name).id for name in ("Coats", "Shoes")]


def send_several(client, **days):
    said = {f"lot.{name[1:]}.valid_until": day for name, day in days.items()}
    return client.post(
        "/brand/rights",
        {**{k: v for k, v in proof().items() if k != "valid_until"}, **said},
        content_type="multipart/form-data",
    )


PROVED = "SELECT collection_id, valid_until::text FROM rights_to_sell ORDER BY collection_id"


def test_one_document_proves_several_lots_each_until_its_own_day(
    database, scene, lots, brand_client
):
    person, knits, _ = scene
    coats, shoes = lots
    client = brand_client(person)

    answer = send_several(
        client, **{f"n{knits}": "2099-12-31", f"n{coats}": "2098-06-30", f"n{shoes}": ""}
    )

    assert answer.status_code == 303
    assert "The proof of 2 lots is with the house." in words(client.get(answer.location))
    assert database.rows(PROVED) == [(knits, "2099-12-31"), (coats, "2098-06-30")]
    assert database.rows("SELECT count(*), count(DISTINCT file_id) FROM rights_to_sell") == [(2, 1)]
    assert database.value("SELECT count(*) FROM events WHERE name = 'collection.right_stated'") == 2


def test_a_day_that_has_passed_is_told_beside_its_lot_and_nothing_is_kept(
    database, scene, lots, brand_client
):
    person, knits, _ = scene

    answer = send_several(
        brand_client(person), **{f"n{knits}": "2099-12-31", f"n{lots[0]}": "2020-01-01"}
    )

    assert answer.status_code == 422
    name = f"lot.{lots[0]}.valid_until"
    assert f'id="f-{name}" name="{name}" value="2020-01-01" aria-invalid="true"' in (
        answer.get_data(as_text=True)
    )
    assert "This right has lapsed" in words(answer)
    assert database.rows(PROVED) == []


def test_a_document_for_no_lot_is_refused(database, scene, brand_client):
    answer = send_several(brand_client(scene[0]))

    assert answer.status_code == 422
    assert "No lot was named." in words(answer)
    assert database.rows(PROVED) == []


def test_a_lot_of_another_brand_proves_nothing(database, scene, brand_client):
    person, knits, _ = scene
    with database.session() as session:
        other = factories.collection(session, of=factories.brand(session, name="Another"))

    answer = send_several(
        brand_client(person), **{f"n{knits}": "2099-12-31", f"n{other.id}": "2099-12-31"}
    )

    assert answer.status_code == 404
    assert database.rows(PROVED) == []
