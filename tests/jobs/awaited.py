"""A scene of a piece that two members wait for and that nobody paid in time."""

from __future__ import annotations

from marketplace.services import waits
from tests import factories
from tests.jobs.stage import Arrange, Stage


def something_came_back_that_two_wait_for(stage: Stage) -> dict[str, int]:
    """Of the first there was one unit, and its hold is over."""
    bag = stage.bag()
    with stage.database.session() as session:
        members = [factories.member(session) for _ in range(2)]
    for each in members:
        waits.join(stage.tools, member_id=each.id, items=[bag.item.id], units=1)
    stage.clock.turn(minutes=11)
    return {}


SCENES: dict[str, Arrange] = {"waits.pass_on": something_came_back_that_two_wait_for}
