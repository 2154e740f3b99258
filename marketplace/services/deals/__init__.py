"""Deals: house and brand propose in turn, comment, and one of them accepts; the agreed version becomes a paper."""

from __future__ import annotations

from marketplace.services.deals.comments import SAID_LENGTH_MAX, comment
from marketplace.services.deals.papers import keep_paper
from marketplace.services.deals.releasing import Released, release, release_into
from marketplace.services.deals.talking import (
    NOTE_LENGTH_MAX,
    REASON_LENGTH_MAX,
    Agreement,
    CollectionNotSubmitted,
    DealExists,
    Proposed,
    accept,
    counter,
    decline,
    propose,
)
from marketplace.services.deals.telling import remind, tell

__all__ = [
    "NOTE_LENGTH_MAX",
    "REASON_LENGTH_MAX",
    "SAID_LENGTH_MAX",
    "Agreement",
    "CollectionNotSubmitted",
    "DealExists",
    "Proposed",
    "Released",
    "accept",
    "comment",
    "counter",
    "decline",
    "keep_paper",
    "propose",
    "release",
    "release_into",
    "remind",
    "tell",
]
