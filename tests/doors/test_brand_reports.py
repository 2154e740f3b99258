"""Reports at the brands' door: kept once, sealed, and the same to the unit and the cent wherever they are read."""

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from jobs import contacts
from marketplace.domain.doors import Door
from marketplace.queries import sell_through
from marketplace.services import reports, sales
from tests import factories
from tests.morning_scenes import COAT, OPENING, Offer, buy, set_out, want

HAT = Offer("HAT", "Felt hat", "Camel", (2,), sizes=("",), price_minor=3_333)


@pytest.fixture
def morning(database, clock, tools):
    """A sale of an hour, sold in odd cents, closed and reported on."""
    clock.set(OPENING - timedelta(minutes=10))
    with database.session() as session:
        scene = set_out(session, offers=(COAT, HAT), length=timedelta(hours=2))
        (hat,) = session.query(factories.Style).filter_by(code="HAT")
        hat.condition, hat.details = "second_choice", {"defects": "A pulled thread at the brim"}
    for minute, item, units in ((1, scene.item("M"), 3), (9, scene.item("", "HAT", "Camel"), 2)):
        clock.set(OPENING + timedelta(minutes=minute))
        with database.session() as session:
            buy(session, item, units=units)
    with database.session() as session:
        want(session, scene.item("", "HAT", "Camel"))
        scene.person(session, name="Ines Verrier")
    clock.set(OPENING + timedelta(minutes=61))
    sales.record_due_transitions(tools, limit=10)
    reports.take_hourly(tools)
    clock.set(OPENING + timedelta(hours=2, seconds=5))
    sales.record_due_transitions(tools, limit=10)
    reports.take_closing(tools, sale_id=scene.sale_id)
    return scene


@pytest.fixture
def client(database, morning, brand_client):
    with database.session() as session:
        return brand_client(
            session.query(factories.BrandUser).filter_by(brand_id=morning.brand_id).one()
        )


@pytest.fixture
def closing(database, morning):
    return database.value("SELECT id FROM reports WHERE kind = 'closing'")


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def sheets_of(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_list_names_each_sale_with_its_last_report(client, morning, closing):
    answer = client.get("/brand/reports")

    said = text_of(answer)
    assert "The winter house At the close, Thursday 5 March 2026, 09:00 5/17 29.41% 29.41%" in said
    assert "2 reports" in said
    assert f'href="/brand/reports/{closing}"' in answer.get_data(as_text=True)


def test_every_report_of_a_sale_is_listed_newest_first(client, morning):
    said = text_of(client.get(f"/brand/reports?sale={morning.ref}"))

    assert said.index("Thursday 5 March 2026, 09:00") < said.index("Thursday 5 March 2026, 08:00")


def test_a_brand_without_reports_reads_when_the_first_one_comes(database, brand_client):
    with database.session() as session:
        person = factories.brand_user(session, of=factories.brand(session))

    assert "The first one is kept an hour after your sale opens" in text_of(
        brand_client(person).get("/brand/reports")
    )


def test_the_list_is_paged(database, client, morning):
    database.run(
        "INSERT INTO reports (brand_id, sale_id, kind, as_of, figures, sha256) "
        "SELECT brand_id, sale_id, 'hourly', as_of - n * interval '37 seconds', figures, sha256 "
        "FROM reports, generate_series(1, 60) n WHERE kind = 'closing'"
    )

    first = client.get(f"/brand/reports?sale={morning.ref}")
    second = client.get(f"/brand/reports?sale={morning.ref}&page=2")

    assert "1 to 50 of 62" in text_of(first)
    assert f'href="/brand/reports?page=2&amp;sale={morning.ref}"' in first.get_data(as_text=True)
    assert "51 to 62 of 62" in text_of(second)


def test_live_report_files_and_letter_tell_the_same(database, client, morning, closing, tools, app):
    live = sell_through.live(
        tools.at_door(Door.BRAND, brand_id=morning.brand_id), sale_ref=morning.ref
    ).figures
    page = text_of(client.get(f"/brand/reports/{closing}"))
    stored = json.loads(client.get(f"/brand/reports/{closing}.json").get_data())
    lines = client.get(f"/brand/reports/{closing}.csv").get_data().decode("utf-8-sig").splitlines()
    book = sheets_of(client.get(f"/brand/reports/{closing}.xlsx").get_data())
    contacts.SEND_LETTERS.act(tools, {})
    ((letter, attachment),) = database.rows(
        "SELECT m.text, decode(m.attachments -> 0 ->> 'content', 'base64') FROM captured_mails m "
        "JOIN letters l ON l.id = m.letter_id WHERE l.kind = 'report_closing'"
    )

    # Three at 60.00 and two at 33.33 are 246.66; without 20 % VAT 205.55; less a quarter 154.16; its VAT 30.83.
    assert live.whole == sell_through.kept(tools, report_id=closing).figures.whole
    assert (live.whole.due_minor, live.whole.due_vat_minor) == (15_416, 3_083)
    assert "Sales with VAT, gross €246.66" in page
    assert "Due to you, so far €154.16 without VAT; €184.99 with it" in page
    assert stored["whole"]["due_minor"] == 15_416
    rows = [dict(zip(lines[0].split(";"), line.split(";"), strict=True)) for line in lines[1:]]
    assert [row["Due to you without VAT"] for row in rows] == ["0.00", "112.50", "0.00", "41.66"]
    sums = {line[0]: line[1] for line in book["Figures"]}
    assert (sums["Pieces paid"], sums["Due to you without VAT, so far"]) == (5, 154.16)
    assert "Pieces paid: 5" in letter
    assert "Due to you without VAT, so far: €154.16" in letter
    assert "Sell-through of accepted pieces, gross: 29.41%" in letter
    assert sheets_of(bytes(attachment)) == book


def test_page_and_files_name_the_condition_of_each_piece_and_what_is_not_perfect_about_it(
    client, closing
):
    pages = [text_of(client.get(f"/brand/reports/{closing}{by}")) for by in ("", "?by=style")]
    stored = json.loads(client.get(f"/brand/reports/{closing}.json").get_data())
    lines = client.get(f"/brand/reports/{closing}.csv").get_data().decode("utf-8-sig").splitlines()
    book = sheets_of(client.get(f"/brand/reports/{closing}.xlsx").get_data())

    hat, coat = ("Second choice", "A pulled thread at the brim"), ("New with tags", "")
    for page in pages:
        assert "HAT" in page.partition("Felt hat")[2]
        assert "Second choice · A pulled thread at the brim" in page
        assert "New with tags" in page
    assert {
        (row["style_code"], row["condition"], row["defects"]) for row in stored["variants"]
    } == {
        ("HAT", "second_choice", hat[1]),
        ("COAT", "new_with_tags", ""),
    }
    rows = [dict(zip(lines[0].split(";"), line.split(";"), strict=True)) for line in lines[1:]]
    assert {(row["Style"], row["Condition"], row["Defects"]) for row in rows} == {
        ("HAT", *hat),
        ("COAT", *coat),
    }
    head, *body = book["Variants"]
    at = [head.index(name) for name in ("Style", "Condition", "Defects")]
    assert {tuple(row[place] for place in at) for row in body} == {("HAT", *hat), ("COAT", *coat)}


def test_a_report_does_not_change_when_the_sale_does(database, client, closing):
    before = client.get(f"/brand/reports/{closing}").get_data(as_text=True)
    database.run("UPDATE styles SET name = 'Another name'")
    database.run("UPDATE variants SET cost_minor = 9999")

    after = client.get(f"/brand/reports/{closing}").get_data(as_text=True)

    assert "Felt hat" in after
    assert re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"', "", after) == re.sub(
        r'nonce="[^"]+"|name="csrf_token" value="[^"]+"', "", before
    )


