"""What all factories share: numbers, and saving."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    pass

NUMBERS = itertools.count(1)
PASSWORD = "a quiet boutique before dawn"
PASSWORD_HASH = "$argon2id$not-used-in-most-tests"


def saved(session: Session, row):
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def house_now(session: Session) -> datetime:
    """The instant that the house believes it is."""
    return session.execute(text("SELECT house_now()")).scalar_one().astimezone(UTC)
