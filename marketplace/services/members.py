"""Members: invited by members, each with a number of invitations to give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import locks
from marketplace.db.accounts import Account

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def choose_locale(tools: Toolbox, *, account_id: int, locale: str) -> None:
    """Remember the language that this person reads."""
    with tools.transaction() as session:
        locks.one(session, Account, account_id).locale = locale
