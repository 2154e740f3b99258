"""Why members send pieces back: theirs to say, counted by size in tens of members, to the unit of the statement."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import text

from marketplace.domain import settlements as statements
from marketplace.domain.doors import Door
from marketplace.domain.orders import ReturnReason
from marketplace.domain.reports import PEOPLE_STEP, from_stored
from marketplace.queries import sell_through
from marketplace.services import reports
from marketplace.words import ordering, prospects
from tests import factories
from tests.settlement_scenes import bought, closed, issued, selling, sent_back

SMALL, FAULTY = ReturnReason.TOO_SMALL, ReturnReason.FAULTY


@pytest.fixture
def scene(database):
    made = selling(database, units=40)
    return made, database.value("SELECT ref FROM sales")


def told(tools, scene):
    """The figures as the brand sees them now."""
    made, ref = scene
    return sell_through.live(
        tools.at_door(Door.BRAND, brand_id=made.brand_id), sale_ref=ref
    ).figures


def given(found):
    return {each.reason: each.units for each in found.beyond.reasons}


def cells(found, line=-1):
    """A line of the table: the number under each reason that has one, without a reason, and in all."""
    _size, units = prospects.reasons(found)[line]
    named = dict(zip(ordering.RETURN_REASONS, units, strict=False))
    return {reason: number for reason, number in named.items() if number}, units[-2], units[-1]


def test_two_looks_never_differ_by_the_reason_of_fewer_than_ten_members(
    database, paying, simulator, scene
):
    """One parcel after another comes back; whoever subtracts each look from the next learns of ten or of none."""
    parcels = bought(database, paying, simulator, scene[0], *(2 for _ in range(12)))
    looks = [told(paying, scene)]
    for number, parcel in enumerate(parcels):
        sent_back(database, paying, parcel, 1, why=SMALL if number != 3 else FAULTY)
        looks.append(told(paying, scene))
    for parcel in parcels[:3]:
        # Members who are among the ten already: another piece of theirs must not show as one more.
        sent_back(database, paying, parcel, 1, why=SMALL)
        looks.append(told(paying, scene))

    assert [given(look) for look in looks] == [{}] * 11 + [{SMALL: 10}] * 5
    for one, other in pairwise(looks):
        change = given(other).get(SMALL, 0) - given(one).get(SMALL, 0)
        assert change == 0 or change >= PEOPLE_STEP
    assert cells(looks[-1]) == ({SMALL: 10}, 5, 15)


def test_nine_members_are_no_figure_however_many_pieces_they_send_back(
    database, paying, simulator, scene
):
    parcels = bought(database, paying, simulator, scene[0], *(2 for _ in range(9)))
    for parcel in parcels:
        sent_back(database, paying, parcel, 2, why=FAULTY)

    assert cells(told(paying, scene)) == ({}, 18, 18)


def test_a_report_its_files_and_the_statement_agree_to_the_unit(
    database, paying, simulator, clock, scene
):
    parcels = bought(database, paying, simulator, scene[0], *(1 for _ in range(11)), 3)
    for parcel in parcels[:11]:
        sent_back(database, paying, parcel, 1, why=SMALL)
    sent_back(database, paying, parcels[11], 2)
    closed(paying, clock)
    clock.turn(days=40)

    assert reports.take_later(paying)
    stored = database.value("SELECT figures FROM reports WHERE kind = 'day_30'")
    kept = from_stored(stored)

    assert cells(kept) == ({SMALL: 10}, 3, 13)
    size = kept.variants[0].size
    assert stored["beyond"]["reasons"] == [{"size": size, "reason": "too_small", "units": 10}]
    assert sum(row.returned for row in kept.variants) == 13
    issued(paying)
    stated = database.rows("SELECT figures FROM statements ORDER BY id")
    sections = [section for (each,) in stated for section in statements.from_stored(each).sections]
    assert [section.returned for section in sections] == [13] * len(sections)
    assert sections


def test_another_brand_is_told_nothing(database, paying, simulator, scene):
    for parcel in bought(database, paying, simulator, scene[0], *(1 for _ in range(10))):
        sent_back(database, paying, parcel, 1, why=SMALL)
    with database.session() as session:
        other = factories.brand(session).id
    sale_id = database.value("SELECT id FROM sales")

    def asking(brand_id):
        with paying.at_door(Door.BRAND, brand_id=brand_id).reading() as session:
            query = "SELECT units FROM returned_by_reason(:sale, house_now())"
            return session.execute(text(query), {"sale": sale_id}).all()

    assert asking(other) == []
    assert asking(scene[0].brand_id) == [(10,)]


def test_reasons_are_forgotten_after_three_years_and_the_declaration_stays(
    database, paying, simulator, clock, scene
):
    (parcel,) = bought(database, paying, simulator, scene[0], 1)
    sent_back(database, paying, parcel, 1, why=SMALL)
    forget = "SELECT kind, gone FROM forget_return_reasons(10)"
    clock.turn(days=1_090)
    left = database.rows(forget)
    clock.turn(days=10)
    gone = database.rows(forget)

    assert (left, gone) == ([("return_reasons", 0)], [("return_reasons", 1)])
    database.run(forget)
    assert database.rows("SELECT reasons, acknowledgement <> '' FROM withdrawals") == [({}, True)]
