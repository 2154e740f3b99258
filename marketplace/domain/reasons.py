"""Reasons: a deed that members or a brand will feel is done for a reason, in words, kept with the event."""

from __future__ import annotations

from marketplace.domain.refusals import Refusal

REASON_LENGTH_MAX = 1_000


class ReasonMissing(Refusal):
    """What is done here is felt by somebody: it needs a reason in words."""

    code = "reason_missing"


def given(reason: str) -> str:
    """The reason without the space around it; refuses an empty one."""
    words = reason.strip()[:REASON_LENGTH_MAX]
    if not words:
        raise ReasonMissing
    return words
