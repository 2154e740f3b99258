"""Releases: a brand gives more units of an agreed variant into the deal, up to its own hard stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import brands, deals, locks, stock
from marketplace.db.deals import Deal
from marketplace.db.stock import Movement
from marketplace.domain.deals import DealState, HardStop, NotAgreed
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def release(tools: Toolbox, *, deal_id: int, variant_id: int, units: int) -> int:
    """Commit ``units`` more of a variant on the terms that were agreed; how many may still follow.

    Refuses a deal that is not agreed, and more than the line's hard stop leaves.
    """
    assert units > 0, "the door takes whole units"
    with tools.transaction() as session:
        owned = brands.within(tools.brand_id, Deal.brand_id)
        deal = locks.one(session, Deal, deal_id, owned)
        if deal.state is not DealState.AGREED or deal.accepted_version_id is None:
            raise NotAgreed
        lines = {line.variant_id: line for line in deals.lines(session, deal.accepted_version_id)}
        lot = stock.locked_of_deal(session, deal.id, variant_ids=[variant_id]).get(variant_id)
        if lot is None or variant_id not in lines:
            raise NotFound
        left = max(0, (lines[variant_id].hard_stop or 0) - lot.committed)
        if units > left:
            raise HardStop(most=left)
        stock.move(session, lot, Movement.COMMITTED, units, account_id=tools.actor.account_id)
        data = {"units": units, "variant": variant_id}
        tools.record(
            session,
            Fact(Event.STOCK_COMMITTED, "deal", deal.id, brand_id=deal.brand_id, data=data),
        )
        return left - units
