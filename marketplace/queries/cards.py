"""A member's saved card, and where an order stands that it pays for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import cards, clock, payments
from marketplace.db.cards import Card
from marketplace.db.orders import Order
from marketplace.domain import pacing
from marketplace.domain.cards import Refused, is_over, why
from marketplace.domain.orders import OrderState, PaymentState

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class SavedCardShown:
    """A card as its holder knows it again: ``brand`` (``visa``), last four digits, and the month it is good through.

    ``consent`` is what was agreed to at ``kept_at``, word for word. ``over``: its last month is past.
    """

    brand: str
    last_four: str
    year: int
    month: int
    kept_at: datetime
    consent: str
    over: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """The order is taken, and its card is charged in its turn: ``wait`` from now; ``begun`` once the bank is asked."""

    brand: str
    last_four: str
    wait: timedelta
    begun: bool
    held_until: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """The card was not charged; the pieces are kept until ``until`` for paying on the payment service's page."""

    why: Refused
    until: datetime


def mine(tools: Toolbox, *, member_id: int) -> SavedCardShown | None:
    """The member's saved card, if there is one."""
    with tools.reading() as session:
        found = cards.kept(session, member_id)
        return None if found is None else _shown(found, clock.instant(session))


def coming(tools: Toolbox, *, member_id: int) -> tuple[str, ...]:
    """References of the member's orders whose card is yet to be charged, the oldest first."""
    asked = (
        select(Order.ref)
        .where(
            Order.member_id == member_id,
            Order.state == OrderState.AWAITING_PAYMENT,
            payments.is_collected(Order.id),
        )
        .order_by(Order.id)
    )
    with tools.reading() as session:
        return tuple(session.scalars(asked))


def standing(session: Session, order: Order) -> Coming | Offered | None:
    """How an order stands that waits for its payment and was pressed for with a saved card; None for any other."""
    if order.state is not OrderState.AWAITING_PAYMENT:
        return None
    payment = payments.newest(session, order.id)
    if payment.card_id is None:
        return None
    if payment.state is PaymentState.PREPARED:
        card = session.get_one(Card, payment.card_id)
        place = payments.ahead(session, payment.id) + 1
        return Coming(
            brand=card.brand,
            last_four=card.last_four,
            wait=pacing.wait(place),
            begun=payment.called_at is not None,
            held_until=order.pay_by,
        )
    if payment.state is PaymentState.FAILED and order.pay_by > clock.instant(session):
        return Offered(why(payment.refused_as), order.pay_by)
    return None


def _shown(card: Card, at: datetime) -> SavedCardShown:
    assert card.good_through_year is not None, "a kept card"
    assert card.good_through_month is not None, "a kept card"
    assert card.kept_at is not None, "a kept card"
    return SavedCardShown(
        brand=card.brand,
        last_four=card.last_four,
        year=card.good_through_year,
        month=card.good_through_month,
        kept_at=card.kept_at,
        consent=card.consent,
        over=is_over(card.good_through_year, card.good_through_month, at.date()),
    )
