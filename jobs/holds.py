"""Tidies the shelf: units are free at the instant their hold ends, whoever sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import holds

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

ITEMS_PER_SWEEP_MAX = 200


def _sweep(tools: Toolbox, _: dict[str, Any]) -> None:
    holds.sweep(tools, most=ITEMS_PER_SWEEP_MAX)


SWEEP = Job("holds.sweep", _sweep, "Writes down which holds have ended.", queue="clock")
