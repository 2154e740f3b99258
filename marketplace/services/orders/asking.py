"""Asking for a refund: what it gives back is written in the books at once, and a job sends the money.

Units that had not been packed go back on sale only after their first buyer has the money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import clock, ledger, payments, promises
from marketplace.db.ledger import Book, Cause, Entry
from marketplace.db.members import Member
from marketplace.db.orders import LineReturn, OrderLine, Way, ruled
from marketplace.db.payments import Refund
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from marketplace.domain.orders import REFUNDED_WITHIN, RefundCause, RefundTooLarge
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refunds import Bearer, Reversal, reversal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from marketplace.db.orders import Order
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Why:
    """Why money goes back; ``key`` where the cause itself names the refund. ``bearer``: whose loss it is."""

    cause: RefundCause
    reason: str = ""
    key: str = ""
    bearer: Bearer = Bearer.BRAND


@dataclass(frozen=True, slots=True)
class Asked:
    """What shall go back: units by line, and whether shipping goes with them as far as it has not yet."""

    units: Mapping[int, int]
    shipping: bool
    why: Why


def ask(
    tools: Toolbox,
    session: Session,
    order: Order,
    lines: Mapping[int, OrderLine],
    asked: Asked,
) -> int:
    """Write the refund, take back each party's share, and let a job send it; returns its id.

    Refuses more units than are kept, an order that is not paid, and nothing at all.
    """
    payment = payments.kept(session, order.id)
    if payment is None:
        raise RefundTooLarge(most=Money(0, order.currency))
    earlier = payments.refunds_of(session, order.id)
    given = sum(each.shipping_minor for each in earlier)
    back = _reversal(session, order, lines, asked, earlier_minor=given)
    left = Money(order.total_minor - order.refunded_minor, order.currency)
    if not 0 < back.member.minor <= left.minor:
        raise RefundTooLarge(most=left)
    row = Refund(
        order_id=order.id,
        payment_id=payment.id,
        key=asked.why.key or f"refund-{order.ref}-{len(earlier) + 1}",
        cause=asked.why.cause,
        amount_minor=back.member.minor,
        currency=order.currency,
        lines={str(each.line.line_id): each.units for each in back.lines},
        shipping_minor=back.shipping.minor,
        asked_by_id=tools.actor.account_id,
        reason=asked.why.reason,
    )
    session.add(row)
    session.flush()
    _take_back(session, order, lines, back, row, asked.why.bearer)
    _promise(session, order, row)
    tools.record(
        session,
        Fact(
            Event.REFUND_ASKED,
            "refund",
            row.id,
            reason=asked.why.reason,
            data={"order_id": order.id},
        ),
    )
    return row.id


def _reversal(
    session: Session,
    order: Order,
    lines: Mapping[int, OrderLine],
    asked: Asked,
    *,
    earlier_minor: int,
) -> Reversal:
    shipping = order.shipping_minor - earlier_minor if asked.shipping else 0
    return reversal(
        ruled(session, lines, order.currency),
        asked.units,
        bearer=asked.why.bearer,
        shipping=Money(shipping, order.currency),
        vat_bps=order.vat_bps,
    )


def _take_back(
    session: Session,
    order: Order,
    lines: Mapping[int, OrderLine],
    back: Reversal,
    row: Refund,
    bearer: Bearer,
) -> None:
    """Count the units as gone and write what each book gives back; it adds to the refund."""
    way = Way.CANCELLED if order.packed_at is None else Way.RETURNED
    for each in back.lines:
        line = lines[each.line.line_id]
        if way is Way.CANCELLED:
            line.cancelled_units += each.units
        else:
            line.returned_units += each.units
        session.add(_returned(line, each.units, way, row, bearer))
    order.refunded_minor += back.member.minor
    ledger.post(
        session, cause=Cause.REFUND, cause_id=row.id, kind="reversed", entries=_entries(back)
    )


def _entries(back: Reversal) -> list[Entry]:
    return [
        *(Entry(Book.BRAND_PAYABLE, each.given.brand, each.line.brand_id) for each in back.lines),
        Entry(Book.COMMISSION, back.commission),
        Entry(Book.LOSSES, back.loss),
        Entry(Book.SHIPPING_INCOME, back.shipping_income),
        Entry(Book.VAT_PAYABLE, back.vat),
        Entry(Book.MEMBER_PAYABLE, -back.member),
    ]


def _returned(line: OrderLine, units: int, way: Way, row: Refund, bearer: Bearer) -> LineReturn:
    return LineReturn(
        brand_id=line.brand_id,
        sale_id=line.sale_id,
        sale_item_id=line.sale_item_id,
        order_line_id=line.id,
        refund_id=row.id,
        way=way,
        units=units,
        price_minor=line.price_minor,
        borne_by=bearer,
    )


def _promise(session: Session, order: Order, row: Refund) -> None:
    """By when the money is there; a withdrawal promised it when it was declared."""
    if row.cause is RefundCause.WITHDRAWN:
        return
    promises.make(
        session,
        kind=PromiseKind.REFUND,
        subject_type="refund",
        subject_id=row.id,
        realm=Realm.MEMBER,
        account_id=session.get_one(Member, order.member_id).account_id,
        due_at=clock.now(session) + REFUNDED_WITHIN,
        amount=Money(row.amount_minor, row.currency),
    )
