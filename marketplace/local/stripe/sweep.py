"""What time alone brings about: sessions expire, authorisations lapse, keys are forgotten.

Done at the start of every request, so that no answer is ever late, and once a second besides, so
that it happens when nobody asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.local.stripe import idempotency, intents, sessions
from marketplace.local.stripe.call import Call

if TYPE_CHECKING:
    from marketplace.local.stripe.events import Announcer
    from marketplace.local.stripe.store import Store

AT_ONCE_MAX = 100


def expired(call: Call) -> None:
    """Expire what is due. Time acts for itself: its events name no request."""
    due = call.books.due(AT_ONCE_MAX)
    if not due:
        return
    alone = Call(call.books, call.announcer, call.base_url)
    for record in due:
        if record["object"] == "checkout.session":
            sessions.expired(alone, record)
        else:
            intents.canceled(alone, record, "automatic")


def forgotten(store: Store, announcer: Announcer) -> None:
    """One round of the clock when nobody asks."""
    with store.transaction() as books:
        expired(Call(books, announcer, ""))
        idempotency.prune(books)
        books.prune_requests()
