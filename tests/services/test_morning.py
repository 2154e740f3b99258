"""The morning of a sale beyond what sold: lost demand, who bought, the pace of others, reports of later days."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from marketplace.db import paces
from marketplace.db.sales import Sale
from marketplace.domain.doors import Door
from marketplace.domain.lost_demand import PEERS_MIN, Reason
from marketplace.domain.reports import PEOPLE_STEP
from marketplace.queries import sell_through
from marketplace.services import reports, sales
from tests import factories, morning_scenes
from tests.morning_scenes import OPENING, Offer

LENGTH = timedelta(hours=4)
EIGHT = tuple(str(number) for number in range(PEERS_MIN))
SOCKS = Offer("SOCK", "Sock", "Grey", (9,) * PEERS_MIN, sizes=EIGHT)
COAT = Offer("COAT", "Wool coat", "Navy", (4,), sizes=("M",))


def ran(database, tools, clock, *, of=None, days=14, sold_at=(10, 30, 90, 150, 200), **more):
    """A sale so many days before the opening whose eight pieces each sold one unit at these minutes; it has closed."""
    opening = OPENING - timedelta(days=days)
    clock.set(opening)
    with database.session() as session:
        home = session.get_one(factories.Brand, of) if of else None
        past = morning_scenes.set_out(
            session,
            offers=(SOCKS,),
            of=home,
            length=LENGTH,
            opens_at=opening,
            limit_per_member=50,
            **more,
        )
    for minute in sold_at:
        clock.set(opening + timedelta(minutes=minute))
        with database.session() as session:
            buyer = factories.member(session)
            held = [morning_scenes.hold(session, each, by=buyer) for each in past.items.values()]
            factories.sell(session, of=factories.order(session, by=buyer, hold_ids=held))
    clock.set(opening + LENGTH)
    database.run("UPDATE styles SET category = 'Hosiery '")
    sales.record_due_transitions(tools, limit=10)
    assert reports.take_closing(tools, sale_id=past.sale_id)
    return past


@pytest.fixture
def past(database, tools, clock):
    return ran(database, tools, clock)


def today(database, clock, *, of, offers=(COAT,)):
    clock.set(OPENING)
    with database.session() as session:
        return morning_scenes.set_out(
            session, offers=offers, of=session.get_one(factories.Brand, of), length=LENGTH
        )


def seen(tools, morning):
    return sell_through.live(
        tools.at_door(Door.BRAND, brand_id=morning.brand_id), sale_ref=morning.ref
    )


def test_a_closed_sale_leaves_its_pace_and_those_of_its_pieces_once(database, tools, past):
    kept = database.rows("SELECT sale_item_id IS NULL, paid, accepted FROM paces ORDER BY id")

    with database.session() as session:
        sale = session.get_one(Sale, past.sale_id)
        paces.keep(session, sale, reports.snapshot(session, sale, as_of=sale.closes_at))

    assert kept == [(True, 40, 72)] + [(False, 5, 9)] * PEERS_MIN
    assert database.value("SELECT count(*) FROM paces") == 1 + PEERS_MIN


def test_beside_the_first_hour_stands_that_of_the_brands_last_sale(database, tools, clock, past):
    """It had sold eight pieces in its eleventh minute, and eight more in its thirty-first."""
    later = ran(database, tools, clock, of=past.brand_id, days=7)
    morning = today(database, clock, of=past.brand_id)

    def beside(minute):
        clock.set(OPENING + timedelta(minutes=minute))
        found = seen(tools, morning).figures.first_hour
        return found.minute, found.before.paid, found.before.there, found.before.sold_bps

    assert [beside(minute) for minute in (9, 10, 58, 60, 200)] == [
        (10, 0, 72, 0),
        (11, 8, 72, 1_111),
        (59, 16, 72, 2_222),
        (60, 16, 72, 2_222),
        (60, 16, 72, 2_222),
    ]
    told = sell_through.live(tools, sale_ref=past.ref)
    own = told.figures
    assert (own.whole.first_hour, own.whole.first_hour_bps) == (16, 2_222)
    assert own.first_hour.before is None
    closing = "SELECT figures #> '{first_hour,before}' FROM reports WHERE sale_id = :id"
    assert [database.value(closing, id=each.sale_id) for each in (past, later)] == [
        None,
        {
            "sale_ref": past.ref,
            "title": told.sale.title,
            "opened_at": own.opens_at.isoformat(),
            "paid": 16,
            "there": 72,
            "sold_bps": 2_222,
        },
    ]


def test_a_piece_sold_out_in_the_first_half_hour_lost_what_peers_sold_after_it(
    database, tools, clock, past
):
    """Two of five units were sold by the minute after the half hour: 4 ÷ 0.4 = 10, less 4 are 6."""
    morning = today(database, clock, of=past.brand_id)
    clock.set(OPENING + timedelta(minutes=30))
    with database.session() as session:
        morning_scenes.buy(session, morning.item(), units=4)
    clock.set(OPENING + timedelta(minutes=31))

    beyond = seen(tools, morning).figures.beyond

    (coat,) = beyond.variants
    assert beyond.peers == PEERS_MIN
    assert (coat.lost.units, coat.lost.low, coat.lost.high) == (6, 6, 6)
    assert coat.further.units == 6
    assert (beyond.forecast.units, beyond.reason) == (4, None)


def test_without_eight_peers_nothing_is_estimated_and_the_reason_is_told(database, tools, clock):
    with database.session() as session:
        brand_id = factories.brand(session).id
    morning = today(database, clock, of=brand_id)
    with database.session() as session:
        morning_scenes.buy(session, morning.item(), units=4)
    clock.turn(minutes=1)

    beyond = seen(tools, morning).figures.beyond

    assert (beyond.peers, beyond.variants[0].lost) == (0, None)
    assert beyond.variants[0].reason is Reason.FEW_PEERS


def test_other_brands_pieces_are_compared_with_only_where_three_brands_stand_behind_them(
    database, tools, clock
):
    def peers():
        with database.session() as session:
            mine = factories.brand(session).id
        return seen(tools, today(database, clock, of=mine)).figures.beyond.peers

    for days in (40, 30):
        ran(database, tools, clock, days=days)
    two = peers()
    ran(database, tools, clock, days=20)

    assert (two, peers()) == (0, 3 * PEERS_MIN)


def test_the_median_of_the_category_needs_five_other_brands(database, tools, clock):
    made = [ran(database, tools, clock, days=days) for days in (80, 70, 60, 50, 40)]
    mine = ran(database, tools, clock, days=30)
    morning = today(database, clock, of=mine.brand_id)
    database.run("UPDATE styles SET category = 'hosiery'")

    def beside():
        with tools.at_door(Door.BRAND, brand_id=mine.brand_id).reading() as session:
            return paces.of_category(session, morning.sale_id, (0, 31, 240))

    enough = beside()

    assert enough == (5, (0, 2_000, 5_500))
    database.run("ALTER TABLE paces DISABLE TRIGGER only_grows")
    database.run("UPDATE paces SET category = 'hats' WHERE brand_id = :id", id=made[0].brand_id)
    database.run("ALTER TABLE paces ENABLE ALWAYS TRIGGER only_grows")
    assert beside() == (4, ())


def test_a_brand_reads_no_pace_and_asks_nothing_about_anothers_sale(database, tools, clock, past):
    with database.session() as session:
        other = factories.brand(session).id
    with tools.at_door(Door.BRAND, brand_id=other).reading() as session:
        asked = {"sale": past.sale_id, "at": OPENING}
        told = [
            session.execute(text(f"SELECT count(*) FROM {name}"), asked).scalar_one()
            for name in (
                "people_left_wanting(:sale, :at)",
                "people_by_region(:sale, :at)",
                "returned_by_cause(:sale, :at)",
                "pace_of_peers(:sale, ARRAY[1])",
                "pace_of_category(:sale, ARRAY[1])",
            )
        ]
        buyers = session.execute(text("SELECT buyers FROM people_known(:sale, :at)"), asked)
        assert buyers.scalar_one() is None

    assert told == [0, 0, 0, 0, 0]


PLACES = ("75011", "13001", "69002", "33000", "20000", "97400", "")


def told(tools, morning):
    """Every figure that members are counted in, by name; fewer than ten and none are both no figure."""
    beyond = seen(tools, morning).figures.beyond
    cells = {
        "buyers": beyond.people.buyers,
        "known": beyond.people.known,
        "new": beyond.people.new,
        **{f"place {each.code}": each.people for each in beyond.people.regions},
        **{f"wanting {each.sale_item_id}": each.wanting for each in beyond.variants},
    }
    return {name: people for name, people in cells.items() if people}


def test_two_looks_at_the_page_never_differ_by_fewer_than_ten_members(database, tools, clock):
    """One member after another comes; whoever subtracts each look from the next learns of ten or of none."""
    clock.set(OPENING)
    with database.session() as session:
        offers = (Offer("HAT", "Hat", "Camel", (46,), sizes=("",)),)
        morning = morning_scenes.set_out(session, offers=offers, length=LENGTH)
    item = morning.item("", "HAT", "Camel")
    looks = [told(tools, morning)]
    for number in range(46):
        # Some places fill up and some stay small; the first is where every second member lives.
        postcode = PLACES[0 if number % 2 else number // 2 % len(PLACES)]
        with database.session() as session:
            bought_from(session, item, postcode)
        looks.append(told(tools, morning))
    for _ in range(21):
        with database.session() as session:
            morning_scenes.want(session, item)
        clock.turn(minutes=1)
        looks.append(told(tools, morning))

    assert looks[0] == {}
    assert looks[-1] == {
        "buyers": 40,
        "new": 40,
        "place FR-75": 20,
        "place ": 10,
        f"wanting {item}": 20,
    }
    for one, other in pairwise(looks):
        for name in {*one, *other}:
            change = abs(other.get(name, 0) - one.get(name, 0))
            assert change == 0 or change >= PEOPLE_STEP, (name, one, other)
        # What is told of places never adds up to more than who bought, and the rest is never a handful.
        assert all(people % PEOPLE_STEP == 0 for people in other.values())


def bought_from(session, item, postcode):
    buyer = factories.member(session)
    order = factories.order(
        session, by=buyer, hold_ids=[morning_scenes.hold(session, item, by=buyer)]
    )
    order.address = {"country": "FR", "postcode": postcode} if postcode else {}
    session.flush()
    factories.sell(session, of=order)


@pytest.mark.parametrize(
    ("in_paris", "in_lyon", "in_nice", "places"),
    [
        (10, 9, 0, (("", 10),)),
        (10, 12, 0, (("FR-69", 10), ("FR-75", 10))),
        (12, 11, 3, (("FR-75", 10), ("", 10))),
        (20, 0, 0, (("FR-75", 20),)),
        (9, 0, 0, ()),
    ],
)
def test_a_place_of_too_few_takes_the_smallest_other_with_it(
    database, tools, clock, in_paris, in_lyon, in_nice, places
):
    clock.set(OPENING)
    with database.session() as session:
        offers = (Offer("HAT", "Hat", "Camel", (40,), sizes=("",)),)
        morning = morning_scenes.set_out(session, offers=offers)
        item = morning.item("", "HAT", "Camel")
        for postcode, people in (("75011", in_paris), ("69002", in_lyon), ("06000", in_nice)):
            for _ in range(people):
                bought_from(session, item, postcode)

    found = seen(tools, morning).figures.beyond.people.regions

    assert tuple((each.code, each.people) for each in found) == places
