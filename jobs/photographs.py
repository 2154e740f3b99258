"""Draws brands' marks on the photographs that members see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import photographs

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

PORTIONS_MAX = 4
"""In one run, so that no letter waits for thousands of photographs; the next run goes on."""
LEASE_SECONDS = 600


def _mark(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    for _portion in range(PORTIONS_MAX):
        if not photographs.mark_some(tools):
            return


MARK = Job(
    "photographs.mark",
    _mark,
    "Draws the watermark on photographs of brands that want one.",
    lease_seconds=LEASE_SECONDS,
)
