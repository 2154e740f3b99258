"""Deals: what the house proposes, what it would pay, and the brand's answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.domain.conversations import Subject
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.queries import deals as asked
from marketplace.services import deals as services
from marketplace.web import fields, identity, inputs, pages, proposals, talking
from marketplace.web.access import brand
from marketplace.web.proposals import Do, Sheet
from marketplace.words import _, dealing
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

NUMBER_MAX = 10_000


class AnswerForm(inputs.Schema):
    """Which version is answered."""

    number = fields.Whole(required=True, min=1, max=NUMBER_MAX)


class DeclineForm(AnswerForm):
    """Why the talks end."""

    reason = fields.Trimmed(required=True, lines=True, max=services.REASON_LENGTH_MAX)


@door.get("/deals")
@brand()
def deals() -> Response:
    """All deals of the brand."""
    page = inputs.query(frame.PageQuery())["page"]
    found = asked.listed(identity.tools(), page=page)
    return pages.render("brand/deals.html", found=found, states=dealing.STATES, sides=dealing.SIDES)


@door.get("/deals/<int:deal_id>")
@brand()
def deal(deal_id: int) -> Response:
    """One deal: its newest version first, what it would pay, its history, its conversation."""
    page = inputs.query(frame.PageQuery())["page"]
    found = asked.one(identity.tools(), deal_id=deal_id, page=page)
    return pages.render(
        "brand/deal.html",
        deal=found,
        spelled=dealing.spelled,
        states=dealing.STATES,
        sides=dealing.SIDES,
        terms=dealing.TERMS,
        promises=dealing.PROMISES,
        rounding=dealing.ROUNDING,
        may_write=frame.may_write(),
        talk=talking.section(
            Subject.DEAL, deal_id, action=url_for("brand.say_on_deal", deal_id=deal_id)
        ),
    )


@door.get("/deals/<int:deal_id>/accept")
@brand(*frame.WRITERS)
def ask_accept(deal_id: int) -> Response:
    """Once more before it binds."""
    found = asked.one(identity.tools(), deal_id=deal_id)
    if not found.may_answer:
        return pages.go("brand.deal", deal_id=deal_id)
    return pages.render("brand/deal_accept.html", deal=found, spelled=dealing.spelled)


@door.post("/deals/<int:deal_id>/accept")
@brand(*frame.WRITERS)
def accept_deal(deal_id: int) -> Response:
    """Accept the version that was read."""
    number = inputs.form(AnswerForm())["number"]
    agreed = services.accept(identity.tools(), deal_id=deal_id, number=number)
    notice = _(
        "Agreed. Version %(number)s and its %(units)s units are sealed.",
        number=agreed.number,
        units=agreed.units,
    )
    return pages.go("brand.deal", deal_id=deal_id, notice=notice)


@door.get("/deals/<int:deal_id>/decline")
@brand(*frame.WRITERS)
def ask_decline(deal_id: int) -> Response:
    """Once more before the talks end."""
    return _decline(deal_id, {}, {})


@door.post("/deals/<int:deal_id>/decline")
@brand(*frame.WRITERS)
def decline_deal(deal_id: int) -> Response:
    """End the talks."""
    tried = inputs.attempt(DeclineForm())
    if tried.values is None:
        return _decline(deal_id, tried.given, tried.errors)
    services.decline(identity.tools(), deal_id=deal_id, **tried.values)
    return pages.go("brand.deal", deal_id=deal_id, notice=_("The talks are ended."), kind="info")


def _decline(deal_id: int, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    found = asked.one(identity.tools(), deal_id=deal_id)
    return pages.render(
        "brand/deal_decline.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        deal=found,
        given=given,
        errors=wrong,
    )


@door.get("/deals/<int:deal_id>/counter")
@brand(*frame.WRITERS)
def new_counter(deal_id: int) -> Response:
    """The newest version, to be changed and sent back."""
    draft = asked.draft(identity.tools(), deal_id=deal_id)
    if not draft.is_open:
        return pages.go("brand.deal", deal_id=deal_id)
    return _sheet(proposals.first(draft))


@door.post("/deals/<int:deal_id>/counter")
@brand(*frame.WRITERS)
def counter_deal(deal_id: int) -> Response:
    """Work it out, or send it."""
    sheet, proposal = proposals.read(asked.draft(identity.tools(), deal_id=deal_id))
    if proposal is None:
        return _sheet(sheet)
    proposals.work_out(sheet, proposal)
    if proposal.do is not Do.SEND or sheet.errors:
        return _sheet(sheet)
    try:
        sent = services.counter(
            identity.tools(),
            deal_id=deal_id,
            answers=proposal.answers,
            terms=proposal.terms,
            lines=proposal.lines,
            note=proposal.note,
            valid_days=proposal.valid_days,
        )
    except NotFound:
        raise
    except Refusal as no:
        proposals.refuse(sheet, no)
        return _sheet(sheet)
    notice = _("Version %(number)s is with the house.", number=sent.number)
    return pages.go("brand.deal", deal_id=deal_id, notice=notice)


def _sheet(sheet: Sheet) -> Response:
    return pages.render(
        "brand/deal_counter.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if sheet.errors else HTTPStatus.OK,
        sheet=sheet,
        **proposals.choices(),
        rounding=dealing.ROUNDING,
        labels=proposals.labels(),
    )


@door.post("/deals/<int:deal_id>/messages")
@brand(*frame.WRITERS)
def say_on_deal(deal_id: int) -> Response:
    """Write in the deal's conversation."""
    talking.say(Subject.DEAL, deal_id)
    return pages.go("brand.deal", deal_id=deal_id, notice=_("Sent."))
