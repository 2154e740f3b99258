"""The morning of a sale beyond what sold: lost demand, who bought, the pace of others, reports of later days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.db import paces
from marketplace.db.sales import Sale
from marketplace.domain.doors import Door
from marketplace.domain.lost_demand import PEERS_MIN, Reason
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


def test_the_median_of_the_category_needs_three_other_brands(database, tools, clock):
    made = [ran(database, tools, clock, days=days) for days in (60, 50, 40)]
    mine = ran(database, tools, clock, days=30)
    morning = today(database, clock, of=mine.brand_id)

    def beside():
        with tools.at_door(Door.BRAND, brand_id=mine.brand_id).reading() as session:
            return paces.of_category(session, morning.sale_id, (0, 31, 240))

    enough = beside()

    assert enough == (3, (0, 2_200, 5_600))
    database.run("ALTER TABLE paces DISABLE TRIGGER only_grows")
    database.run("UPDATE paces SET category = 'hats' WHERE brand_id = :id", id=made[0].brand_id)
    database.run("ALTER TABLE paces ENABLE ALWAYS TRIGGER only_grows")
    assert beside() == (2, ())


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
