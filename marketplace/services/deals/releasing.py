"""Releases: a brand gives more units of an agreed variant into the deal or a running sale, up to its hard stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import brands, clock, deals, locks, releases, sales, stock
from marketplace.db.deals import Deal
from marketplace.db.releases import Release
from marketplace.db.sales import SaleItem
from marketplace.db.stock import Movement
from marketplace.domain.deals import DealState, HardStop, NotAgreed
from marketplace.domain.events import Event, Fact
from marketplace.domain.purchases import is_ordered_later
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Act, check_act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Released:
    """How many units a press released; ``again`` where an earlier press had done so already.

    ``at_once``: they come from the brand's own shelf and need no counting before they are on sale.
    """

    units: int
    again: bool
    at_once: bool = False


def release(tools: Toolbox, *, deal_id: int, variant_id: int, units: int) -> int:
    """Commit ``units`` more of a variant on the terms that were agreed; how many may still follow.

    Refuses a deal that is not agreed, and more than the line's hard stop leaves.
    """
    assert units > 0, "the door takes whole units"
    with tools.transaction() as session:
        return _released(tools, session, deal_id=deal_id, variant_id=variant_id, units=units)


def release_into(tools: Toolbox, *, ref: str, item_id: int, units: int, key: str) -> Released:
    """Commit ``units`` more of an item for a sale that runs, out of what the hard stop leaves; once under each ``key``.

    The same key again releases nothing and says what was released. The units are put on sale as soon as the house has
    counted them in, or at once from the brand's own shelf: nothing is sold that is not there. Refuses a sale that
    takes no further units, and more than the line's hard stop leaves.
    """
    assert units > 0, "the door takes whole units"
    with tools.transaction() as session:
        sale = sales.by_ref(session, ref)
        if tools.brand_id not in {None, sale.brand_id}:
            raise NotFound
        deal = locks.one(session, Deal, sale.deal_id)
        at_once = is_ordered_later(deal.mode)
        earlier = releases.of_key(session, sale.brand_id, key)
        if earlier is not None:
            return Released(earlier.units, again=True, at_once=at_once)
        item = session.get(SaleItem, item_id)
        if item is None or item.sale_id != sale.id:
            raise NotFound
        check_act(sales.window(sale), clock.now(session), Act.ADD_UNITS)
        _released(tools, session, deal_id=sale.deal_id, variant_id=item.variant_id, units=units)
        session.add(
            Release(
                brand_id=sale.brand_id,
                sale_id=sale.id,
                sale_item_id=item.id,
                key=key,
                units=units,
                account_id=tools.actor.account_id,
            )
        )
        return Released(units, again=False, at_once=at_once)


def _released(
    tools: Toolbox, session: Session, *, deal_id: int, variant_id: int, units: int
) -> int:
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
    if lot.conditional:
        stock.move(session, lot, Movement.PLEDGED, units, account_id=tools.actor.account_id)
    data = {"units": units, "variant": variant_id}
    tools.record(
        session,
        Fact(Event.STOCK_COMMITTED, "deal", deal.id, brand_id=deal.brand_id, data=data),
    )
    return left - units
