"""How the house says no: a :class:`Refusal` with a stable code, defined beside the rule that says it.

Doors turn the code into words, a status and, for programs, ``application/problem+json``. The facts given to
the refusal fill the sentence; they never hold personal data of somebody else.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A rule said no. ``code`` is stable and documented; ``facts`` fill the sentence shown."""

    code: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        """``facts`` are what the sentence of this refusal may name."""
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        """The code and its facts, for logs."""
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFound(Refusal):
    """There is no such thing, or it is not yours: the two are never told apart."""

    code = "not_found"


class Stale(Refusal):
    """Somebody else changed it since it was read; ``latest`` names the newer version."""

    code = "stale"


class Busy(Refusal):
    """The row stayed locked for longer than the house waits; asking again will usually do."""

    code = "busy"


class Invalid(Refusal):
    """A field's value cannot be taken; ``field`` names it and ``reason`` says what is wrong in words."""

    code = "invalid"


def every_refusal() -> dict[str, type[Refusal]]:
    """All refusals known to the running program, by code; two that share a code are a bug."""
    found: dict[str, type[Refusal]] = {}
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            assert kind.code, f"{kind.__name__} has no code"
            assert found.get(kind.code, kind) is kind, f"two refusals share the code {kind.code}"
            found[kind.code] = kind
            waiting.append(kind)
    return found
