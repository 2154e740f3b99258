"""Imports.

A brand's file becomes a collection, in steps that a person sees, confirms and may take back.

Uploaded → read → mapping confirmed → judged → confirmed → applied → photographs drawn. The brand
takes the steps between; workers do the work, and every piece of it may be done twice.
"""

from __future__ import annotations

from marketplace.services.imports.applying import apply
from marketplace.services.imports.drawing import draw
from marketplace.services.imports.judging import judge
from marketplace.services.imports.reading import read
from marketplace.services.imports.steering import (
    cancel,
    choose_sheet,
    confirm,
    confirm_mapping,
    retry,
    turn,
)
from marketplace.services.imports.undoing import NotTheLatest, take_back, undo
from marketplace.services.imports.uploading import TooManyImports, upload

__all__ = [
    "NotTheLatest",
    "TooManyImports",
    "apply",
    "cancel",
    "choose_sheet",
    "confirm",
    "confirm_mapping",
    "draw",
    "judge",
    "read",
    "retry",
    "take_back",
    "turn",
    "undo",
    "upload",
]
