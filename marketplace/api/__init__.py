"""The machines' door for brands: what a person of a brand sees and does at theirs, for its programs.

Each address asks one query or one service in the hands of the brand whose key was shown. The published document is
made from the same schemas that read requests and write answers.
"""

from __future__ import annotations

from marketplace.api.hanging import door

# The views hang themselves on the door, which must be there before them.
from marketplace.api import (  # isort: skip
    collections,
    deals,
    deeds,
    document,
    exits,
    imports,
    problems,
    sales,
    statements,
)

__all__ = (
    "collections",
    "deals",
    "deeds",
    "document",
    "door",
    "exits",
    "imports",
    "problems",
    "sales",
    "statements",
)
