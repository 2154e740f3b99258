"""One server on its own, outside a process tree: started, waited for, ended with its block."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marketplace.local import ports, processes

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

START_SECONDS_MAX = 20.0
START_TRIES_MAX = 3
LOOK_SECONDS = 0.02


class ServerError(Exception):
    """The server did not start; the text holds the end of its log."""


@contextmanager
def running(
    child_at: Callable[[int], processes.Child],
    answers: Callable[[int], bool],
    *,
    log: Path,
    port: int | None,
) -> Iterator[int]:
    """Run the server that ``child_at`` describes until the block is left; gives its port.

    Without a ``port`` a free one is chosen, and another if somebody was quicker to take it.
    """
    child, process, chosen = _started(child_at, answers, log, port)
    try:
        yield chosen
    finally:
        processes.end(process, child.stop_signal, child.stop_seconds_max)


def _started(
    child_at: Callable[[int], processes.Child],
    answers: Callable[[int], bool],
    log: Path,
    port: int | None,
) -> tuple[processes.Child, subprocess.Popen[bytes], int]:
    for _ in range(START_TRIES_MAX):
        chosen = port or ports.free()
        child = child_at(chosen)
        with log.open("ab") as output:
            process = processes.spawn(child, output.fileno())
        if _comes_up(process, lambda: answers(chosen)):  # noqa: B023  # asked before the next turn
            return child, process, chosen
        processes.end(process, child.stop_signal, child.stop_seconds_max)
    last = log.read_text(errors="replace").splitlines()[-5:]
    raise ServerError("\n".join((f"{log.stem} did not start:", *last)))


def _comes_up(process: subprocess.Popen[bytes], answers: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and not processes.ended(process, LOOK_SECONDS):
        if answers():
            return True
    return False
