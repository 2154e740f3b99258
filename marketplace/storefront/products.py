"""A piece in a sale: photographs, colours and sizes with their states, and what a careful buyer asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from marketplace.domain.holds import UNITS_PER_HOLD_MAX
from marketplace.domain.orders import WITHDRAWAL_DAYS
from marketplace.domain.sales import Phase, StockWord
from marketplace.domain.waits import OFFER_LENGTH
from marketplace.queries import product_page, waits
from marketplace.storefront import door, sales, shelf, waiting, whose
from marketplace.web import access, identity, pages
from marketplace.words import _, compositions, countries, formats, lazy, shelves, size_guide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from marketplace.queries.product_page import Product

CONDITIONS = {
    "new_with_tags": lazy("New, with its tags"),
    "new_without_tags": lazy("New, without tags"),
    "second_choice": lazy("Second choice: small flaws that do not affect its use"),
    "customer_return": lazy("Returned once by a customer, checked, as new"),
}


@door.get("/sales/<ref>/styles/<int:style_id>")
@access.member
def product(ref: str, style_id: int) -> Response:
    """The page of a piece."""
    return show(ref, style_id)


def show(
    ref: str,
    style_id: int,
    *,
    status: int = 200,
    refused: str | None = None,
    chosen: int | None = None,
    errors: Sequence[str] = (),
    unclear: str | None = None,
) -> Response:
    """The page as it is now; ``refused`` says in place why the piece just asked for was not held.

    ``unclear`` says the same of the wait list.
    """
    found = product_page.look(
        identity.tools(), ref=ref, style_id=style_id, member_id=whose.member_id()
    )
    whose.check_let_in(found.header.brand_id, found.header.territory)
    in_room = waiting.visit(found.header)
    if in_room is not None and waiting.must_wait(in_room):
        return pages.go("storefront.sale", ref=ref)
    return pages.render(
        "storefront/product.html",
        status=status,
        product=found,
        sale=found.header,
        key=uuid4(),
        refused=refused,
        chosen=chosen,
        errors=errors,
        buyable=found.header.phase is Phase.OPEN and found.word not in _NOTHING_LEFT,
        one_price=len({cell.priced.price for cell in _cells(found)}) == 1,
        own=[cell for cell in _cells(found) if cell.own_units],
        cheapest=min((cell.priced for cell in _cells(found)), key=lambda each: each.price),
        rows=_rows(found),
        stream=sales.stream(ref),
        codes=shelves.CODES,
        evidence=shelf.evidence,
        unclear=unclear,
        **_wait_list(found),
    )


_BACK_PERHAPS = frozenset({StockWord.SOLD_OUT, StockWord.ALL_IN_BAGS})


def _wait_list(found: Product) -> dict[str, object]:
    """Which sizes can be waited for while the sale runs, and the entry of whoever waits already.

    Where all of them are there nobody waits: nothing is asked.
    """
    awaited = [
        (cell, ", ".join(part for part in (colour.name, cell.size) if part))
        for colour in found.colours
        for cell in colour.cells
        if cell.word in _BACK_PERHAPS
    ]
    if found.header.phase is not Phase.OPEN or not awaited:
        return {"waiting": None, "awaited": ()}
    most = min(found.item_limit, found.sale_limit, UNITS_PER_HOLD_MAX)
    return {
        "waiting": waits.of_style(
            identity.tools(),
            sale_id=found.header.sale_id,
            style_id=found.style_id,
            member_id=whose.member_id(),
        ),
        "awaited": awaited,
        "pieces": [(number, formats.count(number)) for number in range(1, most + 1)],
        "offer_minutes": OFFER_LENGTH // timedelta(minutes=1),
    }


_NOTHING_LEFT = frozenset({StockWord.SOLD_OUT, StockWord.STOPPED})


def _sold_by(found: Product) -> str:
    seller = found.facts.seller
    if found.ordered_later:
        return _("Aubaine, in its own name; supplied by %(seller)s", seller=seller)
    return _("Aubaine, in its own name; consigned by %(seller)s", seller=seller)


def _ordered_for_you() -> str:
    return _(
        "The brand sends it to us after the sale. If fewer come than are sold, whoever paid first is"
        " served first, and the others have their money back at once."
    )


def _rows(found: Product) -> list[dict[str, str]]:
    """What a careful buyer asks, as far as it is known."""
    facts = found.facts
    day = formats.day(found.delivered_by)
    told = [
        (_("Composition"), compositions.said(facts.composition_parts, facts.composition)),
        (_("Sizes elsewhere"), _elsewhere(found)),
        (_("Condition"), str(CONDITIONS.get(facts.condition, ""))),
        (_("Defects"), facts.defects),
        (_("Made in"), countries.name(facts.origin) if facts.origin else ""),
        (
            _("Delivery"),
            _(
                "By %(day)s, in %(country)s",
                day=day,
                country=countries.name(found.header.territory),
            ),
        ),
        (_("Ordered for you"), _ordered_for_you() if found.ordered_later else ""),
        (
            _("Returns"),
            _(
                "Within %(days)s days of delivery, without a reason, money back",
                days=WITHDRAWAL_DAYS,
            ),
        ),
        (_("Made by"), facts.maker or f"{facts.seller}, {facts.maker_address}".strip(", ")),
        (_("Contact of the maker"), facts.maker_email),
        (_("Sold by"), _sold_by(found)),
    ]
    return [{"label": label, "value": value} for label, value in told if value]


def _elsewhere(found: Product) -> str:
    """What its sizes are called in other countries, by the trade's usual table."""
    facts = found.facts
    labels = [cell.size for cell in _cells(found)]
    return size_guide.said(
        labels, system=facts.size_system, gender=facts.gender, category=facts.category
    )


def _cells(found: Product) -> list[product_page.Cell]:
    return [cell for colour in found.colours for cell in colour.cells]
