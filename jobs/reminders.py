"""Writes to members shortly before a sale opens that they asked to be reminded of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import reminders

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

PORTIONS_MAX = 40
"""In one run; the next goes on."""


def _write(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    for _portion in range(PORTIONS_MAX):
        if not reminders.write_some(tools):
            return


WRITE = Job(
    "reminders.write", _write, "Writes to those who asked to be reminded of a sale about to open."
)
