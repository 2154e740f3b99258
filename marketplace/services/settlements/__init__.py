"""Settlements: statements are drawn up and told, two persons pay them, charges are proved and contested."""

from __future__ import annotations

from marketplace.services.settlements.charging import contest, decide, end_uncontested, propose
from marketplace.services.settlements.issuing import issue
from marketplace.services.settlements.papers import keep_paper
from marketplace.services.settlements.paying import approve, pay
from marketplace.services.settlements.telling import tell_charge, tell_payout, tell_statement
from marketplace.services.settlements.transfers import keep_transfer

__all__ = [
    "approve",
    "contest",
    "decide",
    "end_uncontested",
    "issue",
    "keep_paper",
    "keep_transfer",
    "pay",
    "propose",
    "tell_charge",
    "tell_payout",
    "tell_statement",
]
