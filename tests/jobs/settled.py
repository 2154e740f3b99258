"""Scenes of jobs about brands' money."""

from __future__ import annotations

from sqlalchemy import text

from marketplace.domain.deals import ChargeReason
from marketplace.services import settlements
from marketplace.toolbox import Upload
from tests import settlement_scenes
from tests.jobs.stage import Stage

TARIFF = [{"reason": "damaged", "minor": 450}]


def _sold(stage: Stage) -> settlement_scenes.Scene:
    scene = settlement_scenes.selling(stage.database, chargebacks=TARIFF)
    settlement_scenes.payable(stage.database, scene.brand_id)
    settlement_scenes.taken_off_the_shelf(stage.database, scene, 1)
    settlement_scenes.closed(stage.tools, stage.clock)
    stage.clock.turn(days=16)
    return scene


def a_sale_whose_statement_is_due(stage: Stage) -> dict[str, int]:
    _sold(stage)
    return {}


def a_statement_that_nobody_has_heard_of(stage: Stage) -> dict[str, int]:
    _sold(stage)
    settlement_scenes.issued(stage.tools)
    return stage.number("SELECT max(id) FROM statements")


def a_payout_that_was_approved(stage: Stage) -> dict[str, int]:
    scene = _sold(stage)
    settlement_scenes.issued(stage.tools)
    payout = stage.number("SELECT max(id) FROM payouts")
    settlements.approve(scene.first(stage.tools), payout_id=payout["subject_id"])
    return payout


def a_payout_that_was_paid(stage: Stage) -> dict[str, int]:
    scene = _sold(stage)
    settlement_scenes.issued(stage.tools)
    payout = stage.number("SELECT max(id) FROM payouts")
    settlements.approve(scene.first(stage.tools), payout_id=payout["subject_id"])
    settlements.pay(scene.second(stage.tools), payout_id=payout["subject_id"], reference="SEPA 1")
    return payout


def a_charge_that_the_brand_has_not_heard_of(stage: Stage) -> dict[str, int]:
    scene = settlement_scenes.selling(stage.database, chargebacks=TARIFF)
    proof = stage.folder / "box.pdf"
    proof.write_bytes(b"%PDF-1.7")
    return {
        "subject_id": settlements.propose(
            scene.first(stage.tools),
            deal_id=scene.deal_id,
            reason=ChargeReason.DAMAGED,
            units=1,
            found="Wet.",
            file=Upload("box.pdf", proof),
        )
    }


def a_charge_that_nobody_contested(stage: Stage) -> dict[str, int]:
    charge = a_charge_that_the_brand_has_not_heard_of(stage)
    settlements.tell_charge(stage.tools, charge_id=charge["subject_id"])
    with stage.database.session() as session:
        session.execute(text("UPDATE letters SET state = 'sent', sent_at = house_now()"))
    stage.clock.turn(days=11)
    return {}
