"""A brand and the house write to each other: with files, nothing lost where it cannot be taken."""

from __future__ import annotations

import io

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
def viewer(at, database, brand_client):
    with database.session() as session:
        person = factories.brand_user(
            session, of=session.get_one(Brand, at.brand_id), role=BrandRole.VIEWER
        )
    return brand_client(person)


@pytest.fixture
def speaker(at, signed_in):
    return signed_in(at.brand_account_id)


@pytest.fixture
def desk(at, operator_client, database):
    with database.session() as session:
        person = session.get_one(Account, at.operator_id)
    return operator_client(person)


def page(at):
    return f"/brand/messages/collection/{at.collection_id}"


def sent(body, *files):
    return {"body": body, "key": "k1", "files": [(io.BytesIO(data), name) for name, data in files]}


def text(answer):
    return answer.get_data(as_text=True)


def test_words_and_a_file_reach_the_house(at, speaker, desk, database):
    form = sent("Here is the list.", ("lot.csv", b"style;units\n"))
    assert speaker.post(page(at), form, content_type="multipart/form-data").status_code == 303

    number = database.value("SELECT file_id FROM message_files")
    shown = text(desk.get(f"/admin/messages/collection/{at.collection_id}"))
    assert "Here is the list." in shown
    assert f'href="/admin/messages/files/{number}"' in shown
    for client, door in ((speaker, "brand"), (desk, "admin")):
        answer = client.get(f"/{door}/messages/files/{number}")
        assert answer.get_data() == b"style;units\n"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''lot.csv"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == "application/octet-stream"


def test_what_cannot_be_taken_is_shown_again_with_its_words(at, speaker, database):
    form = sent("Read this first.", ("terms.pdf", b"<html>"))
    answer = speaker.post(page(at), form, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "Read this first." in text(answer)
    assert "terms.pdf is not what goes with a message" in text(answer)
    assert database.value("SELECT count(*) FROM messages") == 0


def test_a_draft_from_the_deals_page_is_kept_as_well(at, speaker):
    form = sent("The clause", ("terms.pdf", b""))
    answer = speaker.post(
        f"/brand/deals/{at.deal_id}/messages", form, content_type="multipart/form-data"
    )

    assert answer.status_code == 422
    assert "The clause" in text(answer)


def test_a_viewer_reads_and_writes_nothing(at, speaker, viewer, database):
    speaker.post(page(at), sent("For all to read"))

    shown = text(viewer.get(page(at)))
    assert "For all to read" in shown
    assert "<textarea" not in shown
    assert viewer.post(page(at), sent("No")).status_code == 403
    assert database.value("SELECT count(*) FROM messages") == 1


def test_what_is_new_is_said_until_the_page_was_seen(at, speaker, desk):
    desk.post(f"/admin/messages/brand/{at.brand_id}", sent("Welcome"))

    assert "Read 1 new message from the house" in text(speaker.get("/brand/"))
    assert "1 new" in text(speaker.get("/brand/messages"))
    assert "Welcome" in text(speaker.get(f"/brand/messages/brand/{at.brand_id}"))
    assert "1 new" not in text(speaker.get("/brand/messages"))


@pytest.mark.parametrize("path", ["order/1", "brand/999999", "secret/1", "files/999999"])
def test_what_is_not_the_brands_is_not_there(speaker, path):
    assert speaker.get(f"/brand/messages/{path}").status_code == 404
