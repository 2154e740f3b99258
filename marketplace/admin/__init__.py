"""The operators' door: a week of sales, the live board, stock, brands, and what was said and promised."""

from __future__ import annotations

from flask import Blueprint

door = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")

# The views hang themselves on the door, which must be there before them.
from marketplace.admin import (  # noqa: E402
    acts,
    applications,
    board,
    brands,
    charges,
    checklist,
    deals,
    design,
    exits,
    frame,
    items,
    jobs,
    joining,
    looking,
    messages,
    orders,
    preflight,
    promises,
    purchases,
    refunds,
    relations,
    repricing,
    rights,
    sales,
    statements,
    stock,
    trail,
    waiting,
    week,
)

__all__ = (
    "acts",
    "applications",
    "board",
    "brands",
    "charges",
    "checklist",
    "deals",
    "design",
    "door",
    "exits",
    "frame",
    "items",
    "jobs",
    "joining",
    "looking",
    "messages",
    "orders",
    "preflight",
    "promises",
    "purchases",
    "refunds",
    "relations",
    "repricing",
    "rights",
    "sales",
    "statements",
    "stock",
    "trail",
    "waiting",
    "week",
)
