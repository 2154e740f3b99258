"""A member's orders: where each stands, what was promised and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import clock
from marketplace.db.orders import Order, Withdrawal, on_their_way_back
from marketplace.db.payments import promised_as, refunds_of
from marketplace.domain.money import Money
from marketplace.domain.orders import (
    NotTaken,
    OrderState,
    RefundCause,
    RefundState,
    may_withdraw,
    withdrawal_ends_at,
)
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound
from marketplace.domain.territories import territory
from marketplace.queries import cards
from marketplace.queries.sale_page import PHOTOGRAPH_OF_VARIANT, Picture, picture

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from marketplace.queries.cards import Coming, Offered
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class OrderCard:
    """One order in the list. ``taken``: its saved card is yet to be charged."""

    ref: str
    state: OrderState
    taken: bool
    placed_at: datetime
    total: Money
    pieces: int
    promised_on: date


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of the list; ``more`` says whether there is another."""

    cards: tuple[OrderCard, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class OrderLineShown:
    """One line: what was bought, and how many units are still the member's to keep or to send back."""

    line_id: int
    brand: str
    name: str
    colour: str
    size: str
    units: int
    gone: int
    returnable: int
    price: Money
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class RefundShown:
    """A refund: how much, why, where it stands, and by when it was promised (``due_at``)."""

    amount: Money
    cause: RefundCause
    state: RefundState
    asked_at: datetime
    settled_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class WithdrawalShown:
    """A declaration of withdrawal with its acknowledgement, word for word, and the promised day of its refund.

    Of goods that come back in parts each is one: ``units`` by line, ``refused`` by line what was not taken and why,
    ``is_rest`` where it is what was missing from an earlier parcel.
    """

    acknowledgement: str
    declared_at: datetime
    received_at: datetime | None
    due_at: datetime | None
    units: dict[int, int]
    refused: dict[int, NotTaken]
    is_rest: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as its member sees it. ``withdraw_until`` while a withdrawal can be declared with an end known.

    ``standing`` while a saved card is to pay for it and has not.
    """

    order_id: int
    ref: str
    state: OrderState
    zone: str
    placed_at: datetime
    paid_at: datetime | None
    packed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    carrier: str
    tracking: str
    promised_on: date
    address: dict[str, str]
    items: Money
    shipping: Money
    vat: Money
    vat_bps: int
    total: Money
    refunded: Money
    lines: tuple[OrderLineShown, ...]
    refunds: tuple[RefundShown, ...]
    withdrawals: tuple[WithdrawalShown, ...]
    may_cancel: bool
    may_withdraw: bool
    withdraw_until: datetime | None
    standing: Coming | Offered | None


def mine(tools: Toolbox, *, member_id: int, page: int = 1) -> OrderPage:
    """The member's orders, newest first; those never paid are left out once they lapsed."""
    with tools.reading() as session:
        rows = session.execute(
            _MINE, {"member": member_id, "most": PAGE_SIZE + 1, "skip": (page - 1) * PAGE_SIZE}
        ).all()
    cards = tuple(
        OrderCard(
            row.ref,
            OrderState(row.state),
            row.taken,
            row.created_at,
            Money(row.total_minor, row.currency),
            row.pieces,
            row.promised_on,
        )
        for row in rows[:PAGE_SIZE]
    )
    return OrderPage(cards, more=len(rows) > PAGE_SIZE)


def one(tools: Toolbox, *, member_id: int, ref: str) -> Shown:
    """One order of this member; NotFound for any other."""
    with tools.reading() as session:
        order = session.scalar(select(Order).where(Order.ref == ref, Order.member_id == member_id))
        if order is None:
            raise NotFound
        return _shown(session, order)


def _shown(session: Session, order: Order) -> Shown:
    home = territory(order.territory)
    until = (
        None if order.delivered_at is None else withdrawal_ends_at(order.delivered_at, home.zone)
    )
    in_time = until is None or clock.now(session) < until
    lines, due = _lines(session, order), _due(session, order)
    standing = cards.standing(session, order)

    def money(minor: int) -> Money:
        return Money(minor, order.currency)

    return Shown(
        order_id=order.id,
        ref=order.ref,
        state=order.state,
        zone=home.zone,
        placed_at=order.created_at,
        paid_at=order.paid_at,
        packed_at=order.packed_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        ended_at=order.ended_at,
        carrier=order.carrier,
        tracking=order.tracking,
        promised_on=order.promised_on,
        address=order.address,
        items=money(order.items_minor),
        shipping=money(order.shipping_minor),
        vat=money(order.vat_minor),
        vat_bps=order.vat_bps,
        total=money(order.total_minor),
        refunded=money(order.refunded_minor),
        lines=lines,
        refunds=_refunds(session, order, due),
        withdrawals=_withdrawals(session, order, due),
        may_cancel=order.state is OrderState.PAID
        or (isinstance(standing, cards.Coming) and not standing.begun),
        may_withdraw=may_withdraw(order.state)
        and in_time
        and any(line.returnable for line in lines),
        withdraw_until=until,
        standing=standing,
    )


def _due(session: Session, order: Order) -> dict[tuple[str, int], datetime]:
    """By when each refund of the order was promised, by what it was promised for."""
    rows = session.execute(_DUE, {"order": order.id, "kind": PromiseKind.REFUND})
    return {(row.subject_type, row.subject_id): row.due_at for row in rows}


def _refunds(
    session: Session, order: Order, due: dict[tuple[str, int], datetime]
) -> tuple[RefundShown, ...]:
    return tuple(
        RefundShown(
            Money(each.amount_minor, each.currency),
            each.cause,
            each.state,
            each.created_at,
            each.settled_at,
            due.get(promised_as(each)),
        )
        for each in refunds_of(session, order.id)
    )


def _withdrawals(
    session: Session, order: Order, due: dict[tuple[str, int], datetime]
) -> tuple[WithdrawalShown, ...]:
    found = session.scalars(
        select(Withdrawal).where(Withdrawal.order_id == order.id).order_by(Withdrawal.id)
    )
    return tuple(
        WithdrawalShown(
            each.acknowledgement,
            each.created_at,
            each.received_at,
            due.get(("withdrawal", each.id)),
            {int(line): units for line, units in each.lines.items()},
            {int(line): NotTaken(**said) for line, said in each.refused.items()},
            each.follows_id is not None,
        )
        for each in found
    )


def _lines(session: Session, order: Order) -> tuple[OrderLineShown, ...]:
    waiting = on_their_way_back(session, order.id)
    rows = session.execute(_LINES, {"order": order.id})
    return tuple(_line(row, waiting.get(row.line_id, 0)) for row in rows)


def _line(row: Row[tuple[object, ...]], waiting: int) -> OrderLineShown:
    """``waiting`` units are on their way back: counted as the withdrawal itself counts them."""
    gone = row.cancelled_units + row.returned_units
    return OrderLineShown(
        line_id=row.line_id,
        brand=row.brand,
        name=row.name,
        colour=row.colour,
        size=row.size,
        units=row.units,
        gone=gone,
        returnable=max(0, row.units - gone - waiting),
        price=Money(row.price_minor, row.currency),
        picture=picture(row),
    )


_MINE = text(
    """
    SELECT o.ref, o.state, o.created_at, o.total_minor, o.currency, o.promised_on,
           (SELECT sum(l.units) FROM order_lines l WHERE l.order_id = o.id)::bigint AS pieces,
           o.state = 'awaiting_payment' AND EXISTS (
               SELECT FROM payments p
               WHERE p.order_id = o.id AND p.card_id IS NOT NULL AND p.state = 'prepared'
           ) AS taken
    FROM orders o
    WHERE o.member_id = :member AND (
        o.paid_at IS NOT NULL OR o.state IN ('awaiting_payment', 'refunded')
        OR EXISTS (SELECT FROM refunds r WHERE r.order_id = o.id)
    )
    ORDER BY o.id DESC LIMIT :most OFFSET :skip
    """
)
_LINES = text(
    f"""
    SELECT l.id AS line_id, l.units, l.cancelled_units, l.returned_units, l.price_minor,
           s.currency, b.name AS brand, style.name, v.colour, v.size,
           p.id AS photograph_id, p.width, p.height, p.paper, p.edition
    FROM order_lines l
    JOIN sales s ON s.id = l.sale_id
    JOIN brands b ON b.id = l.brand_id
    JOIN variants v ON v.id = l.variant_id
    JOIN styles style ON style.id = v.style_id
    {PHOTOGRAPH_OF_VARIANT}
    WHERE l.order_id = :order ORDER BY l.id
    """  # noqa: S608 - a constant
)
_DUE = text(
    """
    SELECT p.subject_type, p.subject_id, p.due_at FROM promises p
    WHERE p.kind = :kind AND p.void_at IS NULL AND (
        (p.subject_type = 'refund' AND p.subject_id IN (SELECT id FROM refunds WHERE order_id = :order))
        OR (p.subject_type = 'withdrawal'
            AND p.subject_id IN (SELECT id FROM withdrawals WHERE order_id = :order)))
    """
)
