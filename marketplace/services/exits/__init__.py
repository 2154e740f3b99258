"""Exits: the brand is asked about what is left, what leaves is written down, or corrected, and the promise is kept."""

from __future__ import annotations

from marketplace.services.exits.choosing import ask, ask_next, choose
from marketplace.services.exits.correcting import correct
from marketplace.services.exits.papers import keep_paper
from marketplace.services.exits.recording import Leaving, keep_promises, record
from marketplace.services.exits.telling import remind, tell_asked, tell_recorded
from marketplace.services.exits.writing import Line

__all__ = [
    "Leaving",
    "Line",
    "ask",
    "ask_next",
    "choose",
    "correct",
    "keep_paper",
    "keep_promises",
    "record",
    "remind",
    "tell_asked",
    "tell_recorded",
]
