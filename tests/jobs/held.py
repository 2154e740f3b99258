"""Scenes of holds that end, and of who waits for what they held."""

from __future__ import annotations

from marketplace.services import holds, waits
from tests import factories
from tests.jobs.stage import Arrange, Stage


def a_hold_whose_time_is_over(stage: Stage) -> dict[str, int]:
    stage.bag()
    stage.clock.turn(minutes=11)
    return {}


def a_hold_of_long_ago(stage: Stage) -> dict[str, int]:
    stage.bag()
    stage.database.run(
        "UPDATE holds SET expires_at = house_now() - interval '4 years', cap_at = house_now()"
    )
    holds.sweep(stage.tools, most=10)
    return {}


def something_came_back_that_two_wait_for(stage: Stage) -> dict[str, int]:
    """Of the first there was one unit, and its hold is over."""
    bag = stage.bag()
    with stage.database.session() as session:
        members = [factories.member(session) for _ in range(2)]
    for each in members:
        waits.join(stage.tools, member_id=each.id, items=[bag.item.id], units=1)
    stage.clock.turn(minutes=11)
    return {}


SCENES: dict[str, Arrange] = {
    "holds.sweep": a_hold_whose_time_is_over,
    "house.forget_past": a_hold_of_long_ago,
    "waits.pass_on": something_came_back_that_two_wait_for,
}
