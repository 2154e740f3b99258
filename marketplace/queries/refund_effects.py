"""What would a refund do? Told before it is done, by the rules that the books will be written with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db.orders import Order, as_ruled, lines_of
from marketplace.db.payments import refunds_of
from marketplace.domain.ledger import shares, shipping_shares
from marketplace.domain.money import Money, total
from marketplace.domain.orders import RefundTooLarge
from marketplace.domain.refunds import reversal
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.domain.refunds import Reversal
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Effects:
    """A refund before it is asked for.

    ``brand_after``, ``commission_after`` and ``shipping_after`` (both of the house, without VAT) are what stays with
    each. ``restocked``: the order is not packed, so its units go back on sale once the money is back.
    """

    back: Reversal
    brand_after: Money
    commission_after: Money
    shipping_after: Money
    restocked: bool
    ends_order: bool


def of(tools: Toolbox, *, ref: str, units: Mapping[int, int], shipping: bool) -> Effects:
    """The effects of giving back ``units`` (line id to units), with what is left of shipping if asked.

    Refuses as the refund itself would: more units than are kept, or nothing at all.
    """
    with tools.reading() as session:
        order = session.scalar(select(Order).where(Order.ref == ref))
        if order is None:
            raise NotFound
        ruled = {
            line.id: as_ruled(line, order.currency) for line in lines_of(session, order.id).values()
        }
        given = sum(each.shipping_minor for each in refunds_of(session, order.id))
    left = Money(order.shipping_minor - given, order.currency)
    nothing = Money(0, order.currency)
    back = reversal(ruled, units, shipping=left if shipping else nothing, vat_bps=order.vat_bps)
    most = Money(order.total_minor - order.refunded_minor, order.currency)
    if order.paid_at is None or not 0 < back.member.minor <= most.minor:
        raise RefundTooLarge(most=most)
    after = {each.line.line_id: each.line.kept - each.units for each in back.lines}
    kept = {line.line_id: after.get(line.line_id, line.kept) for line in ruled.values()}
    stay = [shares(line.priced, kept[line.line_id]) for line in ruled.values()]
    income, _vat = shipping_shares(left - back.shipping, order.vat_bps)
    return Effects(
        back=back,
        brand_after=total((each.brand for each in stay), order.currency),
        commission_after=total((each.commission for each in stay), order.currency),
        shipping_after=income,
        restocked=order.packed_at is None and bool(back.lines),
        ends_order=not any(kept.values()),
    )
