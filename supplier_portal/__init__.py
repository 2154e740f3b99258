"""The brands' door.

Files become collections, collections become deals, deals become sales that sell through.
"""

from __future__ import annotations

from flask import Blueprint

door = Blueprint("brand", __name__, url_prefix="/brand", template_folder="templates")

# The views hang themselves on the door, which must be there before them.
from supplier_portal import (  # noqa: E402
    applying,
    bank,
    closures,
    collections,
    company,
    deals,
    endpoints,
    exits,
    files,
    frame,
    guard_rails,
    home,
    imports,
    joining,
    keys,
    live,
    looks,
    mending,
    messages,
    people,
    purchases,
    relation,
    reports,
    rights,
    sales,
    statements,
    styles,
    suppression,
)

__all__ = (
    "applying",
    "bank",
    "closures",
    "collections",
    "company",
    "deals",
    "door",
    "endpoints",
    "exits",
    "files",
    "frame",
    "guard_rails",
    "home",
    "imports",
    "joining",
    "keys",
    "live",
    "looks",
    "mending",
    "messages",
    "people",
    "purchases",
    "relation",
    "reports",
    "rights",
    "sales",
    "statements",
    "styles",
    "suppression",
)
