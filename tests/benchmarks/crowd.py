"""The crowd: wrk with 64 connections, each request by the next member in line."""

from __future__ import annotations

import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 64
WARM_SECONDS = 3
SECONDS = 10
TIMES = 3
SCRIPT = Path(__file__).with_name("crowd.lua")


@dataclass(frozen=True)
class Wish:
    """One request: an address, whose it is, and the form it sends, if any."""

    path: str
    cookie: str = ""
    body: str = ""


@dataclass(frozen=True)
class Run:
    """What a crowd met: answers a second, how long half and 99 of 100 waited, how many were not served."""

    per_second: float
    p50_ms: float
    p99_ms: float
    failures: int


def found() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def rush(
    origin: str,
    folder: Path,
    wishes: Callable[[int], Iterable[Wish]],
    *,
    accept: str = "text/html",
    due: int | None = None,
) -> Run:
    """The median of three runs after a warm-up; ``wishes(n)`` are those of run n, 0 being the warm-up.

    ``due``: the one status that is no failure; none: every status below 400.
    """
    _run(origin, _written(folder, wishes(0)), WARM_SECONDS, accept, due)
    runs = [
        _run(origin, _written(folder, wishes(number)), SECONDS, accept, due)
        for number in range(1, TIMES + 1)
    ]
    middle = statistics.median(run.per_second for run in runs)
    chosen = next(run for run in runs if run.per_second == middle)
    return Run(middle, chosen.p50_ms, chosen.p99_ms, sum(run.failures for run in runs))


def _written(folder: Path, wishes: Iterable[Wish]) -> Path:
    file = folder / "wishes.tsv"
    file.write_text("".join(f"{each.path}\t{each.cookie}\t{each.body}\n" for each in wishes))
    return file


def _run(origin: str, wishes: Path, seconds: int, accept: str, due: int | None) -> Run:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    answer = subprocess.run(
        [
            *command,
            "-s",
            str(SCRIPT),
            origin,
            "--",
            str(wishes),
            accept,
            *([] if due is None else [str(due)]),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(line for line in answer.stderr.splitlines() if line.startswith("crowd "))
    requests, failures, microseconds, p50, p99 = line.split()[1:]
    # wrk counts only what it was answered: a crowd that waited in vain was not served either.
    unserved = int(failures) if int(requests) else CONNECTIONS
    return Run(int(requests) * 1_000_000 / int(microseconds), float(p50), float(p99), unserved)
