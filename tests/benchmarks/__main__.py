"""``python3 dev.py bench [--json]``: the hot paths, each beside its limit from the same run.

Machines drift, so that only the ratios of one run count. Needs wrk on PATH; where there is a Chromium, it also
tells how soon a member sees a sale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice

from marketplace.local import children
from marketplace.local.processes import Child
from tests import factories
from tests.benchmarks import crowd, lots, paint
from tests.benchmarks.crowd import Run, Wish
from tests.benchmarks.stand import Stand, Visitor, serving, standing

STYLES = 60
MEMBERS = 120_010
MEMBERS_OF_A_RUN = 30_000
MEMBERS_WHO_LOOK = paint.TIMES + 1
UNITS = 1_000_000
P99_MS_MAX = 60
PAGE_FLOOR, HOLD_FLOOR, HOLD_FLOOR_ONE_STATEMENT = 0.45, 0.6, 3.0


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


def main(arguments: list[str]) -> int:
    """Measure and print."""
    if not crowd.found():
        print("wrk is not installed: `apt-get install wrk` brings it.", file=sys.stderr)
        return 2
    with standing() as stand:
        lines = list(_measured(stand))
    if "--json" in arguments:
        print(json.dumps([asdict(line) for line in lines], indent=2))
    else:
        _print(lines)
    return 0


def _measured(stand: Stand) -> Iterator[Line]:
    with stand.session() as session:
        sale, _ = factories.open_sale(session, units=20, items=STYLES)
        hot, (item,) = factories.open_sale(session, units=UNITS)
        for row in (
            session.get_one(factories.Variant, each.variant_id)
            for each in session.query(factories.SaleItem).filter_by(sale_id=sale.id)
        ):
            factories.photograph(session, of=session.get_one(factories.Style, row.style_id))
        first_member = factories.member(session).id + 1
    visitors = stand.invite(MEMBERS)
    yield from _lot(lots.measured(stand))
    if paint.found():
        paint.develop(stand)
        yield _sight(paint.first_views(stand, visitors[-MEMBERS_WHO_LOOK:], f"/sales/{sale.ref}"))
    limits = _limits(stand)
    with serving(limits, stand, f"{_limits_url(stand)}/empty"):
        empty = crowd.rush(_limits_url(stand), stand.folder, lambda _: [Wish("/empty")])
        page = crowd.rush(stand.web, stand.folder, lambda run: _pages(visitors, run, sale.ref))
        yield _line("sale_page", page, "empty view", empty, PAGE_FLOOR)
        one = crowd.rush(
            _limits_url(stand), stand.folder, lambda run: _bare(first_member, run, item.id)
        )
        hold = crowd.rush(
            stand.web,
            stand.folder,
            lambda run: _holds(visitors, run, hot.ref, item.id),
            accept="application/json",
        )
        yield _line("hold_hot", hold, "empty view", empty, HOLD_FLOOR)
        yield _line("hold_hot", hold, "one-statement hold", one, HOLD_FLOOR_ONE_STATEMENT)


def _of_run(visitors: list[Visitor], run: int) -> Iterator[Visitor]:
    """Those whose turn it is: nobody comes twice."""
    return islice(visitors, run * MEMBERS_OF_A_RUN, (run + 1) * MEMBERS_OF_A_RUN)


def _pages(visitors: list[Visitor], run: int, ref: str) -> Iterator[Wish]:
    return (Wish(f"/sales/{ref}", each.cookie) for each in _of_run(visitors, run))


def _holds(visitors: list[Visitor], run: int, ref: str, item: int) -> Iterator[Wish]:
    return (
        Wish(
            f"/sales/{ref}/holds",
            each.cookie,
            f"item={item}&style=1&key={each.key}&csrf_token={each.token}",
        )
        for each in _of_run(visitors, run)
    )


def _bare(first: int, run: int, item: int) -> Iterator[Wish]:
    begin = first + run * MEMBERS_OF_A_RUN
    return (
        Wish("/hold", "", f"item={item}&member={member}")
        for member in range(begin, begin + MEMBERS_OF_A_RUN)
    )


def _limits(stand: Stand) -> Child:
    """The bare application on the shop's own server, with its number of processes and threads."""
    web, _ = children.doors(stand.surroundings)
    ports = {str(stand.surroundings.ports["web"]): str(stand.surroundings.ports["empty"])}
    command = tuple(ports.get(word, word) for word in web.command[:-1])
    return Child(
        name="limits",
        what="what the same server can do without any rule",
        command=(*command, "tests.benchmarks.limits:app"),
        environment={**web.environment, "LIMITS_DATABASE_URL": stand.surroundings.owner_url},
        stop_seconds_max=web.stop_seconds_max,
    )


def _limits_url(stand: Stand) -> str:
    return f"http://localhost:{stand.surroundings.ports['empty']}"


def _line(name: str, run: Run, limit_name: str, limit: Run, floor: float) -> Line:
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
        ok=ratio >= floor and run.p99_ms <= P99_MS_MAX and not run.failures,
    )


def _lot(lot: lots.Lot) -> Iterator[Line]:
    """A list of 50,000 rows to its preview: how long, beside the cells alone, and how much memory."""
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


def _sight(seen: paint.Sight) -> Line:
    ratio = paint.LATEST_MS_MAX / seen.median_ms
    return Line(
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


def _print(lines: list[Line]) -> None:
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
