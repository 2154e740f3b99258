"""Deals: what the house proposes, what it would pay, and the brand's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.domain.conversations import Subject
from marketplace.domain.deals import Side
from marketplace.queries import deals as asked
from marketplace.web import bargaining, identity, inputs, pages, proposals, talking
from marketplace.web.access import accepts, brand
from marketplace.words import _, dealing
from supplier_portal import door, frame, messages

if TYPE_CHECKING:
    from flask import Response

    from marketplace.web.proposals import Proposal, Sheet

SIDE = "brand"


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
    return bargaining.page(
        SIDE, found, cost=None, may_write=frame.may_sign(), may_say=frame.may_say()
    )


@door.get("/deals/<int:deal_id>/accept")
@brand(*frame.SIGNERS)
def ask_accept(deal_id: int) -> Response:
    """Once more before it binds."""
    return bargaining.ask_accept(SIDE, deal_id)


@door.post("/deals/<int:deal_id>/accept")
@brand(*frame.SIGNERS)
def accept_deal(deal_id: int) -> Response:
    """Accept the version that was read."""
    return bargaining.accept(SIDE, deal_id)


@door.get("/deals/<int:deal_id>/decline")
@brand(*frame.SIGNERS)
def ask_decline(deal_id: int) -> Response:
    """Once more before the talks end."""
    return bargaining.ask_decline(SIDE, deal_id)


@door.post("/deals/<int:deal_id>/decline")
@brand(*frame.SIGNERS)
def decline_deal(deal_id: int) -> Response:
    """End the talks."""
    return bargaining.decline(SIDE, deal_id)


@door.get("/deals/<int:deal_id>/counter")
@brand(*frame.SIGNERS)
def new_counter(deal_id: int) -> Response:
    """The newest version, to be changed and sent back."""
    return bargaining.ask_counter(SIDE, deal_id, _sheet)


@door.post("/deals/<int:deal_id>/counter")
@brand(*frame.SIGNERS)
def counter_deal(deal_id: int) -> Response:
    """Work it out, or send it."""
    sheet, proposal = proposals.read(asked.draft(identity.tools(), deal_id=deal_id), by=Side.BRAND)

    def send(_sheet: Sheet, proposal: Proposal) -> Response:
        sent = bargaining.counter(deal_id, proposal)
        notice = _("Version %(number)s is with the house.", number=sent.number)
        return pages.go("brand.deal", deal_id=deal_id, notice=notice)

    return bargaining.answer(sheet, proposal, show=_sheet, send=send)


def _sheet(sheet: Sheet) -> Response:
    deal_id = sheet.draft.deal_id
    return bargaining.sheet_page(
        "brand/deal_counter.html",
        sheet,
        action=url_for("brand.counter_deal", deal_id=deal_id),
        back=url_for("brand.deal", deal_id=deal_id),
    )


@door.post("/deals/<int:deal_id>/comments")
@brand(*frame.WRITERS)
def comment_on_deal(deal_id: int) -> Response:
    """Say something about one clause."""
    return bargaining.comment(SIDE, deal_id)


@door.post("/deals/<int:deal_id>/release")
@brand(*frame.SIGNERS)
def release_units(deal_id: int) -> Response:
    """Give more units of one variant, up to its hard stop."""
    return bargaining.release(SIDE, deal_id)


@door.get("/deals/<int:deal_id>/paper")
@brand()
def deal_paper(deal_id: int) -> Response:
    """What was agreed, as a PDF."""
    return bargaining.paper(SIDE, deal_id)


@door.post("/deals/<int:deal_id>/messages")
@brand(*frame.SPEAKERS)
@accepts(bytes_max=talking.MESSAGE_BYTES_MAX)
def say_on_deal(deal_id: int) -> Response:
    """Write in the deal's conversation."""
    return messages.say_and_go(
        Subject.DEAL,
        deal_id,
        lambda: pages.go("brand.deal", deal_id=deal_id, notice=_("Sent.")),
    )
