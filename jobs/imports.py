"""Jobs of the import desk: read a brand's file, judge its rows, let them in, draw its photographs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import imports

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

LEASE_SECONDS = 300
DRAWING_SECONDS = 900
"""Of one run; a longer one is ended, and the next goes on where it stood."""


def _read(tools: Toolbox, arguments: dict[str, Any]) -> None:
    imports.read(tools, import_id=int(arguments["subject_id"]))


def _judge(tools: Toolbox, arguments: dict[str, Any]) -> None:
    imports.judge(tools, import_id=int(arguments["subject_id"]))


def _apply(tools: Toolbox, arguments: dict[str, Any]) -> None:
    imports.apply(tools, import_id=int(arguments["subject_id"]))


def _draw(tools: Toolbox, arguments: dict[str, Any]) -> None:
    imports.draw(tools, import_id=int(arguments["subject_id"]))


def _take_back(tools: Toolbox, arguments: dict[str, Any]) -> None:
    imports.take_back(tools, import_id=int(arguments["subject_id"]))


READ = Job(
    "imports.read",
    _read,
    "Reads a brand's file into rows and guesses what its columns mean.",
    lease_seconds=LEASE_SECONDS,
)
JUDGE = Job(
    "imports.judge",
    _judge,
    "Judges every row of a file and compares it with the collection.",
    lease_seconds=LEASE_SECONDS,
)
APPLY = Job(
    "imports.apply",
    _apply,
    "Lets the confirmed rows of a file into the collection.",
    lease_seconds=LEASE_SECONDS,
)
DRAW = Job(
    "imports.draw",
    _draw,
    "Draws a file's photographs anew and hangs them on their styles.",
    lease_seconds=DRAWING_SECONDS,
)
TAKE_BACK = Job(
    "imports.take_back",
    _take_back,
    "Takes a file back out of the collection.",
    lease_seconds=LEASE_SECONDS,
)
