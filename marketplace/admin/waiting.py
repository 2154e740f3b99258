"""The waiting room of a sale at the operator's desk: set up, its figures, and everybody let in at once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.admin import door
from marketplace.admin.frame import ReasonForm
from marketplace.domain.admissions import (
    ADMISSION_LENGTH,
    AT_ONCE_MAX,
    PAYMENTS_PER_MINUTE,
    PER_MINUTE_MAX,
    ROOM_OPENS_BEFORE,
)
from marketplace.domain.refusals import Refusal
from marketplace.queries import admissions as rooms
from marketplace.queries import sale_desk
from marketplace.services import admissions
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _

if TYPE_CHECKING:
    from flask import Response

AT_ONCE = 200
PER_MINUTE = 120
"""What the form begins with."""


class RoomForm(inputs.Schema):
    """How many may shop at one time, and how many are let in within a minute."""

    at_once = fields.Whole(required=True, min=1, max=AT_ONCE_MAX)
    per_minute = fields.Whole(required=True, min=1, max=PER_MINUTE_MAX)


@door.get("/sales/<ref>/room")
@operator
def sale_room(ref: str) -> Response:
    """The room as it stands, and the form."""
    return _show(ref, {}, {})


@door.post("/sales/<ref>/room")
@operator
def set_room(ref: str) -> Response:
    """Set it up, or change its figures."""
    asked = inputs.attempt(RoomForm())
    if asked.values is None:
        return _show(ref, asked.given, asked.errors)
    try:
        admissions.set_up(identity.tools(), ref=ref, **asked.values)
    except Refusal as no:
        return _show(ref, asked.given, {"_schema": [errors.sentence(no)]})
    return pages.go("admin.sale_room", ref=ref, notice=_("The waiting room is set up."))


@door.post("/sales/<ref>/room/wide")
@operator
def open_room_wide(ref: str) -> Response:
    """Let everybody in."""
    asked = inputs.attempt(ReasonForm())
    if asked.values is None:
        return _show(ref, asked.given, asked.errors)
    admissions.open_wide(identity.tools(), ref=ref, **asked.values)
    return pages.go("admin.sale_room", ref=ref, notice=_("Everybody is let in."))


def _show(ref: str, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    tools = identity.tools()
    planned = sale_desk.of_sale(tools, ref=ref)
    room = rooms.of_sale(tools, sale_id=planned.sale_id)
    usual = {
        "at_once": str(room.at_once if room else AT_ONCE),
        "per_minute": str(room.per_minute if room else PER_MINUTE),
        "reason": "",
    }
    return pages.render(
        "admin/sale_room.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        sale=planned,
        room=room,
        given=usual | given,
        errors=wrong,
        gate=PAYMENTS_PER_MINUTE,
        opens_before=ROOM_OPENS_BEFORE.seconds // 60,
        admission=ADMISSION_LENGTH.seconds // 60,
    )
