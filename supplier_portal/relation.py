"""What is between the brand and the house: promises, answers, open questions, touches, and what was sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.queries import relations
from marketplace.web import identity, pages
from marketplace.web.access import brand
from marketplace.words import relating
from marketplace.words.talking import SUBJECTS
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response


@door.get("/relation")
@brand()
def relation() -> Response:
    """The page."""
    found = relations.look(identity.tools(), brand_id=frame.brand_id())
    return pages.render(
        "brand/relation.html",
        relation=found,
        kinds=SUBJECTS,
        words=relating,
        side="brand",
        tabs=frame.relation_tabs("brand.relation"),
    )
