"""Where has a member had parcels sent? What the checkout offers, so that nothing is typed twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db.members import Address

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

SHOWN_MAX = 10
"""The newest of them; an older one is written once more."""


@dataclass(frozen=True, slots=True)
class Known:
    """One address; ``country`` is its ISO 3166 code."""

    address_id: int
    recipient: str
    line_1: str
    line_2: str
    postcode: str
    city: str
    country: str


def of(tools: Toolbox, *, member_id: int) -> tuple[Known, ...]:
    """The member's addresses, newest first, at most ``SHOWN_MAX``."""
    statement = (
        select(Address)
        .where(Address.member_id == member_id, Address.replaced_at.is_(None))
        .order_by(Address.id.desc())
        .limit(SHOWN_MAX)
    )
    with tools.reading() as session:
        return tuple(
            Known(
                address_id=each.id,
                recipient=each.recipient,
                line_1=each.line_1,
                line_2=each.line_2,
                postcode=each.postcode,
                city=each.city,
                country=each.country,
            )
            for each in session.scalars(statement)
        )
