"""Charges: from the signed tariff, proved, told, open to contest, decided by a second person, and final or gone."""

from __future__ import annotations

import pytest

from marketplace.domain.deals import ChargeReason
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.settlements import (
    ChargeNotAgreed,
    ChargeUnitsRefused,
    ContestRunning,
    SecondPersonNeeded,
    from_stored,
)
from marketplace.services import settlements
from marketplace.toolbox import Upload
from tests.settlement_scenes import (
    bought,
    closed,
    issued,
    selling,
)

TARIFF = [{"reason": "damaged", "minor": 450}]


def told(database):
    return database.rows(
        "SELECT number, kind, change_minor, to_pay_minor, closing_minor FROM statements ORDER BY id"
    )


@pytest.fixture
def charging(database, tools, tmp_path):
    scene = selling(database, chargebacks=TARIFF)
    path = tmp_path / "box.pdf"
    path.write_bytes(b"%PDF-1.7")

    def propose(units=3, reason=ChargeReason.DAMAGED, found="Three wet boxes, seen at the dock."):
        return settlements.propose(
            scene.first(tools),
            deal_id=scene.deal_id,
            reason=reason,
            units=units,
            found=found,
            file=Upload("box.pdf", path),
        )

    return scene, propose


def test_a_charge_comes_from_the_signed_tariff_with_its_words_and_its_proof(database, charging):
    _, propose = charging

    with pytest.raises(ChargeNotAgreed):
        propose(reason=ChargeReason.SHORT)
    with pytest.raises(ReasonMissing):
        propose(found="  ")
    propose(units=15)
    with pytest.raises(ChargeUnitsRefused) as refused:
        propose(units=6)

    assert refused.value.facts["most"] == 5
    assert database.rows("SELECT units, each_minor, state FROM charges") == [(15, 450, "proposed")]


def told_of(database, tools, charge_id):
    """The letter about a charge is written, and has left."""
    settlements.tell_charge(tools, charge_id=charge_id)
    database.run(
        "UPDATE letters SET state = 'sent', sent_at = house_now() WHERE kind = 'charge_proposed'"
    )


def test_nobody_contested_it_in_ten_days_and_it_is_final_then_and_not_before(
    database, tools, clock, charging
):
    scene, propose = charging
    charge_id = propose()
    told_of(database, tools, charge_id)

    with pytest.raises(ContestRunning):
        settlements.decide(scene.second(tools), charge_id=charge_id, units=3, decision="Clear.")
    clock.turn(days=9, hours=23)
    assert settlements.end_uncontested(tools) == 0
    clock.turn(hours=1)
    assert settlements.end_uncontested(tools) == 1
    assert settlements.end_uncontested(tools) == 0
    with pytest.raises(IllegalMove):
        settlements.contest(scene.brand(tools), charge_id=charge_id, objection="No.")

    assert database.rows("SELECT state, upheld FROM charges") == [("final", 3)]


def test_a_charge_that_no_letter_told_of_is_never_final_and_may_still_be_contested(
    database, tools, clock, charging
):
    scene, propose = charging
    charge_id = propose()
    clock.turn(days=40)

    assert settlements.end_uncontested(tools) == 0
    told_of(database, tools, charge_id)
    clock.turn(days=8)
    assert settlements.end_uncontested(tools) == 0
    settlements.contest(scene.brand(tools), charge_id=charge_id, objection="They were dry.")

    assert database.value("SELECT state FROM charges") == "contested"


def test_what_is_contested_is_decided_by_another_person_and_never_by_the_clock(
    database, tools, clock, charging
):
    scene, propose = charging
    charge_id = propose()
    settlements.contest(scene.brand(tools), charge_id=charge_id, objection="They were dry.")
    clock.turn(days=30)

    assert settlements.end_uncontested(tools) == 0
    with pytest.raises(SecondPersonNeeded):
        settlements.decide(scene.first(tools), charge_id=charge_id, units=3, decision="Wet.")
    settlements.decide(scene.second(tools), charge_id=charge_id, units=1, decision="One was wet.")
    with pytest.raises(IllegalMove):
        settlements.decide(scene.second(tools), charge_id=charge_id, units=0, decision="Again.")

    assert database.rows("SELECT state, upheld, decision FROM charges") == [
        ("final", 1, "One was wet.")
    ]


def test_whoever_proposed_a_charge_may_withdraw_it(database, tools, charging):
    scene, propose = charging

    settlements.decide(scene.first(tools), charge_id=propose(), units=0, decision="My mistake.")

    assert database.rows("SELECT state, upheld FROM charges") == [("withdrawn", 0)]


def test_only_a_final_charge_is_taken_off_a_statement(database, paying, simulator, clock, tmp_path):
    scene = selling(database, chargebacks=TARIFF)
    bought(database, paying, simulator, scene, 2)
    path = tmp_path / "box.pdf"
    path.write_bytes(b"%PDF-1.7")
    closed(paying, clock)
    charges = [
        settlements.propose(
            scene.first(paying),
            deal_id=scene.deal_id,
            reason=ChargeReason.DAMAGED,
            units=2,
            found="Wet.",
            file=Upload("box.pdf", path),
        )
        for _ in range(3)
    ]
    for each in charges:
        told_of(database, paying, each)
    settlements.contest(scene.brand(paying), charge_id=charges[0], objection="No.")
    settlements.decide(scene.second(paying), charge_id=charges[1], units=0, decision="Dry.")
    clock.turn(days=16)
    settlements.end_uncontested(paying)
    issued(paying)
    # The contested one waits, the withdrawn one is gone, the third ended on the sixteenth day, after the statement's.
    assert told(database) == [(1, "provisional", 6_000, 6_000, 0)]

    clock.turn(days=30)
    issued(paying)

    assert told(database)[1] == (2, "final", -900, 0, -900)
    ((figures,),) = database.rows("SELECT figures FROM statements WHERE number = 2")
    assert [(each.units, each.minor) for each in from_stored(figures).charges] == [(2, 900)]
