"""Beyond what sold, at the brands' door: releasing more in one press, and reports of later days in every form."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from jobs import contacts
from marketplace.domain.doors import BrandRole
from marketplace.services import orders, reports, sales
from marketplace.words.prospects import NOTHING
from tests import factories
from tests.morning_scenes import COAT, OPENING, buy, may_release, set_out
from tests.scenes import bag_of, delivered_order


@pytest.fixture
def morning(database, clock):
    """All five coats of the M are sold; the brand may release seven more."""
    clock.set(OPENING)
    with database.session() as session:
        scene = set_out(session, offers=(COAT,), length=timedelta(hours=2))
        may_release(session, scene.item(), hard_stop=12)
        scene.person(session, name="Ines Verrier")
        scene.person(session, name="Noor Verrier", role=BrandRole.VIEWER)
    clock.set(OPENING + timedelta(minutes=1))
    with database.session() as session:
        buy(session, scene.item(), units=3)
        buy(session, scene.item(), units=2)
    return scene


@pytest.fixture
def client(database, morning, brand_client):
    return of_role(database, morning, brand_client, BrandRole.OWNER)


def of_role(database, morning, brand_client, role):
    with database.session() as session:
        return brand_client(
            session.query(factories.BrandUser).filter_by(brand_id=morning.brand_id, role=role).one()
        )


def text_of(answer):
    return re.sub(
        r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))
    )


def test_more_is_released_in_one_press_and_a_second_press_does_nothing(database, client, morning):
    page = client.get(f"/brand/sales/{morning.ref}/live").get_data(as_text=True)
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    form = {"item": morning.item(), "units": 7, "key": key}
    assert f'name="item" value="{morning.item()}"' in page
    assert "Release 7" in page

    pressed = [
        client.post(f"/brand/sales/{morning.ref}/release", data=form, follow_redirects=True)
        for _ in range(2)
    ]

    assert all("7 units released" in text_of(each) for each in pressed)
    assert "7 released, on sale as soon as the house has counted them in" in text_of(pressed[1])
    assert database.rows("SELECT units FROM releases") == [(7,)]


def test_who_only_looks_is_offered_no_release(database, morning, brand_client):
    viewer = of_role(database, morning, brand_client, BrandRole.VIEWER)
    page = viewer.get(f"/brand/sales/{morning.ref}/live").get_data(as_text=True)

    answer = viewer.post(
        f"/brand/sales/{morning.ref}/release",
        data={"item": morning.item(), "units": 1, "key": "press"},
    )

    assert "Release 7" not in page
    assert answer.status_code == 403
    assert database.value("SELECT count(*) FROM releases") == 0


def test_a_page_says_what_it_cannot_tell(client, morning):
    said = text_of(client.get(f"/brand/sales/{morning.ref}/live"))

    assert f"Expected at the close {NOTHING} not estimable: 0 of the 8 pieces it takes" in said
    assert "Members who bought fewer than ten new to you: fewer than ten" in said
    assert (
        f"Your category at this minute {NOTHING} not enough sales yet: 0 of 5 other brands" in said
    )


@pytest.fixture
def later(database, paying, simulator, clock):
    """Of three pieces in a sale two were delivered, one of these came back, and sixty days are over."""
    with database.session() as session:
        bag = bag_of(session, units=2, price_minor=4_000, stock=3)
        brand = session.get_one(factories.Brand, bag.item.brand_id)
        person = factories.brand_user(session, of=brand)
        brand_id = brand.id
    placed = delivered_order(paying, simulator, bag)
    line_id = database.value("SELECT id FROM order_lines")
    back = orders.withdraw(
        paying,
        order_id=placed.order_id,
        member_id=bag.member_id,
        units={line_id: 1},
        key="once",
        words="I withdraw from this.",
    )
    orders.receive_return(paying, withdrawal_id=back)
    sales.record_due_transitions(paying, limit=10)
    clock.turn(days=2)
    sales.record_due_transitions(paying, limit=10)
    clock.turn(days=30)
    return brand_id, person


def test_a_sale_is_reported_again_after_thirty_and_sixty_days_once_each(
    database, later, clock, paying
):
    month = [reports.take_later(paying) for _ in range(2)]
    clock.turn(days=30)
    both = [reports.take_later(paying) for _ in range(2)]

    assert (month, both) == ([1, 0], [1, 0])
    days = "SELECT kind, extract(day FROM r.as_of - s.closes_at)::bigint FROM reports r JOIN sales s ON true"
    assert database.rows(f"{days} WHERE kind LIKE 'day%' ORDER BY as_of") == [
        ("day_30", 30),
        ("day_60", 60),
    ]
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'report_later'") == 2


def sheets_of(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_page_letter_and_every_file_of_a_later_report_agree_to_the_unit(
    database, later, paying, brand_client, app
):
    reports.take_later(paying)
    number = database.value("SELECT id FROM reports WHERE kind = 'day_30'")
    client = brand_client(later[1])

    page = text_of(client.get(f"/brand/reports/{number}"))
    kept = json.loads(client.get(f"/brand/reports/{number}.json").get_data())
    head, row = (
        client.get(f"/brand/reports/{number}.csv").get_data().decode("utf-8-sig").splitlines()
    )
    book = sheets_of(client.get(f"/brand/reports/{number}.xlsx").get_data())
    contacts.SEND_LETTERS.act(paying, {})
    letter = database.value(
        "SELECT m.text FROM captured_mails m JOIN letters l ON l.id = m.letter_id"
        " WHERE l.kind = 'report_later'"
    )

    line = dict(zip(head.split(";"), row.split(";"), strict=True))
    sums = {each[0]: each[1] for each in book["Figures"]}
    variants = dict(zip(*book["Variants"], strict=True))
    told = kept["variants"][0], kept["whole"], kept["beyond"]["returned"]
    assert (told[0]["paid"], told[1]["returned"], told[1]["net_bps"]) == (2, 1, 3_333)
    assert [(each["cause"], each["units"]) for each in told[2]] == [("withdrawn", 1)]
    for forms in (line, variants):
        assert (int(forms["Pieces paid"]), int(forms["Pieces returned"])) == (2, 1)
        assert int(forms["Sent back by the member"]) == 1
        assert int(forms["Cancelled before packing"]) == 0
    assert (
        sums["Pieces returned"],
        sums["Sell-through of accepted pieces, net of what came back"],
    ) == (1, 33.33)
    assert "Pieces returned: 1" in letter
    assert "Sell-through of accepted pieces, net of what came back: 33.33%" in letter
    assert "Report after 30 days" in page
    assert "Net of 1 cancelled or returned: 33.33%" in page
    assert "What came back, by size" in page
    assert "All pieces 0 1 0" in page
    assert "no earlier sale of yours to compare with" in page
    assert line["Members left wanting"] == variants["Members left wanting"] == "fewer than ten"
    assert sums["Members who bought"] == "fewer than ten"
    assert "Members who bought: fewer than ten" in letter
