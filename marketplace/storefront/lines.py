"""The wait list: joined from the page of a piece that is gone, left from there or from the bag."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marshmallow import fields as plain

from marketplace.domain.holds import (
    UNITS_PER_HOLD_MAX,
    ItemStopped,
    LimitReached,
    SaleClosed,
    SaleNotOpen,
    SalePaused,
)
from marketplace.domain.waits import SIZES_MAX, FreeNow, TooManyLines
from marketplace.services import waits
from marketplace.storefront import asking, door, products, refused, whose
from marketplace.web import access, errors, fields, identity, inputs, pages
from marketplace.words import _

if TYPE_CHECKING:
    from flask import Response

    from marketplace.domain.refusals import Refusal


class LineForm(inputs.Schema):
    """The sizes and colours of one style that the member would take, and how many units at the most."""

    style = inputs.Whole(required=True, min=1, max=asking.ITEM_MAX)
    item = plain.List(inputs.Whole(min=1, max=asking.ITEM_MAX), load_default=list)
    units = inputs.Whole(min=1, max=UNITS_PER_HOLD_MAX, load_default=1)


class LeaveForm(inputs.Schema):
    """Where the button was pressed: with a sale and a style on that piece's page, without on the bag."""

    ref = fields.Trimmed(load_default="")
    style = inputs.Whole(load_default=0, min=0, max=asking.ITEM_MAX)


@door.post("/sales/<ref>/line")
@access.member
def join_line(ref: str) -> Response:
    """Wait for what comes back."""
    asked = inputs.form(LineForm())
    items, style = asked["item"], asked["style"]
    if not 0 < len(items) <= SIZES_MAX:
        return products.show(
            ref,
            style,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            unclear=_("Choose at least one size that you would take."),
        )
    try:
        waits.join(identity.tools(), member_id=whose.member_id(), items=items, units=asked["units"])
    except (SaleClosed, SaleNotOpen, SalePaused) as no:
        return pages.go("storefront.sale", notice=refused.sentence(no), kind="warn", ref=ref)
    except (FreeNow, ItemStopped, LimitReached, TooManyLines) as no:
        return _refused(ref, style, no)
    said = _("You are on the wait list. What comes back is held for you, and we write to you.")
    return pages.go("storefront.product", notice=said, ref=ref, style_id=style)


def _refused(ref: str, style: int, no: Refusal) -> Response:
    said = refused.sentence(no)
    return products.show(ref, style, status=errors.answer_of(no).status, unclear=said)


@door.post("/lines/<int:wait_id>/left")
@access.member
def leave_line(wait_id: int) -> Response:
    """Wait no longer. Where an offer came first, the bag has it."""
    asked = inputs.form(LeaveForm())
    left = waits.leave(identity.tools(), member_id=whose.member_id(), wait_id=wait_id)
    if not left:
        said = _("You were no longer on this wait list. If a piece came back for you, it is here.")
        return pages.go("storefront.bag", notice=said, kind="info")
    said = _("You are no longer on this wait list.")
    if asked["ref"] and asked["style"]:
        return pages.go(
            "storefront.product", notice=said, ref=asked["ref"], style_id=asked["style"]
        )
    return pages.go("storefront.bag", notice=said)
