"""Starts a confined program and waits for it, for a limited time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[3]
"""Where the package ``marketplace`` stands; a child knows nothing else of this process's surroundings."""

PROGRAMS = "marketplace.gateways.confined"


def command(program: str, arguments: Sequence[str]) -> list[str]:
    """What to start: this very Python, without the caller's folder on its path."""
    return [sys.executable, "-P", "-s", "-m", f"{PROGRAMS}.{program}", *arguments]


def surroundings() -> dict[str, str]:
    """The child's whole environment: no address, key or password of the house is in it."""
    return {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PATH": os.defpath}


def run(
    program: str, arguments: Sequence[str], *, given: IO[bytes], answer: IO[bytes], seconds: int
) -> bool:
    """Run ``program`` with ``given`` on standard input, its answer into ``answer``.

    Returns whether it ended well within ``seconds`` of wall time; otherwise it is no more.
    """
    child = subprocess.Popen(  # noqa: S603 - this Python, and arguments that no shell reads
        command(program, arguments),
        stdin=given,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env=surroundings(),
        cwd=ROOT,
    )
    try:
        return child.wait(timeout=seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        child.kill()
        child.wait()
