"""The faults of a run, drawn from its seed before it begins: the same seed gives the same faults at the same seconds.

What they hit is drawn too; how far everybody has come by then is the machine's.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

PAUSE_SECONDS = (0.5, 2.0)
"""From one fault to the next."""
LASTS_SECONDS = (1.0, 4.0)
"""How long a process stands still, a wire misbehaves or the payment service does."""

STAFF = ("worker-clock", "worker-default", "worker-gate", "clock-1", "clock-2")
"""The clocks are the relay too: they carry the outbox to the workers."""
DOORS = ("web", "web-worker", "live")
"""``web-worker`` is one of the processes that ``web`` has for its pages; what ends it is not what ends all of them."""
WIRES = ("postgres", "valkey", "stripe")


class Kind(StrEnum):
    """What goes wrong."""

    KILL = "a process is killed"
    STOP = "a process stands still"
    DATABASE_STOPS = "PostgreSQL stops at once"
    DATABASE_IS_KILLED = "PostgreSQL's first process is killed"
    VALKEY_IS_KILLED = "Valkey is killed"
    VALKEY_IS_EMPTIED = "Valkey is emptied"
    STRIPE_IS_SLOW = "Stripe is slow"
    STRIPE_FAILS = "Stripe answers 500"
    STRIPE_ACTS_AND_FAILS = "Stripe acts and answers 500"
    STRIPE_LOSES_REPLIES = "Stripe acts and its reply is lost"
    WEBHOOKS_DOUBLE = "webhooks come twice"
    WEBHOOKS_SHUFFLE = "webhooks come in another order"
    WEBHOOKS_WITHHELD = "webhooks are withheld"
    WIRE_SLOW = "a wire is slow"
    WIRE_DARK = "a wire swallows everything"
    WIRE_DEAF = "a wire loses answers"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: when after the beginning, what, whom it hits, and how long it lasts."""

    at_seconds: float
    kind: Kind
    victim: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        """As the log of a run tells it."""
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.at_seconds:6.1f} s  {self.kind}{self.victim and f': {self.victim}'}{lasting}"


def _nobody(_dice: random.Random) -> str:
    return ""


def _one_of(*victims: str) -> Callable[[random.Random], str]:
    return lambda dice: dice.choice(victims)


URN: tuple[tuple[int, Kind, Callable[[random.Random], str], bool], ...] = (
    (8, Kind.KILL, _one_of(*STAFF, *DOORS), False),
    (4, Kind.STOP, _one_of(*STAFF, "web-worker", "live"), True),
    (1, Kind.DATABASE_STOPS, _nobody, False),
    (1, Kind.DATABASE_IS_KILLED, _nobody, False),
    (1, Kind.VALKEY_IS_KILLED, _nobody, False),
    (1, Kind.VALKEY_IS_EMPTIED, _nobody, False),
    (1, Kind.STRIPE_IS_SLOW, _nobody, True),
    (1, Kind.STRIPE_FAILS, _nobody, True),
    (1, Kind.STRIPE_ACTS_AND_FAILS, _nobody, True),
    (1, Kind.STRIPE_LOSES_REPLIES, _nobody, True),
    (1, Kind.WEBHOOKS_DOUBLE, _nobody, True),
    (1, Kind.WEBHOOKS_SHUFFLE, _nobody, True),
    (1, Kind.WEBHOOKS_WITHHELD, _nobody, True),
    (2, Kind.WIRE_SLOW, _one_of(*WIRES), True),
    (1, Kind.WIRE_DARK, _one_of(*WIRES), True),
    (2, Kind.WIRE_DEAF, _one_of(*WIRES), True),
)
"""How often each kind comes among the others, whom it may hit, and whether it lasts."""


def drawn(seed: int, seconds: float) -> tuple[Fault, ...]:
    """The faults of a run of ``seconds``; none begins after them."""
    dice = random.Random(seed)  # noqa: S311  # to be repeated, not to be guessed
    weights = [weight for weight, *_rest in URN]
    found: list[Fault] = []
    at = dice.uniform(*PAUSE_SECONDS)
    while at < seconds:
        ((_weight, kind, victim, lasts),) = dice.choices(URN, weights)
        lasting = round(dice.uniform(*LASTS_SECONDS), 2) if lasts else 0.0
        found.append(Fault(round(at, 2), kind, victim(dice), lasting))
        at += dice.uniform(*PAUSE_SECONDS)
    return tuple(found)
