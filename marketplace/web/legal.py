"""Legal pages, as members, brands and anybody else read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from marketplace import words
from marketplace.queries import legal_pages
from marketplace.web import access, identity, pages

if TYPE_CHECKING:
    from flask import Response

door = Blueprint("legal", __name__)


@door.get("/pages/<slug>")
@access.anyone
def page(slug: str) -> Response:
    """The newest version of a page, in the visitor's language."""
    found = legal_pages.newest(identity.hallway_tools(), slug=slug, locale=words.locale())
    return pages.render("hallway/legal.html", found=found)
