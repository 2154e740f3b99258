"""A brand's things one after the other, for its machines.

Each list goes on after the last thing that was given, never from a count: what is added or removed meanwhile neither
repeats nor hides anything.
"""

from __future__ import annotations

from marketplace.queries.feeds import collections, deals, exits, imports, sales, statements

__all__ = ("collections", "deals", "exits", "imports", "sales", "statements")
