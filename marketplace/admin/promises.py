"""Promises: what the house said it would do, and whether it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.queries import promises as asked
from marketplace.queries.promises import Shown
from marketplace.web import fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import lazy

if TYPE_CHECKING:
    from flask import Response

LABELS = {
    Shown.BROKEN: lazy("Broken"),
    Shown.PENDING: lazy("To be kept"),
    Shown.LATE: lazy("Kept late"),
    Shown.KEPT: lazy("Kept"),
    Shown.ALL: lazy("All"),
}


class PromiseQuery(PageQuery):
    """Which of them."""

    shown = fields.Choice(Shown, load_default=Shown.BROKEN)


@door.get("/promises")
@operator
def promises() -> Response:
    """The list."""
    asked_for = inputs.query(PromiseQuery())
    found = asked.listed(identity.tools(), shown=asked_for["shown"], page=asked_for["page"])
    return pages.render("admin/promises.html", found=found, labels=LABELS)
