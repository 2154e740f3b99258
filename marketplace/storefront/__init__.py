"""The members' door: today's sales, a sale, a piece, the bag, the order."""

from __future__ import annotations

from flask import Blueprint

door = Blueprint("storefront", __name__, template_folder="templates")

# The views hang themselves on the door.
from marketplace.storefront import (  # noqa: E402, F401
    bag,
    calendar,
    cards,
    checkout,
    frame,
    holds,
    lines,
    orders,
    products,
    reminders,
    rush,
    sales,
    today,
    told,
    turns,
    waiting,
    webhooks,
)
