"""The morning of a sale at the brands' door: the same figures everywhere, and never a member in them."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from marketplace.domain.doors import BrandRole, Door
from marketplace.queries import sell_through
from marketplace.services import sales
from tests import factories
from tests.morning_scenes import COAT, OPENING, Offer, buy, hold, set_out, want

SHOES = Offer("SHOE", "Leather loafer", "Black", (2, 2), sizes=("40", "41"), cost_minor=None)


@pytest.fixture
def morning(database, clock):
    """Seven minutes into a sale: five coats in M sold by four minutes past, one held, one tried in vain."""
    clock.set(OPENING - timedelta(minutes=10))
    with database.session() as session:
        scene = set_out(session, offers=(COAT, SHOES))
    for minute, size, units in ((1, "M", 3), (4, "M", 2), (5, "S", 1)):
        clock.set(OPENING + timedelta(minutes=minute))
        with database.session() as session:
            buy(session, scene.item(size), units=units)
    clock.set(OPENING + timedelta(minutes=6))
    with database.session() as session:
        hold(session, scene.item("L"))
        want(session, scene.item("M"))
    clock.set(OPENING + timedelta(minutes=7))
    return scene


@pytest.fixture
def client(database, morning, brand_client):
    with database.session() as session:
        person = morning.person(session)
    return brand_client(person)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def csv_of(answer):
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    head = lines[0].split(";")
    return [dict(zip(head, line.split(";"), strict=True)) for line in lines[1:]]


def sheets_of(answer):
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.get_data()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_page_tells_what_sold_and_what_could_have_sold(client, morning):
    said = text_of(client.get(f"/brand/sales/{morning.ref}/live"))

    assert "Pieces paid 6" in said
    assert "6 sold of 19 accepted" in said
    assert "Sell-through, gross 31.58% of the pieces accepted" in said
    assert "In bags now 1" in said
    assert "Refused adds 1" in said
    assert "Sales with VAT, gross €360" in said
    assert "Due to you, so far €225 without VAT; €270 with it" in said


def test_a_size_says_when_its_last_piece_was_paid_and_the_run_that_it_is_broken(client, morning):
    said = text_of(client.get(f"/brand/sales/{morning.ref}/live"))

    assert "5 of 5 sold (100%), sold out at 07:04" in said
    assert "broken since 07:04" in said
    assert "0 of 5 sold (0%), 1 in bags" in said


def test_coats_and_shoes_stand_in_tables_of_their_own(client, morning):
    said = text_of(client.get(f"/brand/sales/{morning.ref}/live"))

    assert "Style and colour by size: S to L" in said
    assert "Style and colour by size: 40 to 41" in said


def test_so_few_people_are_never_counted(client, morning):
    said = text_of(client.get(f"/brand/sales/{morning.ref}/live"))

    assert "1 fewer than ten members a size" in said


@pytest.mark.parametrize(
    ("by", "line"),
    [
        ("style", "Wool coat COAT · New with tags 15 6 40% 40% 6 1 €360.00 €225.00 1"),
        ("colour", "Navy 15 6 40% 40% 6 1 €360.00 €225.00 1"),
        ("size", "M 5 5 100% 100% 5 0 €300.00 €187.50 1 members: fewer than ten"),
    ],
)
def test_pieces_are_put_together_by_style_colour_or_size(client, morning, by, line):
    said = text_of(client.get(f"/brand/sales/{morning.ref}/live?by={by}"))

    assert line in said
    assert "All pieces 19 6 31.58%" in said


def test_the_curve_ends_in_the_figure_beside_its_table(client, morning):
    page = client.get(f"/brand/sales/{morning.ref}/live").get_data(as_text=True)

    assert '<svg viewBox="0 0 1000 300"' in page
    assert re.search(r'<th scope="row">07:07</th><td class="num">6</td>', page)


def test_the_sale_before_it_stands_beside_it_at_the_same_minute(database, clock, brand_client):
    clock.set(OPENING - timedelta(days=90))
    with database.session() as session:
        earlier = set_out(session, opens_at=OPENING - timedelta(days=90), title="The autumn house")
        person = earlier.person(session)
        for size in ("S", "M"):
            buy(session, earlier.item(size), units=2)
        session.execute(factories.text("UPDATE sales SET state = 'closed', closed_at = closes_at"))
        of = person.brand_id
    clock.set(OPENING)
    with database.session() as session:
        brand = session.get_one(factories.Brand, of)
        morning = set_out(session, of=brand)
        buy(session, morning.item())
    clock.turn(minutes=1)

    said = text_of(brand_client(person).get(f"/brand/sales/{morning.ref}/live"))

    assert "3 fewer than The autumn house at the same minute" in said
    assert "The autumn house, 5 December 2025, at the same minute" in said


def test_only_the_changing_part_answers_a_page_that_follows(client, morning):
    page = client.get(f"/brand/sales/{morning.ref}/live?by=style").get_data(as_text=True)
    part = client.get(f"/brand/sales/{morning.ref}/live?by=style&part=1").get_data(as_text=True)

    assert 'hx-trigger="every 15s"' in page
    assert f'hx-get="/brand/sales/{morning.ref}/live?by=style&amp;part=1"' in page
    assert "<html" in page
    assert "<html" not in part
    assert part.lstrip().startswith('<div class="sale-figures" id="figures"')
    assert "Wool coat" in part


def test_a_page_that_is_told_to_stand_still_does(client, morning):
    page = client.get(f"/brand/sales/{morning.ref}/live?still=1").get_data(as_text=True)

    assert "hx-get" not in page
    assert "These figures stand still." in page


def test_a_sale_that_is_over_is_no_longer_followed(database, morning, clock, tools, brand_client):
    clock.set(OPENING + timedelta(days=3))
    sales.record_due_transitions(tools, limit=10)
    with database.session() as session:
        person = morning.person(session)

    page = brand_client(person).get(f"/brand/sales/{morning.ref}/live").get_data(as_text=True)

    assert "hx-get" not in page
    assert "Closed on Saturday 7 March 2026, 07:00" in page


def test_before_the_opening_nothing_is_claimed(client, morning, clock):
    clock.set(OPENING - timedelta(minutes=5))

    said = text_of(client.get(f"/brand/sales/{morning.ref}/live"))

    assert "The sale has not opened." in said
    assert "It opens on Thursday 5 March 2026, 07:00 with 19 pieces in 5 variants." in said
    assert "Sell-through" not in said


def test_an_open_sale_in_which_nothing_was_paid_says_so(client, morning, clock):
    clock.set(OPENING + timedelta(seconds=30))

    said = text_of(client.get(f"/brand/sales/{morning.ref}/live"))

    assert "Pieces paid 0" in said
    assert "Nothing has been paid yet." in said


def test_page_csv_workbook_and_json_tell_the_same(client, morning):
    said = text_of(client.get(f"/brand/sales/{morning.ref}/live?by=style"))
    rows = csv_of(client.get(f"/brand/sales/{morning.ref}/figures.csv"))
    sheets = sheets_of(client.get(f"/brand/sales/{morning.ref}/figures.xlsx"))
    whole = json.loads(client.get(f"/brand/sales/{morning.ref}/figures.json").get_data())["whole"]

    assert sum(int(row["Pieces paid"]) for row in rows) == whole["paid"] == 6
    assert [row["Due to you without VAT"] for row in rows if row["Pieces paid"] != "0"] == [
        "37.50",
        "187.50",
    ]
    sums = {line[0]: line[1] for line in sheets["Figures"]}
    assert (sums["Pieces paid"], sums["Due to you without VAT, so far"]) == (6, 225)
    assert sums["Sell-through of accepted pieces, gross"] == 31.58
    assert whole["due_minor"] == 22_500
    assert "All pieces 19 6 31.58% 31.58% 6 1 €360.00 €225.00 1" in said
    assert sheets["Curve"][1:] == [[1, 3], [4, 5], [5, 6]]


def test_what_looks_like_a_formula_is_text_in_every_file(database, client, morning):
    database.run("UPDATE styles SET name = '=HYPERLINK(\"http://x\")' WHERE code = 'COAT'")

    csv = client.get(f"/brand/sales/{morning.ref}/figures.csv").get_data().decode("utf-8-sig")
    sheets = sheets_of(client.get(f"/brand/sales/{morning.ref}/figures.xlsx"))

    assert "'=HYPERLINK" in csv
    assert sheets["Variants"][1][3].startswith("'=")


ADDRESSES = (
    "live",
    "live?by=style",
    "live?by=size&part=1",
    "figures.csv",
    "figures.xlsx",
    "figures.json",
)


def test_no_member_is_in_anything_that_a_brand_can_see(database, clock, brand_client):
    database.run("ALTER SEQUENCE members_id_seq RESTART WITH 770001")
    database.run("ALTER SEQUENCE accounts_id_seq RESTART WITH 880001")
    clock.set(OPENING)
    with database.session() as session:
        morning = set_out(session)
        for name in ("Camille Laurent", "Noor Haddad"):
            member = factories.member(session, name=name, email=f"{name[:5]}@secret.example")
            buy(session, morning.item("S"), by=member)
            hold(session, morning.item("M"), by=member)
        for units in (3, 2):
            buy(session, morning.item("L"), units=units)
        want(session, morning.item("L"), by=member)
        person = morning.person(session)
    client = brand_client(person)

    for address in ADDRESSES:
        answer = client.get(f"/brand/sales/{morning.ref}/{address}")
        assert answer.status_code == 200
        whole = answer.get_data()
        said = whole.decode("utf-8", "replace") + json.dumps(
            sheets_of(answer) if address.endswith("xlsx") else ""
        )
        for secret in ("Camille", "Haddad", "secret.example", "77000", "member_id"):
            assert secret not in said, (address, secret)


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_brands_person_finds_nothing_here(database, morning, brand_client, address):
    with database.session() as session:
        stranger = factories.brand_user(session, of=factories.brand(session))

    answer = brand_client(stranger).get(f"/brand/sales/{morning.ref}/{address}")

    assert answer.status_code == 404


@pytest.mark.parametrize("role", list(BrandRole))
def test_everybody_of_the_brand_may_look(database, morning, brand_client, role):
    with database.session() as session:
        person = morning.person(session, role=role)

    assert brand_client(person).get(f"/brand/sales/{morning.ref}/live").status_code == 200


@pytest.mark.parametrize("query", ["by=member", "page=0", "sort=name", "part=x"])
def test_a_question_that_the_page_does_not_know_is_refused(client, morning, query):
    assert client.get(f"/brand/sales/{morning.ref}/live?{query}").status_code == 422


def test_the_page_speaks_french(database, morning, brand_client):
    with database.session() as session:
        person = morning.person(session, locale="fr")

    said = text_of(brand_client(person).get(f"/brand/sales/{morning.ref}/live"))

    assert "Pièces payées 6" in said
    assert "5 vendues sur 5 (100 %), épuisé à 7 h 04" in said


def test_the_house_sees_the_same_figures(tools, morning):
    brand = sell_through.live(
        tools.at_door(Door.BRAND, brand_id=morning.brand_id), sale_ref=morning.ref
    )
    house = sell_through.live(tools.at_door(Door.OPERATOR), sale_ref=morning.ref)

    assert house.figures.whole == brand.figures.whole


def test_who_only_looks_reads_every_figure_and_finds_nothing_to_press(
    database, morning, brand_client
):
    with database.session() as session:
        somebody = morning.person(session, role=BrandRole.VIEWER)
    looking = brand_client(somebody)

    page = looking.get(f"/brand/sales/{morning.ref}/live")
    sheet = looking.get(f"/brand/sales/{morning.ref}/figures.csv")

    assert "6 sold of 19 accepted" in text_of(page)
    assert sum(int(row["Pieces paid"]) for row in csv_of(sheet)) == 6
    assert looking.get("/brand/reports").status_code == 200
    posts = re.findall(r'<form[^>]* method="post" action="([^"]+)"', page.get_data(as_text=True))
    assert [action for action in posts if action.startswith("/brand/sales/")] == []


def test_a_deal_that_shares_no_figures_while_it_sells_shows_none(client, morning, database):
    assert client.get(f"/brand/sales/{morning.ref}/live").status_code == 200
    database.run("UPDATE deal_versions SET terms = terms || '{\"data_shared\": []}'")

    kept = client.get(f"/brand/sales/{morning.ref}/live")

    assert kept.status_code == 409
    assert "once the sale has closed" in text_of(kept)
