"""Brands that apply by themselves: what is asked, how often, and by when they are answered."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.accounts import Budget
from marketplace.domain.lifecycle import Lifecycle

if TYPE_CHECKING:
    from datetime import datetime

ANSWERED_WITHIN = timedelta(days=5)
"""What the page and the letter promise."""
PER_APPLICANT = Budget(5, timedelta(hours=1))
"""Applications from one network: enough for a bad morning, too few for a machine."""
SAID_LENGTH_MAX = 1_000


class ApplicationState(StrEnum):
    """Where an application stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


APPLICATION_LIFECYCLE = Lifecycle(
    "application",
    {
        ApplicationState.OPEN: (ApplicationState.ACCEPTED, ApplicationState.DECLINED),
        ApplicationState.ACCEPTED: (),
        ApplicationState.DECLINED: (),
    },
)


def answer_due(applied_at: datetime) -> datetime:
    """By when the house answers."""
    return applied_at + ANSWERED_WITHIN
