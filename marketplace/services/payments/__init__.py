"""Payments: every payment that succeeds becomes one paid order, or goes back in full.

Errands: our key is stored before the call, each step can be done again after a crash, and what Stripe says is
looked up rather than believed from memory.
"""

from marketplace.services.payments.asking import ask
from marketplace.services.payments.collecting import reconcile_collected, settle_collected
from marketplace.services.payments.disputing import note_dispute, reconcile_disputes
from marketplace.services.payments.explaining import explain
from marketplace.services.payments.opening import end_session, open_checkout
from marketplace.services.payments.receiving import handle, handle_together, receive
from marketplace.services.payments.reconciling import reconcile, reconcile_refunds
from marketplace.services.payments.refunding import send_again, send_refund
from marketplace.services.payments.saving import note_card, open_card_page, remove_card, tend_cards
from marketplace.services.payments.settling import settle
from marketplace.services.payments.waiting import keep_holds, open_waiting

__all__ = [
    "ask",
    "end_session",
    "explain",
    "handle",
    "handle_together",
    "keep_holds",
    "note_card",
    "note_dispute",
    "open_card_page",
    "open_checkout",
    "open_waiting",
    "receive",
    "reconcile",
    "reconcile_collected",
    "reconcile_disputes",
    "reconcile_refunds",
    "remove_card",
    "send_again",
    "send_refund",
    "settle",
    "settle_collected",
    "tend_cards",
]
