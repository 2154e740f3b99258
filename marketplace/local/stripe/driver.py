"""A Python client for whoever drives the simulator: tests, benches, load drivers.

``with Simulator.started(folder, webhook_url=…) as simulator`` starts a process of its own on a free
port and stops it at the end; the process also ends when the one that started it dies.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

API_KEY = "sk_test_simulator"
WEBHOOK_SECRET = "whsec_simulator"  # noqa: S105  # signs what one machine sends to itself
READY = "listening on "
STOP_SECONDS_MAX = 5
ANSWER_SECONDS_MAX = 60

_PROJECT = Path(__file__).parents[3]


class SimulatorError(Exception):
    """The simulator did not start, or refused what was asked of it."""


@dataclass(slots=True)
class Simulator:
    """A running simulator, reached through its control API."""

    url: str
    process: subprocess.Popen[str] | None = None

    @classmethod
    @contextmanager
    def started(
        cls,
        folder: Path,
        *,
        webhook_url: str = "",
        limits: bool = True,
        port: int = 0,
        api_key: str = API_KEY,
        webhook_secret: str = WEBHOOK_SECRET,
    ) -> Iterator[Simulator]:
        """Start a simulator on the state in ``folder`` and stop it at the end."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(_PROJECT),
            "SIMULATOR_CONTROL": "1",
            "SIMULATOR_LEASH": "1",
            "SIMULATOR_LIMITS": str(int(limits)),
            "SIMULATOR_PORT": str(port),
            "SIMULATOR_STATE": str(folder),
            "SIMULATOR_WEBHOOK_URL": webhook_url,
            "STRIPE_API_KEY": api_key,
            "STRIPE_WEBHOOK_SECRET": webhook_secret,
        }
        with subprocess.Popen(
            [sys.executable, "-m", "marketplace.local.stripe"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield cls(_address(process), process)
            finally:
                _stop(process)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(STOP_SECONDS_MAX)

    def pay(
        self,
        session: str,
        *,
        card: str = "4242424242424242",
        authentication: str = "approve",
        **more: str,
    ) -> dict[str, Any]:
        """Pay a checkout session in a buyer's place.

        ``result`` in the answer is ``paid``, ``declined``, ``needs_authentication`` (only with
        ``authentication="leave"``), ``expired`` or ``already_complete``.
        """
        asked = {"session": session, "card": card, "authentication": authentication, **more}
        said: dict[str, Any] = self._ask("POST", "pay", asked)
        return said

    def dispute(
        self, intent: str, *, amount: int = 0, reason: str = "fraudulent", inquiry: bool = False
    ) -> str:
        """A bank takes a payment's money back, or asks about it first; the dispute's id."""
        asked = {"intent": intent, "amount": amount, "reason": reason, "inquiry": inquiry}
        return str(self._ask("POST", "disputes", asked)["id"])

    def decide(self, dispute: str, status: str) -> None:
        """The bank decides: ``won`` for us, ``lost``, ``under_review``, or as the control API says."""
        self._ask("POST", "disputes/decide", {"dispute": dispute, "status": status})

    def advance(self, seconds: int) -> int:
        """Turn the simulator's clock forward; returns its new second."""
        return int(self._ask("POST", "clock", {"advance_seconds": seconds})["now"])

    def now(self) -> int:
        """The simulator's second."""
        return int(self._ask("GET", "clock")["now"])

    def fault(self, kind: str, *, method: str = "", path: str = "", **more: Any) -> str:  # noqa: ANN401
        """Arm a fault of the API: ``delay``, ``error_500``, ``lost_reply`` or ``decline``."""
        asked = {"kind": kind, "match": {"method": method, "path": path}, **more}
        return str(self._ask("POST", "faults", asked)["id"])

    def webhook_fault(self, kind: str, **more: Any) -> str:  # noqa: ANN401
        """Arm a fault of the webhooks: ``duplicate``, ``reorder``, ``withhold`` or ``delay``."""
        return str(self._ask("POST", "webhooks/faults", {"kind": kind, **more})["id"])

    def clear_faults(self) -> None:
        """Disarm every fault."""
        self._ask("DELETE", "faults", {})
        self._ask("DELETE", "webhooks/faults", {})

    def release(self, *, order: str = "as_made", seed: int = 0) -> int:
        """Let withheld webhooks go (``as_made``, ``reversed`` or ``shuffled``); how many."""
        return int(
            self._ask("POST", "webhooks/release", {"order": order, "seed": seed})["released"]
        )

    def redeliver(self, event: str, *, times: int = 1) -> int:
        """Deliver an event again; how many deliveries that makes."""
        asked = {"event": event, "times": times}
        return int(self._ask("POST", "webhooks/redeliver", asked)["queued"])

    def deliveries(self) -> dict[str, Any]:
        """The first thousand deliveries, and how many are in which state."""
        said: dict[str, Any] = self._ask("GET", "webhooks")
        return said

    def limits(self, **asked: int | bool) -> dict[str, Any]:
        """Change the rate limits: ``on``, ``endpoint`` and ``overall`` (requests a second)."""
        said: dict[str, Any] = self._ask("POST", "limits", asked)
        return said

    def objects(self, kind: str = "") -> list[dict[str, Any]]:
        """Every object the simulator holds, oldest first: the independent record."""
        return list(self._everything("objects", {"object": kind} if kind else {}))

    def requests(self) -> list[dict[str, Any]]:
        """Every API request it was sent, oldest first."""
        return list(self._everything("requests", {}))

    def counters(self) -> dict[str, dict[str, int]]:
        """Requests and statuses for each endpoint."""
        counters: dict[str, dict[str, int]] = self._ask("GET", "counters")["endpoints"]
        return counters

    def _everything(self, what: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        after = 0
        while after is not None:
            found = self._ask("GET", f"{what}?{urlencode({**query, 'after': after})}")
            yield from found["rows"]
            after = found["after"]

    def _ask(self, method: str, deed: str, asked: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        connection = http.client.HTTPConnection(
            urlsplit(self.url).netloc, timeout=ANSWER_SECONDS_MAX
        )
        try:
            body = None if asked is None else json.dumps(asked)
            headers = {"Content-Type": "application/json"}
            connection.request(method, f"/_simulator/{deed}", body, headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise SimulatorError(said["error"])
        return said


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line.startswith(READY):
        message = f"The simulator did not start; it said {line!r}."
        raise SimulatorError(message)
    return line.removeprefix(READY)


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
