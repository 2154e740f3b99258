"""The waiting room of a sale as operators watch it, and a draw that anybody can repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.db import admissions

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from marketplace.toolbox import Toolbox

_ROOM = text(
    """
    SELECT at_once, per_minute, commitment, drawn_at, drawn, wide_at, waiting, inside, called, recent
    FROM waiting_rooms WHERE sale_id = :sale
    """
)


@dataclass(frozen=True, slots=True)
class Room:
    """The room: ``waiting`` stand in the line, ``inside`` shop, ``called`` were let in, ``recent`` of late."""

    at_once: int
    per_minute: int
    commitment: str
    drawn_at: datetime | None
    drawn: int | None
    wide_at: datetime | None
    waiting: int
    inside: int
    called: int
    recent: int


def of_sale(tools: Toolbox, *, sale_id: int) -> Room | None:
    """The room of a sale; None where it never had one."""
    with tools.reading() as session:
        row = session.execute(_ROOM, {"sale": sale_id}).one_or_none()
    return Room(*row) if row else None


def draw_of(tools: Toolbox, *, sale_id: int) -> tuple[tuple[int, UUID], ...]:
    """Every place of the sale's draw with the number of its ticket; none before the draw."""
    with tools.reading() as session:
        return admissions.drawn_places(session, sale_id=sale_id)
