"""Deals as both sides read them: in a list, one by one, and what terms would pay."""

from __future__ import annotations

from marketplace.queries.deals.drafting import Draft, DraftLine, draft
from marketplace.queries.deals.listing import Listed, Listing, Waiting, listed, waiting
from marketplace.queries.deals.reading import DealPage, LineShown, VersionShown, one
from marketplace.queries.deals.working import Worked, work_out

__all__ = [
    "DealPage",
    "Draft",
    "DraftLine",
    "LineShown",
    "Listed",
    "Listing",
    "VersionShown",
    "Waiting",
    "Worked",
    "draft",
    "listed",
    "one",
    "waiting",
    "work_out",
]
