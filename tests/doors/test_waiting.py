"""The waiting page: in place of the sale until the member is let in, told without a script, and checked by anybody."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import text

from marketplace.domain import admissions as rule
from marketplace.domain.doors import Door
from marketplace.services import admissions
from tests import factories


def text_of(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def scene(database, tools, clock, member_client):
    """A sale ten minutes before its opening with a room for one, two members who came, and one who comes late."""
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=4, opens_in=timedelta(minutes=10))
        sale.limit_per_member = item.limit_per_member = 4
        people = [factories.member(session) for _ in range(3)]
        operator = factories.operator(session)
    style = database.value("SELECT style_id FROM variants")
    desk = tools.at_door(Door.OPERATOR, account_id=operator.id)
    admissions.set_up(desk, ref=sale.ref, at_once=1, per_minute=60)
    return SimpleNamespace(
        sale=sale,
        item=item,
        people=people,
        operator=operator,
        desk=desk,
        style=style,
        address=f"/sales/{sale.ref}",
        browsers=[member_client(each) for each in people],
    )


def opens(scene, clock):
    """Both are there as the hour comes; the browser that is let in, the one that waits, and the one that came late."""
    first, second, late = scene.browsers
    for browser in (first, second):
        browser.get(scene.address)
    clock.turn(minutes=9, seconds=50)
    for browser in (first, second):
        browser.get(scene.address)
    clock.turn(seconds=10)
    for browser in (first, second):
        browser.get(scene.address)
    late.get(scene.address)
    clock.turn(seconds=2)
    shown = {browser: text_of(browser.get(scene.address)) for browser in (first, second)}
    inside = next(each for each, page in shown.items() if "It is your turn" in page)
    return inside, second if inside is first else first, late


def test_before_the_opening_the_page_says_that_one_is_in_the_draw_and_shows_the_fingerprint(
    scene, database
):
    page = text_of(scene.browsers[0].get(scene.address))
    seed = database.value("SELECT seed FROM waiting_rooms")
    ticket = str(database.value("SELECT number FROM tickets"))

    assert "You are in the draw" in page
    assert rule.commitment(seed) in page
    assert ticket in page
    assert seed not in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert 'aria-live="polite"' in page


def test_who_is_not_let_in_sees_the_line_and_not_the_shelves(scene, clock):
    inside, waits, late = opens(scene, clock)

    waiting, behind = text_of(waits.get(scene.address)), text_of(late.get(scene.address))
    piece = waits.get(f"{scene.address}/styles/{scene.style}")

    assert "You are next" in waiting
    assert "1 member is before you" in behind
    assert "data-live" not in waiting
    assert piece.status_code == 303
    assert piece.location.endswith(scene.address)
    assert inside.get(f"{scene.address}/styles/{scene.style}").status_code == 200


def test_a_hold_of_who_waits_is_refused_as_a_page_and_as_json(scene, clock, database):
    inside, waits, _ = opens(scene, clock)
    wanted = {"item": scene.item.id, "style": scene.style}
    json = {"Accept": "application/json"}

    def key(number):
        return {"key": f"00000000-0000-4000-8000-00000000000{number}"}

    page = waits.post(f"{scene.address}/holds", wanted | key(1), follow_redirects=True)
    problem = waits.post(f"{scene.address}/holds", wanted | key(2), headers=json)
    held = inside.post(f"{scene.address}/holds", wanted | key(3), headers=json)

    assert "not your turn yet" in text_of(page)
    assert (problem.status_code, problem.json["code"]) == (409, "still_waiting")
    assert held.status_code == 201
    assert database.value("SELECT count(*) FROM holds") == 1


def test_the_part_that_asks_again_is_silent_while_it_says_the_same(scene, clock):
    inside, waits, _ = opens(scene, clock)
    page = text_of(waits.get(scene.address))
    poll = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")

    same = waits.get(poll)
    anew = waits.get(poll.partition("?")[0])
    unchanged = waits.get(poll.partition("?")[0], headers={"If-None-Match": anew.headers["ETag"]})
    let_in = inside.get(f"{scene.address}/waiting")

    assert (same.status_code, same.headers.get("HX-Refresh")) == (204, None)
    assert (anew.status_code, unchanged.status_code) == (200, 304)
    assert "You are next" in text_of(anew)
    assert (let_in.status_code, let_in.headers["HX-Refresh"]) == (204, "true")


def test_all_in_bags_is_said_with_its_minutes_and_the_end_at_once(scene, clock, database, tools):
    inside, waits, _ = opens(scene, clock)
    inside.post(
        f"{scene.address}/holds",
        {
            "item": scene.item.id,
            "units": 4,
            "style": scene.style,
            "key": "00000000-0000-4000-8000-000000000001",
        },
    )
    clock.turn(minutes=2, seconds=2)
    waits.get(scene.address)
    clock.turn(seconds=2)
    bagged = text_of(waits.get(scene.address))
    with database.session() as session:
        hold_id, owner = session.execute(text("SELECT id, member_id FROM holds")).one()
        member = next(each for each in scene.people if each.id == owner)
        order = factories.order(session, by=member, hold_ids=(hold_id,))
        factories.sell(session, of=order)
    clock.turn(seconds=2)
    over = text_of(waits.get(scene.address))

    assert "All in bags. The next release is in 8 minutes, unless it is paid for." in bagged
    assert "Nothing is left" in over
    assert "the waiting room has ended" in over


def test_after_the_draw_anybody_can_work_it_out(scene, clock, database):
    _, waits, _ = opens(scene, clock)
    page = text_of(waits.get(scene.address))
    seed = database.value("SELECT seed FROM waiting_rooms")

    table = text_of(waits.get(f"{scene.address}/draw"))
    rows = list(csv.DictReader(io.StringIO(table)))
    names = database.rows("SELECT name, email FROM accounts")

    assert seed in page
    assert [row["place"] for row in rows] == ["1", "2"]
    assert tuple(row["ticket"] for row in rows) == tuple(
        map(str, rule.draw(seed, [UUID(row["ticket"]) for row in rows]))
    )
    assert not any(word in table for name in names for word in name)


def test_there_is_no_draw_to_see_before_it_or_without_a_room(scene):
    assert scene.browsers[0].get(f"{scene.address}/draw").status_code == 404


def test_a_turn_that_passed_can_be_taken_again_with_one_button(scene, clock):
    inside, _, _ = opens(scene, clock)
    clock.turn(minutes=10)

    passed = text_of(inside.get(scene.address))
    again = inside.post(f"{scene.address}/waiting/again", follow_redirects=True)
    twice = inside.post(f"{scene.address}/waiting/again")

    assert "Your turn has passed" in passed
    assert "You stand in the line again." in text_of(again)
    assert twice.status_code == 409


def test_to_an_own_customer_of_the_brand_there_is_no_room(scene, database):
    browser = scene.browsers[0]
    database.run("UPDATE members SET mark = '\\x01'::bytea")
    database.run(
        "INSERT INTO suppressed_marks (brand_id, mark) VALUES (:brand, '\\x01'::bytea)",
        brand=scene.sale.brand_id,
    )

    asked = [browser.get(f"{scene.address}{end}").status_code for end in ("", "/waiting", "/draw")]

    assert asked == [404, 404, 404]
    assert browser.post(f"{scene.address}/waiting/again").status_code == 404
    assert database.value("SELECT count(*) FROM tickets") == 0


def test_an_operator_sets_a_room_up_watches_it_and_lets_everybody_in(
    scene, clock, signed_in, database
):
    desk = signed_in(scene.operator.id)
    address = f"/admin/sales/{scene.sale.ref}/room"
    saved = desk.post(address, {"at_once": "2", "per_minute": "30"}, follow_redirects=True)
    wrong = desk.post(address, {"at_once": "0", "per_minute": "x"})
    _, waits, _ = opens(scene, clock)

    room, board = text_of(desk.get(address)), text_of(desk.get(f"/admin/board/{scene.sale.ref}"))
    unexplained = desk.post(f"{address}/wide", {"reason": ""})
    wide = desk.post(f"{address}/wide", {"reason": "There is room."}, follow_redirects=True)
    late = desk.post(address, {"at_once": "2", "per_minute": "30"})

    assert "The waiting room is set up." in text_of(saved)
    assert wrong.status_code == unexplained.status_code == 422
    assert database.rows("SELECT at_once, per_minute FROM waiting_rooms") == [(2, 30)]
    assert "Places drawn" in room
    assert database.value("SELECT seed FROM waiting_rooms") not in room
    assert "in the waiting room" in board
    assert "Everybody is let in." in text_of(wide)
    assert "not shut again" in text_of(desk.get(address))
    assert late.status_code == 422
    assert "data-live" in text_of(waits.get(scene.address))


def test_a_sale_without_a_room_is_one_page_for_all(scene, database, clock, monkeypatch):
    database.run("DELETE FROM waiting_rooms")
    clock.turn(minutes=10)
    asked = []
    monkeypatch.setattr(admissions, "visit", lambda *_args, **_more: asked.append(1))

    page = text_of(scene.browsers[0].get(scene.address))

    assert "data-live" in page
    assert asked == []


def test_a_page_written_for_all_is_not_handed_to_who_waits(scene, clock, app):
    """The short way in front of Flask: whoever is let in first must not have written the page of those who wait."""
    app.config["SHOWCASE_KEPT_MS"] = 600_000
    inside, waits, _ = opens(scene, clock)

    shelves, line = text_of(inside.get(scene.address)), text_of(waits.get(scene.address))

    assert "data-live" in shelves
    assert "You are next" in line
    assert "data-live" not in line
