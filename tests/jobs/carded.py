"""Scenes of members with a saved card, for the jobs that have something to do about it."""

from __future__ import annotations

from marketplace.services import orders, payments
from tests import card_scenes
from tests.jobs.stage import Arrange, Stage


def two_who_wait_at_the_gate(stage: Stage) -> dict[str, int]:
    """One waits for a pay page, one for her card to be charged."""
    bag, other = stage.bag(), stage.bag()
    card_scenes.saved(stage.tools, stage.simulator, other)
    card_scenes.pressed(stage.tools, other)
    orders.place(stage.tools, member_id=bag.member_id, address_id=bag.address_id)
    stage.clock.turn(seconds=11)
    return {}


def cards_that_came_and_went(stage: Stage) -> dict[str, int]:
    """One was entered and nobody told the house; one was removed, and the payment service has it still."""
    bag, other = stage.bag(), stage.bag()
    card_scenes.entered(stage.tools, stage.simulator, bag)
    card_scenes.saved(stage.tools, stage.simulator, other)
    payments.remove_card(card_scenes.hers(stage.tools, other), member_id=other.member_id)
    stage.clock.turn(seconds=46)
    return {}


SCENES: dict[str, Arrange] = {
    "payments.open_waiting": two_who_wait_at_the_gate,
    "payments.tend_cards": cards_that_came_and_went,
}
