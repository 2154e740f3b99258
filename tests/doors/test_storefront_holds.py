"""From the piece to the bag and back, with forms alone: no script runs in these tests."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.domain.sales import SaleState
from tests import factories

KEY = re.compile(r'name="key" value="([0-9a-f-]{36})"')


@pytest.fixture
def hung():
    """The members' door alone."""
    return ("marketplace.storefront",)


@pytest.fixture
def scene(database):
    """An open sale of one item with two units, and a member."""
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=2)
        return sale, item, factories.member(session)


@pytest.fixture
def client(member_client, scene):
    """The member's browser."""
    return member_client(scene[2])


def style_of(database, item):
    """The style of an item."""
    return database.value(
        "SELECT v.style_id FROM sale_items i JOIN variants v ON v.id = i.variant_id WHERE i.id = :id",
        id=item.id,
    )


def press(client, database, sale, piece, **more):
    """The button, with what the page of the piece carries."""
    form = {"item": piece.id, "style": style_of(database, piece), "key": str(uuid4()), **more}
    return client.post(f"/sales/{sale.ref}/holds", {name: v for name, v in form.items() if v != ""})


def words(answer):
    """The answer without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_one_button_holds_the_piece_and_leads_to_the_bag(database, client, scene):
    sale, item, _ = scene
    page = client.get(f"/sales/{sale.ref}/styles/{style_of(database, item)}")
    key = KEY.search(page.get_data(as_text=True)).group(1)

    answer = press(client, database, sale, item, key=key)
    bag = client.get("/bag")

    assert "Hold for 10 minutes" in words(page)
    assert (answer.status_code, answer.location) == (303, "/bag")
    assert re.search(r"Held for you until \d\d:\d\d\.", words(bag))
    assert "incl. €10.98 VAT (20%)" in words(bag)
    assert database.rows("SELECT available, held FROM sale_items") == [(1, 1)]


def test_a_double_click_is_one_hold(database, client, scene):
    sale, item, _ = scene
    key = str(uuid4())

    answers = [press(client, database, sale, item, key=key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert database.value("SELECT count(*) FROM holds") == 1


def test_going_back_and_choosing_another_size_is_another_hold(database, client, scene):
    sale, item, _ = scene
    with database.session() as session:
        style = session.get_one(factories.Style, style_of(database, item))
        large = factories.variant(session, of=style, size="L")
        other = factories.sale_item(session, of=sale, variant=large, units=2)
    key = str(uuid4())

    press(client, database, sale, item, key=key)
    press(client, database, sale, other, key=key)

    assert database.rows("SELECT held FROM sale_items ORDER BY id") == [(1,), (1,)]


def test_a_program_is_answered_in_json(database, client, scene):
    sale, item, _ = scene
    form = {"item": item.id, "style": 1, "key": str(uuid4()), "units": 2}
    accept = {"Accept": "application/json"}

    first = client.post(f"/sales/{sale.ref}/holds", form, headers=accept)
    form["key"] = str(uuid4())
    second = client.post(f"/sales/{sale.ref}/holds", form, headers=accept)

    assert (first.status_code, first.json["outcome"], first.json["price_minor"]) == (
        201, "held", 6_000
    )  # fmt: skip
    assert second.status_code == 409
    assert second.content_type == "application/problem+json"
    assert second.json["code"] == "limit_reached"


def test_all_in_bags_is_said_in_place_with_when_they_come_back(database, client, scene):
    sale, item, _ = scene
    with database.session() as session:
        other = factories.member(session)
        factories.hold(session, by=other, on=item, units=2)

    answer = press(client, database, sale, item)

    assert answer.status_code == 409
    assert re.search(
        r"Not held All in bags\. Two come back at \d\d:\d\d unless they are paid for\.",
        words(answer),
    )
    assert database.value("SELECT count(*) FROM demand_signals") == 1


def test_sold_out_is_said_in_place_with_the_time(database, client, scene):
    sale, item, _ = scene
    with database.session() as session:
        other = factories.member(session)
        hold = factories.hold(session, by=other, on=item, units=2)
        assert (
            factories.sell(session, of=factories.order(session, by=other, hold_ids=[hold]))
            == "sold"
        )

    answer = press(client, database, sale, item)
    page = client.get(f"/sales/{sale.ref}/styles/{style_of(database, item)}")

    assert answer.status_code == 409
    assert re.search(r"Not held Sold out at \d\d:\d\d\.", words(answer))
    assert "Hold for 10 minutes" not in words(page)


def test_the_second_tab_finds_its_own_hold_and_not_a_no(database, client, scene):
    sale, item, _member = scene
    with database.session() as session:
        other = factories.member(session)
        factories.hold(session, by=other, on=item)
    press(client, database, sale, item)

    answer = press(client, database, sale, item)

    assert (answer.status_code, answer.location) == (303, "/bag")
    assert "is still in your bag" in words(client.get("/bag"))


def test_the_limit_is_told_with_what_is_left_of_it(database, client, scene):
    sale, item, _ = scene
    press(client, database, sale, item)

    answer = press(client, database, sale, item, units=2)

    assert answer.status_code == 409
    assert "you can take one more" in words(answer)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE sales SET state = 'paused'", "This sale is paused for a moment."),
        (
            "UPDATE sales SET closes_at = house_now()",
            "This sale has closed, so nothing more can be held.",
        ),
        (
            "UPDATE sales SET opens_at = house_now() + interval '1 hour'",
            "This sale opens",
        ),
    ],
)
def test_outside_its_hours_the_sale_itself_says_why(database, client, scene, change, said):
    sale, item, _ = scene
    database.run(change)

    answer = press(client, database, sale, item)

    assert (answer.status_code, answer.location) == (303, f"/sales/{sale.ref}")
    assert said in words(client.get(f"/sales/{sale.ref}"))
    assert database.value("SELECT count(*) FROM holds") == 0


def test_a_stopped_piece_is_refused_in_place(database, client, scene):
    sale, item, _ = scene
    database.run("UPDATE sale_items SET stopped_at = house_now()")

    answer = press(client, database, sale, item)

    assert answer.status_code == 409
    assert "taken out of the sale" in words(answer)


def test_without_a_size_the_page_asks_for_one(database, client, scene):
    sale, item, _ = scene

    answer = press(client, database, sale, item, item="")

    assert answer.status_code == 422
    assert "Choose a size first." in words(answer)


@pytest.mark.parametrize(
    "wrong", [{"key": "x"}, {"units": 11}, {"item": "1e3"}, {"price_minor": 1}]
)
def test_what_the_form_does_not_show_is_not_taken(database, client, scene, wrong):
    sale, item, _ = scene

    answer = press(client, database, sale, item, **wrong)

    assert answer.status_code == 422
    assert database.value("SELECT count(*) FROM holds") == 0


def test_a_request_from_elsewhere_holds_nothing(database, client, scene):
    sale, item, _ = scene
    form = {"item": item.id, "style": style_of(database, item), "key": str(uuid4())}

    answer = client.post(f"/sales/{sale.ref}/holds", form, token=False)

    assert answer.status_code == 403
    assert database.value("SELECT count(*) FROM holds") == 0


def test_five_minutes_more_once_and_then_the_end_is_told(database, clock, client, scene):
    sale, item, _ = scene
    press(client, database, sale, item)
    hold_id = database.value("SELECT id FROM holds")
    before = client.get("/bag")

    client.post(f"/bag/{hold_id}/renew")
    after = client.get("/bag")
    client.post(f"/bag/{hold_id}/renew")

    assert "Keep 5 minutes more" in words(before)
    assert "Keep 5 minutes more" not in words(after)
    assert "Its time was extended and ends then for good." in words(after)
    assert "A hold can be kept longer once." in words(client.get("/bag"))
    assert database.value("SELECT renewals FROM holds") == 1


def test_a_piece_given_back_is_free_at_once(database, client, scene):
    sale, item, _ = scene
    press(client, database, sale, item)
    hold_id = database.value("SELECT id FROM holds")

    client.post(f"/bag/{hold_id}/release")

    assert "The piece is back in the sale." in words(client.get("/bag"))
    assert database.rows("SELECT available, held FROM sale_items") == [(2, 0)]


def test_an_ended_hold_is_shown_with_the_way_back_to_its_piece(database, clock, client, scene):
    sale, item, _ = scene
    press(client, database, sale, item)
    clock.turn(minutes=10)

    bag = client.get("/bag")

    assert "Your bag is empty." in words(bag)
    assert "See whether it is free" in words(bag)
    assert f"/sales/{sale.ref}/styles/{style_of(database, item)}" in bag.get_data(as_text=True)


def test_the_warning_comes_two_minutes_before_the_end(database, client, scene):
    sale, item, _ = scene
    press(client, database, sale, item)

    page = client.get("/bag").get_data(as_text=True)

    assert 'data-warn="120"' in page
    assert 'role="timer"' in page
    assert 'id="announcer"' in page
    assert "<noscript>" in page


def test_another_members_hold_is_not_there(database, client, member_client, scene):
    sale, item, _ = scene
    press(client, database, sale, item)
    hold_id = database.value("SELECT id FROM holds")
    with database.session() as session:
        other = factories.member(session)
    stranger = member_client(other)

    stranger_renews = stranger.post(f"/bag/{hold_id}/renew")
    stranger.post(f"/bag/{hold_id}/release")

    assert stranger_renews.status_code == 404
    assert database.rows("SELECT state, renewals FROM holds") == [("held", 0)]


def test_a_member_may_ask_for_longer_holds_and_take_it_back(database, client, scene):
    sale, item, _ = scene
    client.post("/bag/more-time", {"wanted": "1"})
    press(client, database, sale, item)
    client.post("/bag/more-time")

    assert database.value("SELECT extra_seconds FROM holds") == 300
    assert database.value("SELECT extra_time FROM members") is False


def test_a_sale_that_does_not_deliver_to_the_member_is_named_in_the_bag(database, client, scene):
    sale, item, _ = scene
    database.run("UPDATE members SET territory = 'DE'")
    press(client, database, sale, item)

    assert "delivers to France only" in words(client.get("/bag"))


def test_a_draft_is_not_held_from(database, member_client):
    with database.session() as session:
        sale, (item,) = factories.open_sale(
            session, opens_in=timedelta(hours=-1), state=SaleState.DRAFT
        )
        member = factories.member(session)

    answer = press(member_client(member), database, sale, item)

    assert answer.status_code == 404


def test_the_head_of_every_page_tells_until_when_the_first_hold_lasts(database, client, scene):
    sale, item, _ = scene
    assert "data-held" not in client.get("/orders").get_data(as_text=True)

    press(client, database, sale, item)

    ends = database.value(
        "SELECT to_char(expires_at AT TIME ZONE 'Europe/Paris', 'HH24:MI') FROM holds"
    )
    page = client.get("/orders").get_data(as_text=True)
    assert f'<span class="bag-until">until {ends}</span>' in page
    assert 'data-warn="120"' in page
    assert "data-held" not in client.get("/bag").get_data(as_text=True), "it has a clock for each"
