"""What people of the house opened of what a brand told in confidence: written once a day, read by the brand alone."""

from __future__ import annotations

import pytest

from marketplace.db.brands import Brand
from marketplace.domain.looks import Thing
from marketplace.domain.refusals import NotFound
from marketplace.queries import looks as asked
from marketplace.services import catalogue, legal_pages, looks
from tests import sale_scenes


@pytest.fixture
def at(database):
    with database.session() as session:
        return sale_scenes.desk(session)


def listed(at, tools):
    return asked.listed(at.brand(tools), brand_id=at.brand_id).lines


def test_looks_of_one_day_are_one_line_with_a_first_name(at, tools, database):
    with database.session() as session:
        session.get_one(Brand, at.brand_id).account_manager_id = at.operator_id
    database.run("UPDATE accounts SET name = 'Claire Aubin' WHERE id = :i", i=at.operator_id)
    for _ in range(3):
        looks.note(at.operator(tools), thing=Thing.TERMS, about_id=at.deal_id)

    (line,) = listed(at, tools)
    assert (line.who, line.manages, line.thing, line.about_id, line.times) == (
        "Claire",
        True,
        Thing.TERMS,
        at.deal_id,
        3,
    )


def test_another_day_and_another_thing_are_lines_of_their_own(at, tools, clock):
    looks.note(at.operator(tools), thing=Thing.BANK, about_id=at.brand_id)
    clock.turn(days=1)
    looks.note(at.operator(tools), thing=Thing.BANK, about_id=at.brand_id)
    looks.note(at.operator(tools), thing=Thing.COLLECTION, about_id=at.collection_id)

    assert [line.thing for line in listed(at, tools)] == [
        Thing.COLLECTION,
        Thing.BANK,
        Thing.BANK,
    ]


def test_a_brand_reads_the_looks_at_its_own_things_alone(at, tools, database):
    with database.session() as session:
        other = sale_scenes.desk(session)
    looks.note(at.operator(tools), thing=Thing.COMPANY, about_id=at.brand_id)

    assert asked.listed(other.brand(tools), brand_id=at.brand_id).lines == ()
    assert listed(other, tools) == ()


def test_of_nothing_nothing_is_written(at, tools, database):
    with pytest.raises(NotFound):
        looks.note(at.operator(tools), thing=Thing.TERMS, about_id=999_999)

    assert database.value("SELECT count(*) FROM looks") == 0


def test_looks_are_forgotten_after_a_year(at, tools, clock, database):
    looks.note(at.operator(tools), thing=Thing.BANK, about_id=at.brand_id)
    clock.turn(days=365)
    legal_pages.forget_past(tools)
    assert database.value("SELECT count(*) FROM looks") == 1

    clock.turn(days=2)
    legal_pages.forget_past(tools)

    assert database.value("SELECT count(*) FROM looks") == 0


def test_the_mark_on_a_collection_is_the_brands_to_set_and_lift(at, tools, database):
    for asked_for in (True, True, False):
        catalogue.set_confidence(
            at.brand(tools), collection_id=at.collection_id, confidential=asked_for
        )

    assert database.value("SELECT confidential FROM collections") is False
    assert database.rows("SELECT name FROM events WHERE name LIKE '%confidence%' ORDER BY id") == [
        ("collection.confidence_asked",),
        ("collection.confidence_lifted",),
    ]
