"""How fast the payment service is called: what it permits, what the house takes of it, and how long that makes wait.

Stripe answers 25 requests a second for each endpoint and 100 over all, and refuses the rest (promises.md S4). A call
takes a token of its endpoint and one of all endpoints; both come back a second after its answer. A request reaches
Stripe after its token was taken and before it was answered, so no second, however it is cut, sees more requests than
there are tokens: wires and processes that dawdle cannot bunch them.
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum

ENDPOINT_TOKENS = 25
OVERALL_TOKENS = 100
BACK_AFTER = timedelta(seconds=1)
LEASE = timedelta(seconds=30)
"""A token whose caller died comes back then: later than any call is given up (``CALL_SECONDS_MAX``)."""
CALL_SECONDS_MAX = 20

PERMITTED_PER_SECOND = 23
"""Checkouts that the gate opens, and charges that it sends, in a second while people wait: 25 tokens, each away for a
second and the time of a call, of which 80 ms are counted on. The pace for whoever lets people in."""

PAY_TIME = timedelta(minutes=5)
"""What is left of a hold, at least, when its owner's turn comes: the wait was ours and is not taken from them."""
EXTENDED_BELOW = timedelta(minutes=2)
HOLD_MAX = timedelta(minutes=45)
"""However long the wait, no hold is made to last longer than this from when it was taken."""
OPENER_LENGTH = timedelta(seconds=10)
"""For so long whoever placed an order is left to open its checkout, before others do it."""


class Urgency(IntEnum):
    """Whose call it is: somebody waits for it, or nobody does."""

    PERSON = 1
    BACKGROUND = 0


ENDPOINT_LEFT = {Urgency.PERSON: 0, Urgency.BACKGROUND: 5}
OVERALL_LEFT = {Urgency.PERSON: 0, Urgency.BACKGROUND: 50}
"""Tokens that a call without anybody waiting for it leaves to the others: those of two endpoints at their full pace."""


def wait(place: int) -> timedelta:
    """How long whoever stands at ``place`` (the first at 1) waits, rounded up to whole seconds."""
    return timedelta(seconds=-(-place // PERMITTED_PER_SECOND))
