"""What came back to a piece that somebody waits for goes to the next in line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import waits

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

ITEMS_PER_RUN_MAX = 100


def _pass_on(tools: Toolbox, _: dict[str, Any]) -> None:
    waits.pass_on(tools, most=ITEMS_PER_RUN_MAX)


PASS_ON = Job(
    "waits.pass_on", _pass_on, "Holds what came back for whoever waits for it.", queue="clock"
)
