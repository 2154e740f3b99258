"""Reminders: a member asks to be written to shortly before a sale opens."""

from __future__ import annotations

from datetime import timedelta

from marketplace.domain.refusals import Refusal

AHEAD = timedelta(minutes=15)
"""So long before the opening the letter is written."""
PORTION_MAX = 500
"""Letters written in one transaction."""
LETTER = "sale_opens"
"""The kind of the letter; other kinds leave before it."""
STOPPING = "reminder:"
"""What the link that stops reminders is sealed from, with the reminder's number."""
NO_LONGER_DUE = "no_longer_due"
"""Why a letter did not leave: since it was written the sale, the brand or the member thought otherwise."""


class ReminderTooLate(Refusal):
    """There is nothing left to be reminded of: the sale is open, or was paused before it opened."""

    code = "reminder_too_late"
