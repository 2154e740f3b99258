"""Pieces of an order as a letter names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db.catalogue import Style, Variant
from marketplace.db.orders import OrderLine
from marketplace.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One line of an order as a letter tells it."""

    name: str
    units: int
    total: Money


def told(
    session: Session, units: Mapping[int, int], currency: str
) -> tuple[tuple[int, LetterLine], ...]:
    """Units of order lines as a letter tells them, by the line's id, in the order of the lines."""
    rows = session.execute(
        select(OrderLine.id, Style.name, Variant.colour, Variant.size, OrderLine.price_minor)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .where(OrderLine.id.in_(units))
        .order_by(OrderLine.id)
    )
    return tuple(
        (
            row.id,
            LetterLine(
                ", ".join(part for part in (row.name, row.colour, row.size) if part),
                units[row.id],
                Money(row.price_minor, currency) * units[row.id],
            ),
        )
        for row in rows
    )
