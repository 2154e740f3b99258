"""What letters tell of a saved card that was not charged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.db.orders import Order
from marketplace.db.payments import Payment
from marketplace.domain.cards import why
from marketplace.words.saved_cards import NOT_CHARGED

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.contacts import Letter


def refused(session: Session, letter: Letter) -> dict[str, Any]:
    """Why, and until when the pieces are kept for paying otherwise."""
    payment = session.get_one(Payment, letter.facts["payment_id"])
    until = session.get_one(Order, payment.order_id).pay_by
    return {"refused": NOT_CHARGED[why(payment.refused_as)], "until": until}
