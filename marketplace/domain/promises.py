"""Promises: kinds, and whether one was kept, kept early, kept late, or broken."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class PromiseKind(StrEnum):
    """What the house promises."""

    DELIVERY = "delivery"
    REFUND = "refund"
    OPENING = "opening"
    PAYOUT = "payout"
    EXIT_OF_STOCK = "exit_of_stock"
    ANSWER = "answer"


class Keeping(StrEnum):
    """How a promise stands at an instant."""

    PENDING = "pending"
    EARLY = "early"
    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    VOID = "void"


EARLY = timedelta(days=1)
"""A day or more before the date is early: more was kept than was promised."""


def keeping(
    *, due_at: datetime, kept_at: datetime | None, void_at: datetime | None, now: datetime
) -> Keeping:
    """How the promise stands: an unkept promise past its date is broken until it is kept late."""
    if void_at is not None:
        return Keeping.VOID
    if kept_at is None:
        return Keeping.BROKEN if now > due_at else Keeping.PENDING
    if kept_at > due_at:
        return Keeping.LATE
    return Keeping.EARLY if due_at - kept_at >= EARLY else Keeping.KEPT
