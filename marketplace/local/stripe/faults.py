"""Misbehaviour on request: of the API, and of the webhooks.

Each fault says what it strikes and how often. Which requests are struck is decided by the fault's
seed and the number of requests that matched so far, so that a run can be repeated exactly.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from marketplace.local.stripe.call import fresh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.local.stripe.store import Books, Store

FAULTS_MAX = 100
DELAY_MS_MAX = 600_000
COPIES_MAX = 100
PER_MILLE_MAX = 1_000


class FaultError(Exception):
    """A fault that cannot be understood; its text says which part."""


@dataclass(slots=True)
class Fault:
    """One way to misbehave.

    ``count`` is how many times it may still strike (0: without end) and ``per_mille`` how often
    among the requests that match. ``met`` counts those, ``struck`` the strikes so far.
    """

    id: str
    kind: str
    count: int = 0
    per_mille: int = PER_MILLE_MAX
    seed: int = 0
    met: int = 0
    struck: int = 0

    def strikes(self) -> bool:
        """Decide about one more matching request, and remember that it came."""
        if self.count and self.struck >= self.count:
            return False
        self.met += 1
        if draw(self.seed, self.met, PER_MILLE_MAX) >= self.per_mille:
            return False
        self.struck += 1
        return True


@dataclass(slots=True)
class ApiFault(Fault):
    """What may befall a request: ``delay``, ``error_500``, ``lost_reply`` or ``decline``.

    ``acts`` lets an ``error_500`` do its work before it says 500.
    """

    method: str = ""
    path: str = ""
    delay_ms: int = 0
    acts: bool = False
    decline_code: str = "generic_decline"

    KINDS = ("delay", "error_500", "lost_reply", "decline")

    def matches(self, method: str, path: str) -> bool:
        """Whether the fault is meant for such a request."""
        return self.method in {"", method} and path.startswith(self.path)


@dataclass(slots=True)
class WebhookFault(Fault):
    """What may befall an event: ``duplicate``, ``reorder``, ``withhold`` or ``delay``.

    ``types`` limits it to these event types; ``copies`` is the number of extra deliveries;
    ``delay_ms`` the delay, or the window within which deliveries are shuffled.
    """

    types: tuple[str, ...] = ()
    copies: int = 1
    delay_ms: int = 0

    KINDS = ("duplicate", "reorder", "withhold", "delay")

    def matches(self, kind: str) -> bool:
        """Whether the fault is meant for events of this type."""
        return not self.types or kind in self.types


def draw(seed: int, turn: int, below: int) -> int:
    """A number from 0 to ``below - 1``, the same for the same seed and turn on every machine."""
    digest = hashlib.sha256(f"{seed}:{turn}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


class ApiFaults:
    """The faults of the API, kept across restarts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._faults: list[ApiFault] = []
        with store.transaction() as books:
            for values in json.loads(books.kept("api_faults") or "[]"):
                self._faults.append(ApiFault(**values))

    def add(self, asked: Mapping[str, Any]) -> Fault:
        """Arm a fault; raises :class:`FaultError` if it cannot be understood."""
        flat = dict(asked)
        match = flat.pop("match", {})
        if not isinstance(match, dict) or set(match) - {"method", "path"}:
            message = "match may hold method and path."
            raise FaultError(message)
        fault = ApiFault(**_checked(ApiFault, {**flat, **match}))
        with self._lock:
            _room(self._faults)
            self._faults.append(fault)
            self._keep()
        return fault

    def clear(self, name: str = "") -> int:
        """Disarm the fault of this id, or all; returns how many there were."""
        with self._lock:
            before = len(self._faults)
            self._faults = [fault for fault in self._faults if name and fault.id != name]
            self._keep()
            return before - len(self._faults)

    def listed(self) -> list[dict[str, Any]]:
        """The armed faults with their counts."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def strike(self, method: str, path: str) -> dict[str, ApiFault]:
        """The faults that befall this request, by kind."""
        if not self._faults:
            return {}
        with self._lock:
            struck = {
                fault.kind: fault
                for fault in self._faults
                if fault.matches(method, path) and fault.strikes()
            }
            self._keep()
        return struck

    def _keep(self) -> None:
        with self._store.transaction() as books:
            books.keep("api_faults", json.dumps([asdict(fault) for fault in self._faults]))


class WebhookFaults:
    """The faults of webhooks; always used inside a transaction, and kept by it."""

    def __init__(self, store: Store) -> None:
        self._faults: list[WebhookFault] = []
        self._turn = 0
        with store.transaction() as books:
            for values in json.loads(books.kept("webhook_faults") or "[]"):
                self._faults.append(WebhookFault(**{**values, "types": tuple(values["types"])}))

    def add(self, books: Books, asked: Mapping[str, Any]) -> Fault:
        """Arm a fault; raises :class:`FaultError` if it cannot be understood."""
        flat = dict(asked)
        types = flat.get("types", [])
        if not isinstance(types, list) or not all(isinstance(kind, str) for kind in types):
            message = "types must be a list of event types."
            raise FaultError(message)
        fault = WebhookFault(**_checked(WebhookFault, {**flat, "types": tuple(types)}))
        _room(self._faults)
        self._faults.append(fault)
        self._keep(books)
        return fault

    def clear(self, books: Books, name: str = "") -> int:
        """Disarm the fault of this id, or all; returns how many there were."""
        before = len(self._faults)
        self._faults = [fault for fault in self._faults if name and fault.id != name]
        self._keep(books)
        return before - len(self._faults)

    def listed(self) -> list[dict[str, Any]]:
        """The armed faults with their counts."""
        return [asdict(fault) for fault in self._faults]

    def plan(self, books: Books, kind: str) -> list[tuple[str, int]]:
        """State and due time of each delivery that one event gets at one endpoint."""
        struck = [f for f in self._faults if f.matches(kind) and f.strikes()]
        if struck:
            self._keep(books)
        copies = 1 + sum(fault.copies for fault in struck if fault.kind == "duplicate")
        withheld = any(fault.kind == "withhold" for fault in struck)
        planned = []
        for _ in range(copies):
            due = books.now_ms
            for fault in struck:
                if fault.kind == "delay":
                    due += fault.delay_ms
                elif fault.kind == "reorder":
                    self._turn += 1
                    due += draw(fault.seed, -self._turn, fault.delay_ms + 1)
            planned.append(("withheld" if withheld else "pending", due))
        return planned

    def _keep(self, books: Books) -> None:
        books.keep("webhook_faults", json.dumps([asdict(fault) for fault in self._faults]))


_LIMITS = {
    "count": 10**9,
    "per_mille": PER_MILLE_MAX,
    "seed": 2**63,
    "delay_ms": DELAY_MS_MAX,
    "copies": COPIES_MAX,
}


def _checked(made: type[ApiFault | WebhookFault], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The fault's fields, each of the right type and within its limit, and a fresh id."""
    known = {field.name for field in fields(made)} - {"id", "met", "struck"}
    unknown = set(asked) - known
    if unknown:
        message = f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}."
        raise FaultError(message)
    if asked.get("kind") not in made.KINDS:
        message = f"kind must be one of {', '.join(made.KINDS)}."
        raise FaultError(message)
    for name, limit in _LIMITS.items():
        value = asked.get(name, 0)
        if type(value) is not int or not 0 <= value <= limit:
            message = f"{name} must be a whole number from 0 to {limit}."
            raise FaultError(message)
    for name, kind in (("method", str), ("path", str), ("decline_code", str), ("acts", bool)):
        if not isinstance(asked.get(name, kind()), kind):
            message = f"{name} must be a {'boolean' if kind is bool else 'text'}."
            raise FaultError(message)
    return {**asked, "id": fresh("fault")}


def _room(faults: list[Any]) -> None:
    if len(faults) >= FAULTS_MAX:
        message = f"There are {FAULTS_MAX} faults already; clear some."
        raise FaultError(message)
