"""Tells brands' machines of what happened, and looks after what is kept for them."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.services import deliveries, replies

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

SENDING_SECONDS_MAX = 60
"""A run begins no further round after so long; the next run goes on."""


def _write(tools: Toolbox, arguments: dict[str, Any]) -> None:
    deliveries.write(tools, event_id=arguments["event_id"])


def _watch(tools: Toolbox, _: dict[str, Any]) -> None:
    deliveries.watch_stock(tools)


def _send(tools: Toolbox, _: dict[str, Any]) -> None:
    until = monotonic() + SENDING_SECONDS_MAX
    while monotonic() < until:
        claimed = deliveries.claim(tools)
        for each in claimed:
            deliveries.send(tools, claimed=each)
        if not claimed:
            return


def _forget(tools: Toolbox, _: dict[str, Any]) -> None:
    replies.forget(tools)
    deliveries.forget(tools)


WRITE = Job("machines.write", _write, "Puts on its way what brands' machines asked to be told of.")
WATCH_STOCK = Job(
    "machines.watch_stock", _watch, "Tells brands' machines when few pieces of an item are left."
)
SEND = Job(
    "machines.send",
    _send,
    "Brings messages to brands' machines, and tries again where nobody answers.",
    lease_seconds=240,
)
FORGET = Job(
    "machines.forget",
    _forget,
    "Forgets answers to brands' machines a day later, and messages to them a month later.",
)
