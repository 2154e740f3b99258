"""What would a refund do? Told before it is done, by the rules that the books will be written with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db.orders import Order, lines_of, ruled
from marketplace.db.payments import refunds_of
from marketplace.domain.ledger import shares, shipping_shares
from marketplace.domain.money import Money, total
from marketplace.domain.orders import RefundTooLarge
from marketplace.domain.refunds import Bearer, reversal
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


def of(
    tools: Toolbox,
    *,
    ref: str,
    units: Mapping[int, int],
    shipping: bool,
    bearer: Bearer = Bearer.BRAND,
) -> Effects:
    """The effects of giving back ``units`` (line id to units), with what is left of shipping if asked.

    ``bearer``: at whose loss, where they were packed.

    Refuses as the refund itself would: more units than are kept, or nothing at all.
    """
    with tools.reading() as session:
        order = session.scalar(select(Order).where(Order.ref == ref))
        if order is None:
            raise NotFound
        lines = ruled(session, lines_of(session, order.id), order.currency)
        given = sum(each.shipping_minor for each in refunds_of(session, order.id))
    left = Money(order.shipping_minor - given, order.currency)
    nothing = Money(0, order.currency)
    back = reversal(
        lines,
        units,
        bearer=Bearer.BRAND if order.packed_at is None else bearer,
        shipping=left if shipping else nothing,
        vat_bps=order.vat_bps,
    )
    most = Money(order.total_minor - order.refunded_minor, order.currency)
    if order.paid_at is None or not 0 < back.member.minor <= most.minor:
        raise RefundTooLarge(most=most)
    gone = {each.line.line_id: each.units for each in back.lines}
    left_of = {each.line.line_id: each.left for each in back.lines}
    stay = [left_of.get(line.line_id) or shares(line.priced, line.owed) for line in lines.values()]
    income, _vat = shipping_shares(left - back.shipping, order.vat_bps)
    return Effects(
        back=back,
        brand_after=total((each.brand for each in stay), order.currency),
        commission_after=total((each.commission for each in stay), order.currency),
        shipping_after=income,
        restocked=order.packed_at is None and bool(back.lines),
        ends_order=all(line.kept == gone.get(line.line_id, 0) for line in lines.values()),
    )
