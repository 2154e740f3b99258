"""Disputes: a card's holder asks their bank for the money of a payment, and the bank decides.

The house bears what is lost: it sells in its own name, and a brand is paid for a piece that stayed with its buyer
(docs/decisions/the-house-bears-disputes.md).
"""

from __future__ import annotations

from enum import StrEnum


class DisputeState(StrEnum):
    """An inquiry moves no money; an open dispute has taken it; won it is back, lost it is gone."""

    INQUIRY = "inquiry"
    CLOSED = "closed"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


ORDER = tuple(DisputeState)
"""What comes later is no step back; an inquiry that was closed can still be opened as a dispute."""
MONEY_TAKEN = frozenset({DisputeState.OPEN, DisputeState.WON, DisputeState.LOST})
"""States before which the bank took the money at least for a time."""
WAITING = frozenset({DisputeState.INQUIRY, DisputeState.OPEN})
"""Somebody is to answer, or the bank to decide."""
_STATES = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.CLOSED,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}


def state_of(status: str) -> DisputeState:
    """What the payment service's ``status`` means; one we do not know is a dispute that is open, which is worst."""
    return _STATES.get(status, DisputeState.OPEN)


def is_step(before: DisputeState | None, now: DisputeState) -> bool:
    """Whether ``now`` comes after ``before``: messages come in any order, and a decision is final."""
    if before in {DisputeState.WON, DisputeState.LOST}:
        return False
    return before is None or ORDER.index(now) > ORDER.index(before)
