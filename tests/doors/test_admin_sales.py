"""The operators' door: a sale from its draft to the live board, as somebody at the desk does it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.db.accounts import Account
from marketplace.domain.moments import wall_time
from marketplace.services import sales
from tests import factories, sale_scenes
from tests.sale_scenes import ZONE, hold


@pytest.fixture
def at(database):
    """A desk with goods."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def desk(at, database, operator_client):
    """A browser of the operator at that desk."""
    with database.session() as session:
        return operator_client(session.get_one(Account, at.operator_id))


def text(answer):
    return answer.get_data(as_text=True)


def opened(tools, clock, at):
    """A sale that opened a minute ago, while the operator stayed signed in."""
    ref = sale_scenes.scheduled(tools, at, opens_in=timedelta(minutes=5))
    clock.turn(minutes=6)
    return ref


def plan(at, **more):
    opens = wall_time(at.now + timedelta(days=2), ZONE).replace(second=0, microsecond=0)
    return {
        "title": "The winter house",
        "line": "",
        "territory": "FR",
        "zone": ZONE,
        "opens_wall": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_wall": f"{opens + timedelta(days=3):%Y-%m-%dT%H:%M}",
        "teaser_days": "3",
        "limit_per_member": "4",
        "manager_id": str(at.operator_id),
        "version": "0",
        **more,
    }


def drafted(desk, at, **more):
    answer = desk.post("/admin/sales/new", {"deal": str(at.deal_id), **plan(at, **more)})
    assert answer.status_code == 303, text(answer)
    return answer.headers["Location"].split("/")[3]


def test_a_sale_is_planned_to_the_second_where_one_is_given_and_keeps_it_when_saved_again(
    at, desk, database
):
    typed = plan(at)["opens_wall"]
    ref = drafted(desk, at, opens_wall=f"{typed}:30")
    page = text(desk.get(f"/admin/sales/{ref}/plan"))
    assert f'value="{typed}:30"' in page
    assert f'value="{plan(at)["closes_wall"]}"' in page
    assert f"{typed[-5:]}:30" in text(desk.get(f"/admin/sales/{ref}"))

    again = desk.post(
        f"/admin/sales/{ref}/plan", plan(at, opens_wall=f"{typed}:30", version="1", line="Wool")
    )

    assert again.status_code == 303, text(again)
    assert database.rows(
        "SELECT extract(second FROM opens_wall)::int, extract(second FROM opens_at)::int,"
        " extract(second FROM closes_wall)::int, line FROM sales"
    ) == [(30, 30, 0, "Wool")]


@pytest.mark.parametrize("typed", ["2026-12-01T07:00:60", "2026-12-01T07:00:3", "2026-12-01"])
def test_a_time_that_no_clock_shows_is_not_taken(at, desk, database, typed):
    answer = desk.post("/admin/sales/new", {"deal": str(at.deal_id), **plan(at, opens_wall=typed)})

    assert answer.status_code == 422
    assert database.value("SELECT count(*) FROM sales") == 0


def test_a_fill_that_finds_nothing_says_so_and_emptying_a_draft_does_not(at, desk, database):
    first, second = drafted(desk, at), drafted(desk, at)
    filled = {"version": "1", "saving": "50"}
    desk.post(f"/admin/sales/{first}/items/fill", filled)

    desk.post(f"/admin/sales/{second}/items/fill", filled)
    nothing = text(desk.get(f"/admin/sales/{second}/items"))
    emptied = {"version": "2"}
    for variant in at.variant_ids:
        emptied |= {f"item.{variant}.units": "0", f"item.{variant}.price": "60.00"}
        emptied[f"item.{variant}.limit"] = "2"
    desk.post(f"/admin/sales/{first}/items", emptied)
    empty = text(desk.get(f"/admin/sales/{first}/items"))

    assert "No unit could be put into the sale" in nothing
    assert "0 items with 0 units are in the sale." in empty
    assert "No unit could be put into the sale" not in empty
    assert database.value("SELECT sum(allocated) FROM lots") == 0


