"""Who of the house looked at what the brand told it in confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.looks import KEPT_DAYS
from marketplace.queries import looks as asked
from marketplace.web import identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words.confiding import THINGS
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response


@door.get("/relation/looks")
@brand()
def looks() -> Response:
    """The list, the newest first."""
    page = inputs.query(frame.PageQuery())["page"]
    return pages.render(
        "brand/looks.html",
        found=asked.listed(identity.tools(), brand_id=frame.brand_id(), page=page),
        things=THINGS,
        days=KEPT_DAYS,
        tabs=frame.relation_tabs("brand.looks"),
    )
