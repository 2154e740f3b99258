"""Holding a piece: the one button of its page. A no is told in place, with what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import jsonify, request
from marshmallow import fields

from marketplace.domain.admissions import StillWaiting
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
from marketplace.domain.refusals import Busy, NotFound
from marketplace.services import holds
from marketplace.storefront import asking, door, products, refused, whose
from marketplace.web import access, errors, identity, inputs, pages
from marketplace.words import _

if TYPE_CHECKING:
    from flask import Response

    from marketplace.domain.refusals import Refusal


class HoldForm(inputs.Schema):
    """One piece of one style. ``key`` is drawn with the page, so that a double click is one hold."""

    item = inputs.Whole(required=True, min=1, max=asking.ITEM_MAX)
    units = inputs.Whole(min=1, max=UNITS_PER_HOLD_MAX, load_default=1)
    style = inputs.Whole(required=True, min=1, max=asking.ITEM_MAX)
    key = fields.UUID(required=True)


@door.post("/sales/<ref>/holds")
@access.member
def hold(ref: str) -> Response:
    """Hold it for the member; on to the bag, or back to the piece with the reason why not."""
    asked = inputs.attempt(HoldForm())
    if asked.values is None:
        return _unclear(ref, asked)
    answer = _answer(asked.values)
    no = answer.refusal()
    if no is None:
        return _held(answer)
    return _refused(ref, asked.values, no)


def _answer(values: dict[str, Any]) -> Answer:
    """What the database says; what it has said already where the question came in front of this view."""
    told: Answer | Busy | None = request.environ.get(asking.ANSWERED)
    if isinstance(told, Busy):
        raise told
    if told is not None:
        return told
    key = asking.key_of(values["key"], values["item"], values["units"])
    ask = Ask(values["item"], values["units"], key)
    return holds.take(identity.tools(), member_id=whose.member_id(), asks=(ask,))[0]


def _held(answer: Answer) -> Response:
    if errors.wants_json():
        body = jsonify(asking.held(answer))
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
    if isinstance(no, SaleClosed | SaleNotOpen | SalePaused | StillWaiting):
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
