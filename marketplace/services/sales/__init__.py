"""Sales: drafted for an accepted deal, filled with units, scheduled, and moved while they run."""

from __future__ import annotations

from marketplace.services.sales.drafting import Plan, approve, change, draft
from marketplace.services.sales.edges import (
    Recorded,
    milliseconds_to_next_edge,
    next_edge,
    record_due_transitions,
)
from marketplace.services.sales.filling import Asked, Filled, ItemsRefused, fill, put_items, reprice
from marketplace.services.sales.items import (
    add_units,
    place_released,
    release_hold,
    resume_item,
    stop_item,
)
from marketplace.services.sales.moves import (
    cancel,
    end_now,
    extend,
    pause,
    resume,
    schedule,
    unschedule,
)
from marketplace.services.sales.unsold import free_unsold

__all__ = [
    "Asked",
    "Filled",
    "ItemsRefused",
    "Plan",
    "Recorded",
    "add_units",
    "approve",
    "cancel",
    "change",
    "draft",
    "end_now",
    "extend",
    "fill",
    "free_unsold",
    "milliseconds_to_next_edge",
    "next_edge",
    "pause",
    "place_released",
    "put_items",
    "record_due_transitions",
    "release_hold",
    "reprice",
    "resume",
    "resume_item",
    "schedule",
    "stop_item",
    "unschedule",
]
