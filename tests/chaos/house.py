"""``python -m tests.chaos.house FOLDER``: a whole house as `dev.py up` runs it, with wires between its parts.

The stores and the payment service stand where they always stand; what our own processes are told is the other end
of a wire. One clock's own watch may be ten minutes fast, where libfaketime can be had.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from marketplace.local import children, ports, processes, stack, state, up

WIRES = "CHAOS_WIRES"
"""Names the variable that holds the ports of the wires, in JSON."""
FAKETIME = "CHAOS_FAKETIME"
"""Names the variable that may say where libfaketime lies; otherwise it is looked for where Debian puts it."""
FAST_WATCH = "clock-2"
"""Who lives ten minutes ahead."""
START_SECONDS_MAX = 400.0
"""For each step of the start, on a machine that does many other things."""
RESTARTS_MAX = 10_000
"""The product's supervisor lets rest what ends again and again; here it is we who end it."""


def main(folder: Path) -> int:
    """Run the house until somebody stops it."""
    processes.RESTARTS_MAX = RESTARTS_MAX
    stack.STORE_SECONDS_MAX = stack.PREPARE_SECONDS_MAX = stack.DOOR_SECONDS_MAX = START_SECONDS_MAX
    chosen = state.State(folder)
    with state.held(chosen):
        state.make(chosen)
        up._log_to(chosen.logs / "supervisor.log")
        decided = stack.plan(chosen, os.environ, with_demo=False)
        wired = _wired(decided, json.loads(os.environ[WIRES]))
        children.staff = _with_a_fast_watch(children.staff)  # type: ignore[assignment]
        with stack.started(wired) as supervisor:
            stack.tell(wired)
            supervisor.watch()
    return 0


def _wired(decided: stack.Plan, wires: Mapping[str, int]) -> stack.Plan:
    """The same plan, in which our own processes know the wires' ports alone."""
    given, ends = decided.given, decided.given.ports
    through = {
        name: given.common[name].replace(f":{ends[store]}", f":{wires[store]}")
        for name, store in (
            ("DATABASE_URL", "postgres"),
            ("REDIS_URL", "valkey"),
            ("STRIPE_API_BASE", "stripe"),
        )
    }
    # Behind a wire the payment service cannot tell by which of its two names it was called.
    pages = f"{given.common['CHECKOUT_ORIGINS']},http://{ports.HOST}:{ends['stripe']}"
    common = {**given.common, **through, "CHECKOUT_ORIGINS": pages}
    return replace(decided, given=replace(given, common=common))


def faketime() -> str:
    """Where libfaketime lies; empty where it cannot be had."""
    found = os.environ.get(FAKETIME, "")
    return found or next(map(str, Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), "")


def _with_a_fast_watch(
    staff: Callable[[children.Surroundings], tuple[processes.Child, ...]],
) -> Callable[[children.Surroundings], tuple[processes.Child, ...]]:
    library = faketime()

    def chosen(given: children.Surroundings) -> tuple[processes.Child, ...]:
        fast = {"LD_PRELOAD": library, "FAKETIME": "+10m", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        return tuple(
            replace(each, environment={**each.environment, **fast})
            if library and each.name == FAST_WATCH
            else each
            for each in staff(given)
        )

    return chosen


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
