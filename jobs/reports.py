"""Takes the reports of sales: each whole hour, at the close, after it where pieces were paid, and on later days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import reports

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

LATE_PER_RUN_MAX = 100


def _hourly(tools: Toolbox, _: dict[str, Any]) -> None:
    reports.take_hourly(tools)


def _closing(tools: Toolbox, arguments: dict[str, Any]) -> None:
    reports.take_closing(tools, sale_id=int(arguments["subject_id"]))


def _late(tools: Toolbox, _: dict[str, Any]) -> None:
    for _each in range(LATE_PER_RUN_MAX):
        if not reports.take_late_closing(tools):
            return


def _later(tools: Toolbox, _: dict[str, Any]) -> None:
    reports.take_later(tools)


TAKE_HOURLY = Job("reports.hourly", _hourly, "Reports each hour of a running sale to its brand.")
TAKE_CLOSING = Job("reports.closing", _closing, "Reports a sale that has closed to its brand.")
TAKE_LATE_CLOSING = Job(
    "reports.late_closing", _late, "Reports again what was paid from bags after a sale had closed."
)
TAKE_LATER = Job(
    "reports.later", _later, "Reports a sale again thirty and sixty days after it has closed."
)
