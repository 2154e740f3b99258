"""The operators' door: stock, brands, promises, trails."""

from __future__ import annotations

import pytest

from marketplace.db.accounts import Account
from tests import factories, sale_scenes


@pytest.fixture
def desk(database, operator_client):
    """A browser of somebody of the house."""
    with database.session() as session:
        person = factories.operator(session, name="Claire Fontaine")
    return operator_client(person)


@pytest.fixture
def awaited(database):
    """A deal of two lots of ten, of which nothing has arrived; its id and those of the lots."""
    with database.session() as session:
        of = factories.brand(session, name="Forge Douce")
        offered = factories.collection(session, of=of)
        style = factories.style(session, of=offered)
        variants = [factories.variant(session, of=style, size=size) for size in ("S", "M")]
        agreed = factories.deal(session, of=offered, variants=variants)
        lots = [factories.lot(session, under=agreed, of=each, accepted=0) for each in variants]
    return agreed.id, [lot.id for lot in lots]


def text(answer):
    return answer.get_data(as_text=True)


def counters(database):
    return database.rows("SELECT received, accepted, rejected FROM lots ORDER BY id")


def test_everything_is_received_at_one_stroke_after_asking_once_more(desk, awaited, database):
    deal_id, _ = awaited
    assert "Forge Douce" in text(desk.get("/admin/stock"))
    assert "20 units are accepted and can be sold." in text(
        desk.get(f"/admin/stock/{deal_id}/accept")
    )

    done = desk.post(f"/admin/stock/{deal_id}/accept")

    assert done.status_code == 303
    assert counters(database) == [(10, 10, 0), (10, 10, 0)]


def test_a_second_press_says_that_nothing_is_left(desk, awaited, database):
    deal_id, _ = awaited
    desk.post(f"/admin/stock/{deal_id}/accept")

    again = desk.post(f"/admin/stock/{deal_id}/accept")

    assert again.status_code == 409
    assert "has been received and decided on already" in text(again)


def test_lots_are_counted_on_one_page_with_a_reason_for_each_difference(desk, awaited, database):
    deal_id, (first, second) = awaited
    page = text(desk.get(f"/admin/stock/{deal_id}"))
    assert f'name="lot.{first}.was" value="0/0/0"' in page
    sent = {
        f"lot.{first}.received": "10",
        f"lot.{first}.accepted": "10",
        f"lot.{first}.rejected": "0",
        f"lot.{first}.was": "0/0/0",
        f"lot.{second}.received": "9",
        f"lot.{second}.accepted": "8",
        f"lot.{second}.rejected": "1",
        f"lot.{second}.was": "0/0/0",
    }

    refused = desk.post(f"/admin/stock/{deal_id}", sent)
    assert refused.status_code == 422
    assert "Say why, in a sentence" in text(refused)
    assert counters(database) == [(0, 0, 0), (0, 0, 0)]

    done = desk.post(
        f"/admin/stock/{deal_id}", {**sent, f"lot.{second}.reason": "one short, one torn"}
    )

    assert done.status_code == 303
    assert counters(database) == [(10, 10, 0), (9, 8, 1)]
    assert "one short, one torn" in text(desk.get(f"/admin/stock/lots/{second}"))


def test_a_count_made_meanwhile_is_not_overwritten(desk, awaited, database):
    deal_id, (first, _) = awaited
    sent = {
        f"lot.{first}.received": "10",
        f"lot.{first}.accepted": "10",
        f"lot.{first}.rejected": "0",
        f"lot.{first}.was": "5/5/0",
    }

    refused = desk.post(f"/admin/stock/{deal_id}", sent)

    assert refused.status_code == 422
    assert "Somebody changed this" in text(refused)
    assert counters(database) == [(0, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize("was", ["nonsense", "1/2", "a/b/c", "1/2/3/4"])
def test_a_count_that_the_page_never_showed_is_refused(desk, awaited, database, was):
    deal_id, (first, _) = awaited

    answer = desk.post(
        f"/admin/stock/{deal_id}", {f"lot.{first}.received": "1", f"lot.{first}.was": was}
    )

    assert answer.status_code == 422
    assert counters(database) == [(0, 0, 0), (0, 0, 0)]


def test_a_brand_is_written_down_completed_and_given_a_voice(desk, database):
    made = desk.post(
        "/admin/brands/new", {"name": "Ardoise", "legal_name": "Ardoise SAS", "country": "FR"}
    )
    place = made.headers["Location"]
    profile = {
        "name": "Maison Ardoise",
        "legal_name": "Ardoise SAS",
        "country": "FR",
        "manufacturer_address": "3 quai de la Loire",
        "manufacturer_email": "contact@ardoise.example",
        "story": "Slate, and knitwear.",
    }

    desk.post(place, profile)
    invited = desk.post(
        f"{place}/people",
        {"email": "louis@ardoise.example", "person": "Louis", "role": "owner", "locale": "fr"},
    )

    assert database.rows("SELECT name, story, show_in_teaser, name_in_subject FROM brands") == [
        ("Maison Ardoise", "Slate, and knitwear.", True, False)
    ]
    assert "The brand alone sets them." in text(desk.get(place))
    assert "/brand/join/" in text(invited)
    assert database.rows(
        "SELECT a.email, u.role FROM brand_users u JOIN accounts a ON a.id = u.account_id"
    ) == [("louis@ardoise.example", "owner")]
    assert "Maison Ardoise" in text(desk.get("/admin/brands"))
    assert "Brand changed" in text(desk.get(f"/admin/trail/brand/{place.rsplit('/', 1)[1]}"))


def test_an_address_that_is_taken_is_refused_on_its_field(desk, database):
    with database.session() as session:
        of = factories.brand(session)
        person = factories.brand_user(session, of=of)
        email = session.get_one(Account, person.account_id).email

    answer = desk.post(
        f"/admin/brands/{of.id}/people",
        {"email": email, "person": "Louis", "role": "owner", "locale": "fr"},
    )

    assert answer.status_code == 422
    assert database.value("SELECT count(*) FROM brand_users") == 1


@pytest.mark.parametrize("shown", ["broken", "pending", "kept", "late", "all"])
def test_promises_are_listed_by_how_they_stand(desk, tools, database, shown):
    with database.session() as session:
        at = sale_scenes.desk(session)
    sale_scenes.scheduled(tools, at)

    page = desk.get(f"/admin/promises?shown={shown}")

    assert page.status_code == 200
    assert ("Opening" in text(page)) == (shown in {"pending", "all"})


@pytest.mark.parametrize(
    "path",
    [
        "/admin/stock/999999",
        "/admin/stock/lots/999999",
        "/admin/brands/999999",
        "/admin/trail/secret/1",
        "/admin/messages/secret/1",
        "/admin/messages/sale/999999",
    ],
)
def test_what_is_not_there_is_not_found(desk, path):
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/admin/stock", "/admin/brands", "/admin/messages", "/admin/promises"]
)
def test_a_page_number_that_is_none_is_refused(desk, path):
    assert desk.get(f"{path}?page=0").status_code == 422
    assert desk.get(f"{path}?page=2").status_code == 200
    assert desk.get(f"{path}?colour=red").status_code == 422
