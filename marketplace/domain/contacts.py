"""The contact budget: how often a person may be written to without having asked.

One budget for the house and all brands together. What a person's own act sets going (an order, an invitation, a
password, a report that a deal promised) is transactional and never counted.
"""

from __future__ import annotations

from datetime import timedelta

BUDGET_LETTERS = 3
BUDGET_PERIOD = timedelta(days=7)
ATTEMPTS_MAX = 8
CLAIM_LENGTH = timedelta(minutes=2)


def may_write(*, transactional: bool, sent_in_period: int) -> bool:
    """Whether one more letter fits into the budget of a person who had ``sent_in_period`` of them lately."""
    return transactional or sent_in_period < BUDGET_LETTERS
