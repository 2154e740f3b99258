"""Forgetting what is past its time. The periods stand in the database's own functions, which reach nothing younger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_FORGET = text(
    "SELECT kind, gone FROM forget_past(:most) UNION ALL SELECT kind, gone FROM forget_looks(:most) "
    "UNION ALL SELECT kind, gone FROM forget_reminders(:most) "
    "UNION ALL SELECT kind, gone FROM forget_return_reasons(:most) "
    "UNION ALL SELECT kind, gone FROM forget_tickets(:most) "
    "UNION ALL SELECT kind, gone FROM forget_cards(:most) "
    "UNION ALL SELECT kind, gone FROM forget_waits(:most)"
)


def past(session: Session, *, most: int) -> dict[str, int]:
    """Delete at most so many rows of each kind; what was deleted, by kind."""
    return {row.kind: row.gone for row in session.execute(_FORGET, {"most": most})}
