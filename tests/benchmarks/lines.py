"""A line of the bench: one measured path beside its limit from the same run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.crowd import Run

P99_MS_MAX = 60


@dataclass(frozen=True)
class Line:
    """One measured path and what it is held against; ``ratio`` is value to limit."""

    name: str
    value: float
    unit: str
    p50_ms: float
    p99_ms: float
    failures: int
    limit_name: str
    limit_value: float
    ratio: float
    floor: float
    ok: bool


def beside(
    name: str,
    run: Run,
    limit_name: str,
    limit: Run,
    floor: float,
    *,
    p99_ms_max: float = P99_MS_MAX,
) -> Line:
    """What a crowd met beside what it can meet at most."""
    ratio = run.per_second / limit.per_second
    return Line(
        name=name,
        value=round(run.per_second, 1),
        unit="answers/s",
        p50_ms=run.p50_ms,
        p99_ms=run.p99_ms,
        failures=run.failures,
        limit_name=limit_name,
        limit_value=round(limit.per_second, 1),
        ratio=round(ratio, 3),
        floor=floor,
        ok=ratio >= floor and run.p99_ms <= p99_ms_max and not run.failures,
    )


def show(lines: Sequence[Line]) -> None:
    """Print them as a table."""
    print(f"{'':12}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}{'failed':>8}  beside")
    for each in lines:
        print(
            f"{each.name:12}{_per_second(each):>9}{each.p50_ms:9.1f}{each.p99_ms:9.1f}{each.failures:8}  "
            f"{each.limit_name} {each.limit_value:.0f}{_unit(each)}: {each.ratio:.2f} (floor {each.floor})"
            f"{'' if each.ok else '  under its floor'}"
        )


def _per_second(line: Line) -> str:
    return f"{line.value:.0f}" if line.unit == "answers/s" else ""


def _unit(line: Line) -> str:
    return "/s" if line.unit == "answers/s" else ""
