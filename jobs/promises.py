"""Watches over what was promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import promises

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def _watch(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    promises.notice_passed(tools)


WATCH = Job("promises.watch", _watch, "Tells of promises whose date has passed unkept, once each.")
