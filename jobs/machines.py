"""Looks after what is kept for brands' machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import replies

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def _forget_replies(tools: Toolbox, _: dict[str, Any]) -> None:
    replies.forget(tools)


FORGET_REPLIES = Job(
    "machines.forget_replies",
    _forget_replies,
    "Forgets a day later what was answered to brands' machines.",
)
