"""Words about single clauses: either side may comment on the newest version without proposing another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import brands, deals, locks
from marketplace.db.deals import Deal, DealComment
from marketplace.domain.deals import DEAL_LIFECYCLE, DealState, Side, Superseded
from marketplace.domain.doors import Door
from marketplace.domain.events import Event, Fact

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

SAID_LENGTH_MAX = 1_000


def comment(tools: Toolbox, *, deal_id: int, number: int, clause: str, said: str) -> None:
    """Say something about one clause of version ``number``, which stays as it is.

    Refuses any but the newest version, and talks that are over.
    """
    side = Side.BRAND if tools.actor.kind is Door.BRAND else Side.HOUSE
    with tools.transaction() as session:
        deal = locks.one(session, Deal, deal_id, brands.within(tools.brand_id, Deal.brand_id))
        DEAL_LIFECYCLE.check(deal.state, DealState.AGREED)
        if number != deal.latest:
            raise Superseded(number=number, latest=deal.latest)
        version = deals.version(session, deal.id, number)
        session.add(
            DealComment(
                brand_id=deal.brand_id,
                version_id=version.id,
                clause=clause,
                side=side,
                said=said.strip(),
                account_id=tools.actor.account_id,
            )
        )
        data = {"number": number, "clause": clause}
        tools.record(
            session,
            Fact(Event.CLAUSE_COMMENTED, "deal", deal.id, brand_id=deal.brand_id, data=data),
        )
