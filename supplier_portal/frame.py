"""What frames every page of the brands' door.

Its navigation, and the schemas that many pages share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request, url_for

from marketplace.domain.brands import team
from marketplace.domain.doors import BrandRole, Realm
from marketplace.queries import brand_talks
from marketplace.web import fields, identity, inputs, pages
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.web.identity import Visitor
    from marketplace.words import Lazy

PAGES_MAX = 10_000
WRITERS = team.COLLECTORS
"""Who of a brand may bring and complete collections, and approve how they are shown."""
SIGNERS = team.SIGNERS
"""Who of a brand may submit, negotiate and sign."""
GIVERS = team.GIVERS
"""Who of a brand may contest a charge."""
SPEAKERS = team.SPEAKERS
"""Who of a brand may write to the house."""

NAVIGATION = (
    ("brand.home", "/brand", lazy("Home")),
    ("brand.collections", "/brand/collections", lazy("Collections")),
    ("brand.deals", "/brand/deals", lazy("Deals")),
    ("brand.sales", "/brand/sales", lazy("Sales")),
    ("brand.reports", "/brand/reports", lazy("Reports")),
    ("brand.statements", "/brand/statements", lazy("Statements")),
    ("brand.relation", "/brand/relation", lazy("Relation")),
    ("brand.joining_list", "/brand/joining", lazy("Your house")),
    ("brand.machines", "/brand/machines", lazy("Machines")),
)
"""Endpoint, the path under which its pages stand, and its word.

A room that does not exist is not offered.
"""

OF_OWNERS = frozenset({"brand.machines"})
"""Rooms that open to owners alone, and are offered to nobody else."""

_BELONGS = {
    "/brand/messages": "/brand/relation",
    "/brand/styles": "/brand/collections",
    "/brand/imports": "/brand/collections",
    "/brand/orders": "/brand/sales",
    "/brand/charges": "/brand/statements",
    "/brand/exits": "/brand/deals",
    "/brand/people": "/brand/joining",
    "/brand/guard-rails": "/brand/joining",
    "/brand/own-customers": "/brand/joining",
    "/brand/company": "/brand/joining",
    "/brand/bank": "/brand/joining",
}


class PageQuery(inputs.Schema):
    """Which page of a list."""

    page = fields.Whole(min=1, max=PAGES_MAX, load_default=1)


@pages.around(Realm.BRAND)
def around(visitor: Visitor) -> dict[str, object]:
    """The rooms of the brand that have a page."""
    known = current_app.view_functions
    return {
        "nav_items": [
            {"label": str(label), "href": url_for(endpoint), "current": _is_here(path)}
            for endpoint, path, label in NAVIGATION
            if endpoint in known
            and (endpoint not in OF_OWNERS or visitor.brand_role is BrandRole.OWNER)
        ]
    }


def _is_here(path: str) -> bool:
    here = request.path.rstrip("/")
    for begins, belongs in _BELONGS.items():
        if here.startswith(begins):
            return belongs == path
    return here == path or (path != "/brand" and here.startswith(f"{path}/"))


def may_write() -> bool:
    """Whether the visitor may bring and complete things here, or only looks."""
    return identity.visitor().brand_role in WRITERS


def may_sign() -> bool:
    """Whether the visitor may bind the brand."""
    return identity.visitor().brand_role in SIGNERS


def may_give() -> bool:
    """Whether the visitor may contest a charge."""
    return identity.visitor().brand_role in GIVERS


def may_say() -> bool:
    """Whether the visitor may write to the house."""
    return identity.visitor().brand_role in SPEAKERS


def may_host() -> bool:
    """Whether the visitor may let people in and out."""
    return identity.visitor().brand_role in team.HOSTS


def may_account() -> bool:
    """Whether the visitor answers for the company, its taxes and its bank details."""
    return identity.visitor().brand_role in team.FINANCIERS


def here_or_none(endpoint: str, **values: object) -> str | None:
    """The address of a page that another part of the house brings.

    None where it does not stand yet.
    """
    if endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, **values)  # type: ignore[arg-type]  # what makes up an address


HOUSE_PAGES: tuple[tuple[str, Lazy, tuple[BrandRole, ...]], ...] = (
    ("brand.joining_list", lazy("Before you begin"), tuple(BrandRole)),
    ("brand.guard_rails", lazy("Guard-rails"), tuple(BrandRole)),
    ("brand.kept_out", lazy("Own customers"), tuple(BrandRole)),
    ("brand.company", lazy("Company"), team.FINANCIERS),
    ("brand.bank", lazy("Bank details"), team.FINANCIERS),
    ("brand.people", lazy("People"), tuple(BrandRole)),
)
"""The pages of a brand about itself, in the order shown, and who may open them."""


def house_tabs(here: str) -> list[dict[str, object]]:
    """The pages of the brand about itself, for the row above each of them."""
    role = identity.visitor().brand_role
    return [
        {"label": str(label), "href": url_for(endpoint), "current": endpoint == here}
        for endpoint, label, roles in HOUSE_PAGES
        if role in roles
    ]


RELATION_PAGES = (
    ("brand.relation", lazy("Overview")),
    ("brand.messages", lazy("Messages")),
    ("brand.closures", lazy("Closed days")),
    ("brand.looks", lazy("Who looked")),
)
"""The pages of what is between the brand and the house, in the order shown."""


def relation_tabs(here: str) -> list[dict[str, object]]:
    """The same for the row above each of them; beside the messages, how many are new."""
    unread = brand_talks.news(identity.tools())
    return [
        {
            "label": str(label),
            "href": url_for(endpoint),
            "current": endpoint == here,
            "count": unread if endpoint == "brand.messages" else 0,
        }
        for endpoint, label in RELATION_PAGES
    ]


def brand_id() -> int:
    """The brand that the visitor speaks for."""
    number = identity.visitor().brand_id
    assert number is not None, "whoever stands at this door speaks for a brand"
    return number
