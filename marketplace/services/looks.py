"""Looks: what a person of the house opened is written down after they saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import clock, looks
from marketplace.domain import moments
from marketplace.domain.doors import Door

if TYPE_CHECKING:
    from marketplace.domain.looks import Thing
    from marketplace.toolbox import Toolbox


def note(tools: Toolbox, *, thing: Thing, about_id: int) -> None:
    """Write down that the actor looked at something a brand told in confidence; of one day it is one row.

    ``about_id`` is the brand, collection, deal or sale that ``thing`` is of. Only at the operators' door.
    """
    assert tools.actor.kind is Door.OPERATOR, "only people of the house look at what is not theirs"
    assert tools.actor.account_id is not None, "somebody looks"
    with tools.transaction() as session:
        looks.note(
            session,
            account_id=tools.actor.account_id,
            thing=thing,
            about_id=about_id,
            day=moments.house_day(clock.now(session)),
        )
