"""The bag: what is held now, what it comes to, and what has just ended."""

from __future__ import annotations

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.money import Money
from marketplace.queries import bag
from marketplace.services import holds
from tests import factories


@pytest.fixture
def scene(database):
    """An open sale of two items, and a member who holds two units of one and one of the other."""
    with database.session() as session:
        sale, items = factories.open_sale(session, units=5, items=2)
        member = factories.member(session)
        ids = [
            factories.hold(session, by=member, on=items[0], units=2),
            factories.hold(session, by=member, on=items[1]),
        ]
        return sale, items, member, ids


@pytest.fixture
def door(tools):
    """The tools at the members' door."""
    return tools.at_door(Door.MEMBER)


def test_a_bag_comes_to_its_prices_shipping_and_the_vat_in_both(door, scene):
    _, _, member, ids = scene

    found = bag.look(door, member_id=member.id)

    assert [line.hold_id for line in found.lines] == ids
    assert [line.comes_to for line in found.lines] == [Money(12_000, "EUR"), Money(6_000, "EUR")]
    assert found.sums.total == Money(18_590, "EUR")
    assert found.sums.vat == Money(3_098, "EUR")
    assert (found.territory, found.vat_bps, found.elsewhere) == ("FR", 2_000, ())
    glance = bag.glance(door, member_id=member.id)
    assert (glance.units, glance.first_end) == (3, min(line.expires_at for line in found.lines))
    assert glance.extra_time is False


def test_the_bag_of_a_member_elsewhere_says_that_the_sale_does_not_deliver_there(
    database, door, scene
):
    _, _, member, _ = scene
    database.run("UPDATE members SET territory = 'DE'")

    found = bag.look(door, member_id=member.id)

    assert (found.territory, found.vat_bps, found.elsewhere) == ("DE", 1_900, ("FR",))
    assert found.sums.shipping == Money(690, "EUR")


def test_a_hold_leaves_the_bag_at_its_end_and_is_remembered_for_half_an_hour(clock, door, scene):
    _, _, member, ids = scene
    clock.turn(minutes=10)
    ended = bag.look(door, member_id=member.id)
    clock.turn(minutes=30)
    forgotten = bag.look(door, member_id=member.id)

    assert (ended.lines, ended.sums, ended.delivered_by) == ((), None, None)
    assert [line.hold_id for line in ended.ended] == ids
    assert (forgotten.lines, forgotten.ended) == ((), ())
    assert bag.glance(door, member_id=member.id).units == 0
    assert bag.glance(door, member_id=member.id).first_end is None


def test_what_is_held_again_is_no_longer_shown_as_ended(database, clock, door, scene):
    _, items, member, ids = scene
    clock.turn(minutes=10)
    with database.session() as session:
        again = factories.hold(session, by=member, on=items[0])

    found = bag.look(door, member_id=member.id)

    assert [line.hold_id for line in found.lines] == [again]
    assert [line.hold_id for line in found.ended] == [ids[1]]


def test_what_the_member_gave_back_is_neither_held_nor_ended(door, scene):
    _, _, member, ids = scene
    holds.release(door, member_id=member.id, hold_ids=ids[:1])

    found = bag.look(door, member_id=member.id)

    assert [line.hold_id for line in found.lines] == ids[1:]
    assert found.ended == ()


def test_a_hold_can_be_renewed_until_it_was(door, scene):
    _, _, member, ids = scene
    holds.renew(door, member_id=member.id, hold_id=ids[0])

    found = bag.look(door, member_id=member.id)

    assert {line.hold_id: line.renewable for line in found.lines} == {ids[0]: False, ids[1]: True}


def test_nobody_sees_another_members_bag(database, door, scene):
    with database.session() as session:
        other = factories.member(session)

    assert bag.look(door, member_id=other.id).lines == ()


def test_a_bag_is_two_statements(door, scene, statements):
    _, _, member, _ = scene

    with statements() as sent:
        bag.look(door, member_id=member.id)

    assert len(sent) == 2
