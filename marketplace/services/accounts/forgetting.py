"""What need not be kept any longer: counts of failures, sessions that ended long ago, links that lapsed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func

from marketplace.db import clock
from marketplace.db.accounts import Attempt, Session, Token, TokenPurpose

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

ATTEMPTS_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=90)
LINKS_KEPT = timedelta(days=7)


def forget_old(tools: Toolbox) -> int:
    """Delete what is past its time; returns how many rows. Safe twice, and twice at once."""
    with tools.transaction() as session:
        at = clock.now(session)
        ended = func.coalesce(Session.revoked_at, Session.expires_at)
        past = (
            delete(Attempt).where(Attempt.period_at < at - ATTEMPTS_KEPT).returning(Attempt.key),
            delete(Session).where(ended < at - SESSIONS_KEPT).returning(Session.id),
            delete(Token)
            .where(Token.purpose == TokenPurpose.RESET, Token.expires_at < at - LINKS_KEPT)
            .returning(Token.id),
        )
        return sum(len(session.execute(statement).all()) for statement in past)
