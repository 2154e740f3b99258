"""Draws the places of waiting rooms and lets members in; whoever visits a room does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import admissions

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def _tend(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    admissions.tend(tools)


TEND = Job("admissions.tend", _tend, "Draws the places of waiting rooms and lets members in.")