def test_the_seal_is_the_hash_of_the_json_that_is_downloaded(database, client, closing):
    page = text_of(client.get(f"/brand/reports/{closing}"))

    seal = hashlib.sha256(client.get(f"/brand/reports/{closing}.json").get_data()).hexdigest()

    assert seal == database.value("SELECT sha256 FROM reports WHERE id = :id", id=closing)
    assert seal in page


def test_no_report_can_be_changed_by_anybody(database, closing):
    with pytest.raises(Exception, match="reports only grows"):
        database.run("UPDATE reports SET sha256 = '' WHERE id = :id", id=closing)


def test_files_are_named_after_the_sale_and_the_instant(client, morning, closing):
    answer = client.get(f"/brand/reports/{closing}.csv")

    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename*=UTF-8''{morning.ref}-20260305-080000.csv"
    )
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["", ".csv", ".xlsx", ".json", "?by=size"])
def test_another_brands_person_finds_no_report_here(database, closing, brand_client, address):
    with database.session() as session:
        stranger = factories.brand_user(session, of=factories.brand(session))

    assert brand_client(stranger).get(f"/brand/reports/{closing}{address}").status_code == 404


def test_another_brands_list_is_its_own(database, morning, brand_client):
    with database.session() as session:
        stranger = factories.brand_user(session, of=factories.brand(session))
    elsewhere = brand_client(stranger)

    assert "The winter house" not in text_of(elsewhere.get("/brand/reports"))
    assert elsewhere.get(f"/brand/reports?sale={morning.ref}").status_code == 404


def test_no_member_is_in_any_report(database, client, morning, closing):
    names = [name for (name,) in database.rows("SELECT name FROM accounts WHERE realm = 'member'")]
    emails = [
        each for (each,) in database.rows("SELECT email FROM accounts WHERE realm = 'member'")
    ]

    for address in ("", ".csv", ".json", "?by=style"):
        said = client.get(f"/brand/reports/{closing}{address}").get_data(as_text=True)
        assert not [each for each in (*names, *emails, "member_id") if each in said]
    book = json.dumps(sheets_of(client.get(f"/brand/reports/{closing}.xlsx").get_data()))
    assert not [each for each in (*names, *emails, "member_id") if each in book]
