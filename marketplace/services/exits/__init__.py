"""Exits: the brand is asked about what is left, what leaves is written down unit by unit, and the promise is kept."""

from __future__ import annotations

from marketplace.services.exits.choosing import ask, ask_next, choose
from marketplace.services.exits.papers import keep_paper
from marketplace.services.exits.recording import Leaving, Line, keep_promises, record
from marketplace.services.exits.telling import remind, tell_asked, tell_recorded

__all__ = [
    "Leaving",
    "Line",
    "ask",
    "ask_next",
    "choose",
    "keep_paper",
    "keep_promises",
    "record",
    "remind",
    "tell_asked",
    "tell_recorded",
]
