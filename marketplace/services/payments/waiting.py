"""Those who wait in our gate: their holds live, and in their order checkouts are opened and saved cards charged."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.db import pacing as tokens
from marketplace.db import payments
from marketplace.db.orders import Order
from marketplace.domain import pacing
from marketplace.domain.orders import OrderEnded, PaymentTrouble
from marketplace.domain.refusals import Busy
from marketplace.services.payments.collecting import collect_taken
from marketplace.services.payments.opening import open_taken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

AT_ONCE = 24
"""Calls under way together: at 25 a second for each line this is enough for answers that take half a second."""
TAKEN_AT_ONCE = 24
RUN_SECONDS_MAX = 10
KEPT_PER_RUN_MAX = 1_000
_ENDING = text(
    """
    SELECT o.id FROM payments p JOIN orders o ON o.id = p.order_id AND o.state = 'awaiting_payment'
    WHERE p.state = 'prepared' AND p.queued_at IS NOT NULL AND p.card_id IS NULL
      AND EXISTS (
          SELECT FROM order_lines l JOIN holds h ON h.id = l.hold_id
          WHERE l.order_id = o.id AND h.state = 'held' AND h.expires_at > house_instant()
            AND h.expires_at < house_instant() + :below
            AND h.expires_at < h.created_at + :most
      )
    ORDER BY o.id LIMIT :rows FOR NO KEY UPDATE OF o SKIP LOCKED
    """
)


def open_waiting(tools: Toolbox) -> int:
    """Open checkouts and charge saved cards in the order of their lines, until nobody waits; returns how many.

    The two lines go through the gate side by side, because Stripe counts the calls of each. A run ends after a while so
    that the holds of those further back are kept by the next one. A checkout that Stripe does not answer leaves the
    line: its member is told, and may press again. A charge stays in it.
    """
    until = time.monotonic() + RUN_SECONDS_MAX
    opened = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="gate") as pool:
        while time.monotonic() < until:
            keep_holds(tools)
            turn, cards = _taken(tools)
            if not (turn or cards):
                break
            charged = pool.map(lambda each: _collected(tools, each), cards)
            opened += sum(pool.map(lambda each: _opened(tools, each), turn)) + sum(charged)
    return opened


def keep_holds(tools: Toolbox) -> int:
    """Keep alive the holds of everybody in line, for as long as the house waits for nobody; returns how many orders."""
    with tools.transaction() as session:
        asked = {"below": pacing.EXTENDED_BELOW, "most": pacing.HOLD_MAX, "rows": KEPT_PER_RUN_MAX}
        orders = session.scalars(_ENDING, asked).all()
        return _extended(session, orders, left=pacing.PAY_TIME)


def _taken(tools: Toolbox) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The next in line for a pay page, with time left to pay once they are let through, and the next cards."""
    with tools.transaction() as session:
        found = payments.take_waiting(session, most=TAKEN_AT_ONCE)
        _extended(session, [each.order_id for each in found], left=pacing.PAY_TIME)
        turn = tuple(each.id for each in found)
    with tools.transaction() as session:
        return turn, tuple(
            each.id for each in payments.take_collecting(session, most=TAKEN_AT_ONCE)
        )


def _extended(session: Session, orders: Sequence[int], *, left: timedelta) -> int:
    if not orders:
        return 0
    asked = {"orders": list(orders), "left": left, "most": pacing.HOLD_MAX}
    rows = session.execute(tokens.EXTEND, asked).all()
    for row in rows:
        session.get_one(Order, row.order_id).pay_by = row.until
    return len(rows)


def _opened(tools: Toolbox, payment_id: int) -> int:
    with suppress(PaymentTrouble, OrderEnded, Busy):
        return int(not open_taken(tools, payment_id=payment_id).waits)
    return 0


def _collected(tools: Toolbox, payment_id: int) -> int:
    with suppress(Busy):
        return int(collect_taken(tools, payment_id=payment_id) != "waits")
    return 0
