"""What frames every page of the operators' door: its navigation, and the forms that many pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request, url_for

from marketplace.domain.doors import Realm
from marketplace.domain.reasons import REASON_LENGTH_MAX
from marketplace.web import fields, inputs, pages
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.web.identity import Visitor

PAGES_MAX = 10_000

NAVIGATION = (
    ("admin.week", "/admin/sales", lazy("Week")),
    ("admin.deals", "/admin/deals", lazy("Deals")),
    ("admin.stock", "/admin/stock", lazy("Stock")),
    ("admin.orders", "/admin/orders", lazy("Orders")),
    ("admin.statements", "/admin/statements", lazy("Statements")),
    ("admin.brands", "/admin/brands", lazy("Brands")),
    ("admin.messages", "/admin/messages", lazy("Messages")),
    ("admin.promises", "/admin/promises", lazy("Promises")),
    ("admin.jobs", "/admin/jobs", lazy("Jobs")),
    ("legal.index", "/admin/pages", lazy("Pages")),
)
"""Endpoint, the paths that belong to it, and its word; a room that does not exist is not offered."""


class PageQuery(inputs.Schema):
    """Which page of a list."""

    page = fields.Whole(min=1, max=PAGES_MAX, load_default=1)


class ReasonForm(inputs.Schema):
    """Why something is done."""

    reason = fields.Trimmed(required=True, max=REASON_LENGTH_MAX, lines=True)


@pages.around(Realm.OPERATOR)
def around(_visitor: Visitor) -> dict[str, object]:
    """The rooms of the house that have a page, and what pages are made of."""
    known = current_app.view_functions
    return {
        "nav_items": [
            {"label": str(label), "href": url_for(endpoint), "current": _here(endpoint, path)}
            for endpoint, path, label in NAVIGATION
            if endpoint in known
        ],
        "components_url": url_for("admin.design"),
    }


def _here(endpoint: str, path: str) -> bool:
    if request.endpoint == endpoint:
        return True
    if endpoint == "admin.statements" and request.path.startswith("/admin/charges"):
        return True
    within = request.path == path or request.path.startswith(f"{path}/")
    joining = request.path.startswith(("/admin/applications", "/admin/checklist"))
    if endpoint == "admin.brands" and joining:
        return True
    return within or (endpoint == "admin.week" and request.path.startswith("/admin/board/"))
