"""Jobs around payments: carry out what Stripe told, send refunds, end sessions, and ask Stripe ourselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from jobs.job import Job
from marketplace.services import orders, payments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.toolbox import Toolbox


def _handle_messages(tools: Toolbox, arguments: dict[str, Any]) -> None:
    """Those that are plain at once, the others one by one; what breaks on one message keeps none of the others."""
    wanted = [int(each) for each in arguments.get("subject_ids") or (arguments["subject_id"],)]
    broken: Exception | None = None
    try:
        left: Sequence[int] = payments.handle_together(tools, message_ids=wanted)
    except Exception as trouble:
        log.exception("messages_not_together", trouble=type(trouble).__name__)
        left = wanted
    for each in left:
        try:
            payments.handle(tools, message_id=each)
        except Exception as trouble:
            log.exception("message_failed", message=each, trouble=type(trouble).__name__)
            broken = trouble
    if broken is not None:
        raise broken


def _end_sessions(tools: Toolbox, arguments: dict[str, Any]) -> None:
    payments.end_session(tools, order_id=int(arguments["subject_id"]))


def _send_refund(tools: Toolbox, arguments: dict[str, Any]) -> None:
    payments.send_refund(tools, refund_id=int(arguments["subject_id"]))


def _reconcile(tools: Toolbox, _: dict[str, Any]) -> None:
    payments.reconcile(tools)
    payments.reconcile_refunds(tools)
    payments.reconcile_collected(tools)
    payments.reconcile_disputes(tools)


def _tend_cards(tools: Toolbox, _: dict[str, Any]) -> None:
    payments.tend_cards(tools)


def _open_waiting(tools: Toolbox, _: dict[str, Any]) -> None:
    payments.open_waiting(tools)


def _lapse(tools: Toolbox, _: dict[str, Any]) -> None:
    orders.lapse_unpaid(tools)


log = structlog.get_logger()

QUEUE = "clock"
"""What is about money or a member who waits does not stand behind a brand's file that takes minutes."""

HANDLE_MESSAGE = Job(
    "payments.handle_message",
    _handle_messages,
    "Decides what a message of the payment service means for its order.",
    queue=QUEUE,
    together=True,
)
END_SESSIONS = Job(
    "payments.end_sessions",
    _end_sessions,
    "Ends the checkout of an order that lapsed or was cancelled.",
    queue=QUEUE,
)
SEND_REFUND = Job(
    "payments.send_refund", _send_refund, "Sends a refund that was asked for.", queue=QUEUE
)
RECONCILE = Job(
    "payments.reconcile",
    _reconcile,
    "Asks the payment service about payments, refunds and disputes that nobody has told us about.",
    queue=QUEUE,
)
OPEN_WAITING = Job(
    "payments.open_waiting",
    _open_waiting,
    "Opens the checkouts and charges the saved cards of those who wait at the gate, in their order.",
    queue="gate",
)
TEND_CARDS = Job(
    "payments.tend_cards",
    _tend_cards,
    "Looks for cards that were entered, and has removed ones forgotten by the payment service.",
    queue=QUEUE,
)
LAPSE_ORDERS = Job("orders.lapse", _lapse, "Records orders whose time to pay is over.", queue=QUEUE)