def test_the_week_shows_a_sale_on_its_day(at, desk, tools):
    ref = sale_scenes.scheduled(tools, at)
    opens = wall_time(at.now + timedelta(days=2), ZONE).date()

    page = text(desk.get(f"/admin/?day={opens}"))

    assert f"/admin/sales/{ref}" in page
    assert "Scheduled" in page


def test_a_sale_is_drafted_filled_looked_at_and_scheduled(at, desk, tools, database):
    assert f"deal={at.deal_id}" in text(desk.get("/admin/sales/new"))
    ref = drafted(desk, at)
    assert desk.get(f"/admin/sales/{ref}/items").status_code == 200

    filled = desk.post(f"/admin/sales/{ref}/items/fill", {"version": "1", "saving": "50"})
    assert filled.status_code == 303
    assert database.rows("SELECT price_minor, units FROM sale_items") == [(6_000, 10), (6_000, 10)]

    rows = text(desk.get(f"/admin/sales/{ref}/preflight"))
    assert "The brand has not approved this sale." in rows
    assert "Schedule the sale" not in rows
    sales.approve(at.brand(tools), ref=ref, version=2)
    assert "Schedule the sale" in text(desk.get(f"/admin/sales/{ref}/preflight"))

    done = desk.post(f"/admin/sales/{ref}/schedule", {"version": "2"})

    assert done.status_code == 303
    assert database.value("SELECT state FROM sales") == "scheduled"
    assert "Scheduled" in text(desk.get(f"/admin/sales/{ref}"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"opens_wall": "2027-03-28T02:30", "closes_wall": "2027-03-30T07:00"},
            "this time does not exist there",
        ),
        ({"closes_wall": "2020-01-01T07:00"}, "The sale would close before it opens"),
        ({"zone": "Europe/Atlantis"}, "There is no time zone Europe/Atlantis"),
        ({"territory": "DE"}, "Agreed territories: FR"),
        ({"title": ""}, "This is needed. Fill it in."),
        ({"limit_per_member": "many"}, "This is not a whole number. It looks like 12."),
    ],
)
def test_a_plan_that_cannot_be_is_shown_again_with_its_reason(at, desk, database, changed, said):
    answer = desk.post("/admin/sales/new", {"deal": str(at.deal_id), **plan(at, **changed)})

    assert answer.status_code == 422
    assert said in text(answer)
    assert database.value("SELECT count(*) FROM sales") == 0


def test_an_hour_that_comes_twice_asks_which_one_and_keeps_the_choice(at, desk, database):
    twice = {"opens_wall": "2027-10-31T02:30", "closes_wall": "2027-11-02T07:00"}

    asked = desk.post("/admin/sales/new", {"deal": str(at.deal_id), **plan(at, **twice)})
    assert asked.status_code == 422
    assert "The second time, after the clocks went back" in text(asked)

    ref = drafted(desk, at, **twice, opens_fold="1")

    assert database.value("SELECT opens_at::text FROM sales") == "2027-10-31 01:30:00+00"
    again = text(desk.get(f"/admin/sales/{ref}/plan"))
    assert 'name="opens_fold" value="1" checked' in again


def test_a_field_that_the_form_does_not_show_is_refused(at, desk, database):
    answer = desk.post(
        "/admin/sales/new", {"deal": str(at.deal_id), **plan(at), "state": "scheduled"}
    )

    assert answer.status_code == 422
    assert database.value("SELECT count(*) FROM sales") == 0


def test_an_older_version_of_the_plan_does_not_overwrite_a_newer(at, desk, database):
    ref = drafted(desk, at)
    first = desk.post(f"/admin/sales/{ref}/plan", plan(at, version="1", title="First come"))
    second = desk.post(f"/admin/sales/{ref}/plan", plan(at, version="1", title="Second come"))

    assert (first.status_code, second.status_code) == (303, 422)
    assert "Somebody changed this" in text(second)
    assert database.value("SELECT title FROM sales") == "First come"


