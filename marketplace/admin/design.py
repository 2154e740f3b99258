"""The page of components: each macro in each of its states, light and dark, in the density of any door.

For whoever builds a page, and for the tests that look at it. What stands in the specimens are words that pages use.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from markupsafe import Markup

from marketplace.admin import door
from marketplace.domain.money import Money
from marketplace.queries import photographs
from marketplace.web import fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, countries, formats

if TYPE_CHECKING:
    from flask import Response

PICTURES = 3
SOON = timedelta(hours=2, minutes=14)
HELD = timedelta(minutes=8)
NEAR = timedelta(seconds=100)
"""Within the time in which a hold warns."""

GOODS = ("Garonne", "Estuaire", "Brume")
BRANDS = ("Maison Verrier", "Atelier Sorel")
FACTS = {"variant": "Encre · M", "composition": "100 % laine mérinos"}
"""What brands would have sent: data, in no language of the house."""

_NAMED = re.compile(r'\b(id|for|name|list|aria-labelledby|aria-describedby)="([^"]+)"')
_WITHIN = re.compile(r'href="#([^"]+)"')


class Density(StrEnum):
    """Whose space and sizes."""

    OPERATORS = "admin"
    BRANDS = "brand"
    MEMBERS = "member"


class DesignQuery(inputs.Schema):
    """Whose density."""

    density = fields.Choice(Density, load_default=Density.OPERATORS)


@door.get("/design")
@operator
def design() -> Response:
    """Every component there is."""
    now = identity.now()
    return pages.render(
        "admin/design.html",
        door_sheet="design",
        density=inputs.query(DesignQuery())["density"],
        densities=[
            (Density.OPERATORS, _("Operators")),
            (Density.BRANDS, _("Brands")),
            (Density.MEMBERS, _("Members")),
        ],
        pictures=photographs.newest(identity.tools(), most=PICTURES),
        now=now,
        soon=now + SOON,
        held=now + HELD,
        near=now + NEAR,
        month=formats.month(now),
        country=countries.name,
        goods=GOODS,
        brands=BRANDS,
        facts=FACTS,
        roles={"member": _("Member"), "brand": _("Brand"), "operator": _("The house")},
    )


@door.app_template_filter()
def euros(amount: int) -> str:
    """So many whole euros, as a page says them."""
    return formats.money_short(Money(amount * 100, "EUR"))


@door.app_template_filter()
def twin(shown: Markup) -> Markup:
    """The same part once more on one page: its names and what refers to them are its own."""
    own = {name for _kind, names in _NAMED.findall(shown) for name in names.split()}

    def renamed(found: re.Match[str]) -> str:
        return f'{found[1]}="{" ".join(f"{name}-twin" for name in found[2].split())}"'

    def led(found: re.Match[str]) -> str:
        return f'href="#{found[1]}-twin"' if found[1] in own else found[0]

    return Markup(_WITHIN.sub(led, _NAMED.sub(renamed, shown)))  # noqa: S704 - it was escaped when it was made
