"""What the letter about an offer tells: which piece came back, and until when it is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.db.catalogue import Style, Variant
from marketplace.db.holds import Hold
from marketplace.db.sales import Sale, SaleItem
from marketplace.db.waits import Wait
from marketplace.domain.money import Money
from marketplace.queries.letters.pieces import LetterLine

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.contacts import Letter
    from marketplace.toolbox import Toolbox


def offered(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    """The piece as the bag shows it, its price, and the end of its hold."""
    hold, style, variant, currency = session.execute(
        select(Hold, Style.name, Variant, Sale.currency)
        .join(Wait, Wait.hold_id == Hold.id)
        .join(SaleItem, SaleItem.id == Hold.sale_item_id)
        .join(Variant, Variant.id == SaleItem.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .join(Sale, Sale.id == Hold.sale_id)
        .where(Wait.id == letter.facts["wait_id"])
    ).one()
    name = ", ".join(part for part in (style, variant.colour, variant.size) if part)
    return {
        "piece": LetterLine(name, hold.units, Money(hold.price_minor, currency) * hold.units),
        "until": hold.expires_at,
        "link": f"{tools.public_url}/bag",
    }