def test_faults_of_single_lines_stand_beside_them_and_what_was_typed_stays(at, desk, database):
    ref = drafted(desk, at)
    small, medium = at.variant_ids

    answer = desk.post(
        f"/admin/sales/{ref}/items",
        {
            "version": "1",
            "page": "1",
            f"item.{small}.units": "3",
            f"item.{small}.price": "29,99",
            f"item.{medium}.units": "11",
            f"item.{medium}.price": "60",
        },
    )

    page = text(answer)
    assert answer.status_code == 422
    assert "this is not sold below €30.00" in page
    assert "10 units are accepted and in no other sale" in page
    assert 'value="29,99"' in page
    assert database.value("SELECT count(*) FROM sale_items") == 0


def test_lines_are_saved_and_a_page_saved_unchanged_changes_nothing(at, desk, database):
    ref = drafted(desk, at)
    small, medium = at.variant_ids
    line = {f"item.{small}.units": "3", f"item.{small}.price": "59,90", f"item.{small}.limit": "1"}

    desk.post(f"/admin/sales/{ref}/items", {"version": "1", **line, f"item.{medium}.units": ""})
    again = desk.post(f"/admin/sales/{ref}/items", {"version": "2", **line})

    assert database.rows(
        "SELECT variant_id, units, price_minor, limit_per_member FROM sale_items"
    ) == [(small, 3, 5_990, 1)]
    assert again.status_code == 303
    assert database.value("SELECT version FROM sales") == 2


def test_a_button_pressed_too_early_sends_back_to_the_rows(at, desk, database):
    ref = drafted(desk, at)

    answer = desk.post(f"/admin/sales/{ref}/schedule", {"version": "1"})

    assert answer.headers["Location"].endswith(f"/admin/sales/{ref}/preflight")
    assert "Its pre-flight says which rows block" in text(desk.get(f"/admin/sales/{ref}/preflight"))
    assert database.value("SELECT state FROM sales") == "draft"


def test_an_act_shows_its_effects_asks_for_a_reason_and_is_done(at, desk, tools, database, clock):
    ref = opened(tools, clock, at)
    hold(database, units=2)

    asked = text(desk.get(f"/admin/sales/{ref}/acts/pause"))
    assert "From now on nobody can hold anything more." in asked
    assert "The 1 hold that members have keeps its time" in asked
    without = desk.post(f"/admin/sales/{ref}/acts/pause", {"reason": " "})
    assert without.status_code == 422
    assert database.value("SELECT state FROM sales") == "scheduled"

    done = desk.post(f"/admin/sales/{ref}/acts/pause", {"reason": "snow"})

    assert done.status_code == 303
    assert database.value("SELECT state FROM sales") == "paused"
    assert database.rows(
        "SELECT name, reason, account_id FROM events ORDER BY id DESC LIMIT 1"
    ) == [("sale.paused", "snow", at.operator_id)]


def test_a_sale_is_extended_to_a_later_hour_only(at, desk, tools, database, clock):
    ref = opened(tools, clock, at)
    closes = database.value("SELECT closes_wall FROM sales")

    earlier = desk.post(
        f"/admin/sales/{ref}/acts/extend",
        {"closes_wall": f"{closes - timedelta(hours=1):%Y-%m-%dT%H:%M}", "reason": "demand"},
    )
    assert earlier.status_code == 422
    assert "Choose a later time" in text(earlier)

    later = closes + timedelta(hours=6)
    done = desk.post(
        f"/admin/sales/{ref}/acts/extend",
        {"closes_wall": f"{later:%Y-%m-%dT%H:%M}", "reason": "demand"},
    )
    assert done.status_code == 303
    assert database.value("SELECT closes_wall FROM sales") == later


def test_a_saving_that_the_law_does_not_allow_keeps_the_sale_from_being_scheduled(
    at, desk, tools, database
):
    later = sale_scenes.ready(tools, at, units=3, opens_in=timedelta(days=35), price_minor=4_500)
    earlier = sale_scenes.scheduled(tools, at, units=3, opens_in=timedelta(days=20))

    refused = desk.post(f"/admin/sales/{later}/schedule", {"version": "2"})

    assert refused.headers["Location"].endswith(f"/admin/sales/{later}/preflight")
    page = text(desk.get(f"/admin/sales/{later}/preflight"))
    assert f"Sale {earlier} asked €60.00 for " in page
    assert "The law lets a saving be told only from the lowest price of those days" in page
    assert database.value("SELECT state FROM sales WHERE ref = :ref", ref=later) == "draft"


