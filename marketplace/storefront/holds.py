"""Holding a piece: the one button of its page. A no is told in place, with what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from flask import jsonify
from marshmallow import fields

from marketplace.domain.holds import (
    UNITS_PER_HOLD_MAX,
    AlreadyBought,
    AlreadyHeld,
    Answer,
    Ask,
    SaleClosed,
    SaleNotOpen,
    SalePaused,
)
from marketplace.domain.refusals import NotFound
from marketplace.services import holds
from marketplace.storefront import door, products, refused, whose
from marketplace.web import access, errors, identity, inputs, pages
from marketplace.words import _

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response

    from marketplace.domain.refusals import Refusal

ITEM_MAX = 10**12


class HoldForm(inputs.Schema):
    """One piece of one style. ``key`` is drawn with the page, so that a double click is one hold."""

    item = inputs.Whole(required=True, min=1, max=ITEM_MAX)
    units = inputs.Whole(min=1, max=UNITS_PER_HOLD_MAX, load_default=1)
    style = inputs.Whole(required=True, min=1, max=ITEM_MAX)
    key = fields.UUID(required=True)


@door.post("/sales/<ref>/holds")
@access.member
def hold(ref: str) -> Response:
    """Hold it for the member; on to the bag, or back to the piece with the reason why not."""
    asked = inputs.attempt(HoldForm())
    if asked.values is None:
        return _unclear(ref, asked)
    ask = Ask(asked.values["item"], asked.values["units"], _key(asked.values))
    answer = holds.take(identity.tools(), member_id=whose.member_id(), asks=(ask,))[0]
    no = answer.refusal()
    if no is None:
        return _held(answer)
    return _refused(ref, asked.values, no)


def _key(values: dict[str, Any]) -> UUID:
    """The page's key for this piece: another size chosen after going back is another asking."""
    page: UUID = values["key"]
    return uuid5(page, f"{values['item']}:{values['units']}")


def _held(answer: Answer) -> Response:
    if errors.wants_json():
        body = jsonify(
            outcome=str(answer.outcome),
            hold_id=answer.hold_id,
            expires_at=answer.expires_at and answer.expires_at.isoformat(),
            price_minor=answer.price_minor,
        )
        body.status_code = HTTPStatus.CREATED
        return body
    until = refused.clock(answer.expires_at)
    return pages.go("storefront.bag", notice=_("Held for you until %(time)s.", time=until))


def _refused(ref: str, values: dict[str, Any], no: Refusal) -> Response:
    if errors.wants_json():
        return pages.problem(no)
    said = refused.sentence(no)
    if isinstance(no, NotFound):
        raise no
    if isinstance(no, AlreadyHeld | AlreadyBought):
        return pages.go("storefront.bag", notice=said, kind="info")
    if isinstance(no, SaleClosed | SaleNotOpen | SalePaused):
        return pages.go("storefront.sale", notice=said, kind="warn", ref=ref)
    status = errors.answer_of(no).status
    return products.show(ref, values["style"], status=status, refused=said, chosen=values["item"])


def _unclear(ref: str, asked: inputs.Attempt) -> Response:
    """No size was chosen: the page again, saying so; anything else did not come from our form."""
    style = asked.given.get("style", "")
    if errors.wants_json() or set(asked.errors) != {"item"} or not style.isdecimal():
        raise inputs.Rejected(asked.errors)
    return products.show(
        ref,
        int(style),
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        errors=(_("Choose a size first."),),
    )
