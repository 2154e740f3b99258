"""What letters say: their facts, looked up at the moment one is sent, in the hands of the reader it goes to."""

from __future__ import annotations

from marketplace.queries.letters.composing import (
    KINDS,
    Composed,
    LetterOrder,
    LetterRefund,
    composed,
)
from marketplace.queries.letters.pieces import LetterLine

__all__ = ("KINDS", "Composed", "LetterLine", "LetterOrder", "LetterRefund", "composed")