@pytest.mark.parametrize("act", ["explode", "edit", "schedule", "stop_item"])
def test_an_act_that_there_is_none_of_is_not_found(at, desk, tools, act):
    ref = sale_scenes.scheduled(tools, at)

    assert desk.get(f"/admin/sales/{ref}/acts/{act}").status_code == 404


def test_an_item_is_stopped_given_units_and_resumed_from_the_board(
    at, desk, tools, database, clock
):
    ref = opened(tools, clock, at)
    item = database.value("SELECT min(id) FROM sale_items")
    place = f"/admin/sales/{ref}/items/{item}"

    assert desk.get(f"{place}/stop_item").status_code == 200
    desk.post(f"{place}/stop_item", {"reason": "a seam"})
    assert "stopped" in text(desk.get(f"/admin/board/{ref}"))
    too_many = desk.post(f"{place}/add_units", {"units": "6", "reason": "demand"})
    assert too_many.status_code == 422
    desk.post(f"{place}/add_units", {"units": "2", "reason": "demand"})
    desk.post(f"{place}/resume_item", {"reason": "checked"})

    assert database.rows("SELECT units, stopped_at FROM sale_items WHERE id = :i", i=item) == [
        (7, None)
    ]


def test_the_board_shows_the_morning_and_its_moving_part_alone(at, desk, tools, database, clock):
    ref = opened(tools, clock, at)
    hold(database, units=2)
    sales.record_due_transitions(tools, limit=10)

    whole = text(desk.get(f"/admin/board/{ref}"))
    part = text(desk.get(f"/admin/board/{ref}/figures"))

    assert "<title>" in whole
    assert "<title>" not in part
    assert 'id="board"' in part
    assert "Release" in part


def test_a_hold_is_released_for_a_reason(at, desk, tools, database, clock):
    ref = opened(tools, clock, at)
    hold_id = hold(database, units=2)
    place = f"/admin/sales/{ref}/holds/{hold_id}/release"

    assert "2 units" in text(desk.get(place))
    assert desk.post(place, {"reason": ""}).status_code == 422
    desk.post(place, {"reason": "asked on the phone"})

    assert database.value("SELECT state FROM holds") == "released"


def test_a_conversation_is_led_on_the_sales_page(at, desk, tools, database):
    ref = sale_scenes.scheduled(tools, at)
    sale_id = database.value("SELECT id FROM sales")
    sent = {"body": "The goods are beautiful.", "key": "k1", "visibility": "all"}

    assert desk.post(f"/admin/sales/{ref}/messages", sent).status_code == 303
    desk.post(f"/admin/messages/sale/{sale_id}", sent)

    assert "The goods are beautiful." in text(desk.get(f"/admin/sales/{ref}"))
    assert "The goods are beautiful." in text(desk.get(f"/admin/messages/sale/{sale_id}"))
    assert ref in text(desk.get("/admin/messages"))
    assert database.value("SELECT count(*) FROM messages") == 1


@pytest.mark.parametrize("path", ["", "/plan", "/items", "/preflight", "/acts/pause"])
def test_a_sale_that_is_not_there_is_not_found(desk, path):
    assert desk.get(f"/admin/sales/nothing{path}").status_code == 404


def test_nobody_but_the_house_comes_in(at, tools, database, anonymous, member_client):
    ref = sale_scenes.scheduled(tools, at)
    with database.session() as session:
        member = factories.member(session)

    for client in (anonymous, member_client(member)):
        assert client.get("/admin/").status_code == 404
        assert client.get(f"/admin/sales/{ref}").status_code == 404
        answer = client.post(f"/admin/sales/{ref}/acts/cancel", {"reason": "mine"})
        assert answer.status_code == 404
    assert database.value("SELECT state FROM sales") == "scheduled"
