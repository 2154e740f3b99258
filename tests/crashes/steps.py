"""The steps of a path, counted from outside: each commit and each call to a stranger, just before it and just after.

The product knows nothing of it. A toolbox is put together as always, with a vault and telephones that count, and at the
step that was asked for the process kills itself.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketplace.bootstrap import assembled, wall_clock
from marketplace.db.session import Vault, engine_for
from marketplace.gateways.pace import Pace
from marketplace.gateways.payments import StripePayments
from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET

if TYPE_CHECKING:
    from sqlalchemy import Engine, Row, TextClause
    from sqlalchemy.orm import Session

    from marketplace.config import Settings
    from marketplace.domain.doors import Door
    from marketplace.toolbox import Toolbox

TELEPHONES = ("payments", "mail", "files", "announcer", "outward")
ROOMS = ("/marketplace/services/", "/marketplace/gateways/", "/jobs/")
POOL_SIZE = 2


class Steps:
    """Counts, tells each step to whoever listens at ``told``, and ends the process at ``last``."""

    def __init__(self, told: int, last: int | None) -> None:
        self._told = told
        self._last = last
        self._count = 0

    def at(self, what: str) -> None:
        """One step further."""
        self._count += 1
        os.write(self._told, f"{_whose()}: {what}\n".encode())
        if self._count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        """Just before, and just after."""
        self.at(f"before {what}")
        yield
        self.at(f"after {what}")


class SteppingVault(Vault):
    """Counts commits."""

    def __init__(self, engine: Engine, steps: Steps) -> None:
        super().__init__(engine)
        self._steps = steps

    @contextmanager
    def transaction(self, door: Door, *, brand_id: int | None = None) -> Iterator[Session]:
        """As the house's; everything is written before the first of its two steps."""
        with super().transaction(door, brand_id=brand_id) as session:
            yield session
            session.flush()
            self._steps.at("before the commit")
        self._steps.at("after the commit")

    def call(self, statement: TextClause, parameters: Mapping[str, object]) -> Sequence[Row[Any]]:
        """A hold: one round trip that commits by itself."""
        with self._steps.around("the round trip"):
            return super().call(statement, parameters)


class Telephone:
    """Counts calls."""

    def __init__(self, name: str, real: Any, steps: Steps) -> None:
        self._name = name
        self._real = real
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)

        def called(*args: object, **more: object) -> object:
            with self._steps.around(f"{self._name}.{name}"):
                return found(*args, **more)

        return called


def stepping(settings: Settings, stripe: str, steps: Steps) -> Toolbox:
    """The toolbox of a process of its own, whose steps are counted."""
    engine = engine_for(settings.database_url, pool_size=POOL_SIZE, application="aubaine-child")
    vault = SteppingVault(engine, steps)
    tools = assembled(settings, vault)
    payments = StripePayments(
        API_KEY, base=stripe, secrets=(WEBHOOK_SECRET,), now=wall_clock, turn=Pace(vault).turn
    )
    real = replace(tools, payments=payments)
    counting = {name: Telephone(name, getattr(real, name), steps) for name in TELEPHONES}
    return replace(real, **counting)


def in_a_child(deed: Callable[[Steps], None], last: int | None) -> tuple[list[str], int]:
    """Do ``deed`` in a process of its own, which ends at step ``last``; the steps it came to, and how it ended."""
    listen, told = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(listen)
            sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
            deed(Steps(told, last))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(told)
    with os.fdopen(listen) as heard:
        steps = heard.read().splitlines()
    return steps, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _whose() -> str:
    """The function of the house that is at work."""
    frame = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if any(room in file for room in ROOMS):
            place = Path(file)
            return f"{place.parent.name}.{place.stem}.{frame.f_code.co_name.strip('_')}"
        frame = frame.f_back  # type: ignore[assignment]
    return "somebody"
