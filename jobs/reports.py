"""Takes the reports of sales: each whole hour, and at the close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import reports

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def _hourly(tools: Toolbox, _: dict[str, Any]) -> None:
    reports.take_hourly(tools)


def _closing(tools: Toolbox, arguments: dict[str, Any]) -> None:
    reports.take_closing(tools, sale_id=int(arguments["subject_id"]))


TAKE_HOURLY = Job("reports.hourly", _hourly, "Reports each hour of a running sale to its brand.")
TAKE_CLOSING = Job("reports.closing", _closing, "Reports a sale that has closed to its brand.")
