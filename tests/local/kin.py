"""Looks at the machine's processes: who descends from whom, and who is still alive."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

SECONDS_MAX = 60.0
"""A busy machine may take its time; a quiet one answers at once."""


def descendants(process: int) -> dict[int, str]:
    """All living children, grandchildren and so on of ``process``, with their command lines."""
    parents = dict(_parents())
    found: dict[int, str] = {}
    wanted = {process}
    while fresh := {pid for pid, parent in parents.items() if parent in wanted} - set(found):
        found |= {pid: _command(pid) for pid in fresh}
        wanted = fresh
    return found


def named(process: int, word: str) -> list[int]:
    """The descendants of ``process`` whose command line contains ``word``."""
    return sorted(pid for pid, command in descendants(process).items() if word in command)


def alive(process: int) -> bool:
    """Whether ``process`` still runs; one that only waits to be reaped does not."""
    try:
        return _state(process) not in {"Z", "X"}
    except FileNotFoundError:
        return False


def survivors(processes: dict[int, str], seconds_max: float = SECONDS_MAX) -> dict[int, str]:
    """Those of ``processes`` that are still alive after a fair while."""
    _became(lambda: not any(map(alive, processes)), seconds_max)
    return {pid: command for pid, command in processes.items() if alive(pid)}


def eventually(true: Callable[[], object]) -> None:
    """Wait until ``true`` answers so; fails if it does not."""
    assert _became(true, SECONDS_MAX), "this did not become true in time"


def parent(process: int) -> int:
    """Who started ``process``, 0 if it is gone."""
    return dict(_parents()).get(process, 0)


def _became(true: Callable[[], object], seconds_max: float) -> bool:
    deadline = time.monotonic() + seconds_max
    while not (held := true()) and time.monotonic() < deadline:
        time.sleep(0.03)
    return bool(held)


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            yield int(folder.name), int(fields[1])


def _state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
