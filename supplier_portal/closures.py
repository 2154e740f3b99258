"""Days on which the brand's house is closed: stated, and taken back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.domain.closures import NOTE_LENGTH_MAX
from marketplace.domain.deals import Days
from marketplace.domain.refusals import Invalid, NotFound
from marketplace.queries import closures as asked
from marketplace.services import closures as services
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import _, ngettext
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response


class ClosureForm(inputs.Schema):
    """From when to when, and why."""

    first_on = fields.Day(required=True)
    last_on = fields.Day(required=True)
    note = fields.Trimmed(max=NOTE_LENGTH_MAX, load_default="")


@door.get("/relation/closures")
@brand()
def closures() -> Response:
    """What is closed from today on."""
    return _page({}, {})


@door.post("/relation/closures")
@brand(*frame.SPEAKERS)
def state_closure() -> Response:
    """State them."""
    tried = inputs.attempt(ClosureForm())
    if tried.values is None:
        return _page(tried.given, tried.errors)
    days = Days(tried.values["first_on"], tried.values["last_on"])
    try:
        against = services.state(
            identity.tools(), brand_id=frame.brand_id(), days=days, note=tried.values["note"]
        )
    except Invalid as no:
        return _page(tried.given, {str(no.facts["field"]): [errors.sentence(no)]})
    if against:
        said = ngettext(
            "Stated. %(num)s sale of yours is scheduled to open on these days: the house sees it and will ask you.",
            "Stated. %(num)s sales of yours are scheduled to open on these days: the house sees it and will ask you.",
            len(against),
        )
        return pages.go("brand.closures", notice=said, kind="warn")
    return pages.go("brand.closures", notice=_("Stated. Nothing is scheduled into these days."))


@door.post("/relation/closures/<int:closure_id>/end")
@brand(*frame.SPEAKERS)
def end_closure(closure_id: int) -> Response:
    """Take them back."""
    found = asked.of_brand(identity.tools(), brand_id=frame.brand_id())
    if closure_id not in {each.closure_id for each in found.closures}:
        raise NotFound
    services.take_back(identity.tools(), closure_id=closure_id)
    return pages.go("brand.closures", notice=_("Taken back. You are open on these days."))


def _page(given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/closures.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        calendar=asked.of_brand(identity.tools(), brand_id=frame.brand_id()),
        given=given,
        errors=wrong,
        may_say=frame.may_say(),
        note_max=NOTE_LENGTH_MAX,
        tabs=frame.relation_tabs("brand.closures"),
    )
