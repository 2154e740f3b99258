"""Touches: when the account manager speaks with a brand beyond writing, planned with a date or noted afterwards.

The brand reads that a touch happened and what was agreed. What the house notes for itself stays with the house.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.refusals import Invalid

if TYPE_CHECKING:
    from datetime import date

AHEAD_MAX = timedelta(days=400)
BACK_MAX = timedelta(days=90)
"""What is older is no news to anybody; it is not noted any more."""
WORDS_LENGTH_MAX = 1_000
PLANNED_MAX = 20
"""Of one brand at once."""


class TouchKind(StrEnum):
    """How they speak."""

    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"


def check_planned(day: date, *, today: date) -> None:
    """Refuses a day that is past or far away."""
    if not today <= day <= today + AHEAD_MAX:
        raise Invalid(field="planned_on", reason="touch_ahead", most=AHEAD_MAX.days)


def check_done(day: date, *, today: date) -> None:
    """Refuses a day that has not come, and one long past."""
    if not today - BACK_MAX <= day <= today:
        raise Invalid(field="done_on", reason="touch_past", most=BACK_MAX.days)


def check_room(planned: int) -> None:
    """Refuses one more planned touch than a brand may have."""
    if planned >= PLANNED_MAX:
        raise Invalid(field="planned_on", reason="touch_full", most=PLANNED_MAX)
