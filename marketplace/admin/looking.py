"""Looks: a view that has shown what a brand told in confidence says so here, after it found the thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.services import looks
from marketplace.web import identity

if TYPE_CHECKING:
    from marketplace.domain.looks import Thing


def seen(thing: Thing, about_id: int) -> None:
    """The visitor has opened this; the brand reads it on its page. ``about_id``: as the service says."""
    looks.note(identity.tools(), thing=thing, about_id=about_id)
