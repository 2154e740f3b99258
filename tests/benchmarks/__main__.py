"""``python3 dev.py bench [NAME …] [--json] [--seed N]``: the hot paths, each beside its limit from the same run.

Machines drift, so that only the ratios of one run count. Needs wrk on PATH; where there is a Chromium, it also
tells how soon a member sees a sale.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict

from tests.benchmarks import (
    buying,
    completing,
    crowd,
    exact,
    growth,
    hot,
    lines,
    lots,
    opening,
    paint,
    seeing,
)
from tests.benchmarks.hot import Hot
from tests.benchmarks.lines import Line
from tests.benchmarks.pressing import order_now
from tests.benchmarks.stand import standing

MEMBERS_WHO_LOOK = paint.TIMES + 1


def main(arguments: list[str]) -> int:
    """Measure what was asked for, and print."""
    asked = _asked(arguments)
    if not crowd.found():
        print("wrk is not installed: `apt-get install wrk` brings it.", file=sys.stderr)
        return 2
    names = asked.names or [*MEASURES, *HOUSES]
    found = list(_of_crowd([name for name in names if name in MEASURES], asked.seed))
    found += [line for name in names if name in HOUSES for line in HOUSES[name](asked.seed)]
    if asked.json:
        print(json.dumps([asdict(line) for line in found], indent=2))
    else:
        lines.show(found)
    return 0


def _of_crowd(names: list[str], seed: int) -> Iterator[Line]:
    """What is asked of one stand and its crowd, which nobody sets up who does not need it."""
    if not names:
        return
    with standing() as stand, hot.opened(stand, seed=seed) as scene:
        for name in names:
            yield from MEASURES[name](scene)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(KNOWN))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=1, help="the order in which the crowd comes")
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(KNOWN)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(KNOWN)}")
    return asked


def _lot(scene: Hot) -> Iterator[Line]:
    """A list of 50,000 rows to its preview: how long, beside the cells alone, and how much memory."""
    lot = lots.measured(scene.stand)
    ratio = lot.cells_seconds / lot.seconds
    yield Line(
        name="import_50k",
        value=lot.seconds,
        unit="s",
        p50_ms=lot.seconds * 1_000,
        p99_ms=lot.seconds * 1_000,
        failures=lots.ROWS - lot.accepted,
        limit_name="the cells alone, s",
        limit_value=lot.cells_seconds,
        ratio=round(ratio, 3),
        floor=round(lot.cells_seconds / lots.SECONDS_MAX, 3),
        ok=lot.seconds <= lots.SECONDS_MAX,
    )
    yield Line(
        name="import_50k",
        value=lot.mib,
        unit="MiB",
        p50_ms=0,
        p99_ms=0,
        failures=0,
        limit_name="memory of the worker, MiB",
        limit_value=lots.MIB_MAX,
        ratio=round(lots.MIB_MAX / lot.mib, 3),
        floor=1.0,
        ok=lot.mib <= lots.MIB_MAX,
    )


def _sight(scene: Hot) -> Iterator[Line]:
    if not paint.found():
        return
    paint.develop(scene.stand)
    people = scene.visitors[-MEMBERS_WHO_LOOK:]
    seen = paint.first_views(scene.stand, people, f"/sales/{scene.wide_ref}")
    ratio = paint.LATEST_MS_MAX / seen.median_ms
    yield Line(
        name="sale_seen",
        value=round(seen.median_ms, 1),
        unit="ms",
        p50_ms=round(seen.median_ms, 1),
        p99_ms=round(seen.worst_ms, 1),
        failures=0,
        limit_name="largest paint on a fourth of a processor, ms",
        limit_value=paint.LATEST_MS_MAX,
        ratio=round(ratio, 3),
        floor=1.0,
        ok=ratio >= 1.0,
    )


MEASURES: dict[str, Callable[[Hot], Iterator[Line]]] = {
    "import_50k": _lot,
    "sale_seen": _sight,
    **hot.MEASURES,
    "exact_stock": exact.exact_stock,
    "order_now": order_now,
    # Last: it leaves a large house behind.
    "growth": growth.growth,
}
"""What one stand and its crowd can show, by its name."""

HOUSES: dict[str, Callable[[int], Iterator[Line]]] = {
    "order_completion": completing.order_completion,
    "orders_ungated": buying.orders_ungated,
    "orders_gated": buying.orders_gated,
    "opening_lateness": opening.opening_lateness,
    "doors_open": seeing.doors_open,
    "live_channel": seeing.live_channel,
}
"""What wants a whole house of its own; given the seed."""

KNOWN = (*MEASURES, *HOUSES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
