"""A sale's figures on a page and in files: one dressing for every door, for the live page and for kept reports."""

from __future__ import annotations

from marketplace.web.figures.files import ENDINGS, MEDIA, returns_taken_away, taken_away
from marketplace.web.figures.page import Question, listed, live, report

__all__ = (
    "ENDINGS",
    "MEDIA",
    "Question",
    "listed",
    "live",
    "report",
    "returns_taken_away",
    "taken_away",
)
