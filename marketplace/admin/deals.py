"""Deals at the operator's desk: collections that wait for a proposal, proposals, answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door, messages
from marketplace.admin.frame import PageQuery
from marketplace.admin.looking import seen
from marketplace.domain.catalogue import Fact
from marketplace.domain.conversations import Subject
from marketplace.domain.deals import Side
from marketplace.domain.looks import Thing
from marketplace.queries import collections, rights
from marketplace.queries import deals as asked
from marketplace.services import deals as services
from marketplace.web import bargaining, fields, identity, inputs, pages, proposals, talking
from marketplace.web.access import accepts, operator
from marketplace.words import _, dealing, importing

if TYPE_CHECKING:
    from flask import Response

    from marketplace.web.proposals import Proposal, Sheet

SIDE = "admin"


class StylesQuery(PageQuery):
    """Which styles of a collection."""

    lacks = fields.Choice(Fact, load_default=None)


@door.get("/deals")
@operator
def deals() -> Response:
    """Submitted collections without an answer, then all deals."""
    tools = identity.tools()
    page = inputs.query(PageQuery())["page"]
    return pages.render(
        "admin/deals.html",
        waiting=asked.waiting(tools),
        proofs=rights.waiting(tools),
        found=asked.listed(tools, page=page),
        states=dealing.STATES,
    )


@door.get("/collections/<int:collection_id>")
@operator
def collection(collection_id: int) -> Response:
    """A brand's collection with its brief: what a proposal answers."""
    query = inputs.query(StylesQuery())
    found = collections.one(
        identity.tools(), collection_id=collection_id, lacks=query["lacks"], page=query["page"]
    )
    seen(Thing.COLLECTION, collection_id)
    return pages.render(
        "admin/collection.html",
        collection=found,
        lacks=query["lacks"],
        facts=importing.FACTS,
        kinds=importing.EVIDENCE,
    )


@door.get("/collections/<int:collection_id>/proposal")
@operator
def new_proposal(collection_id: int) -> Response:
    """The whole lot at the brand's own floors, to be thought over."""
    draft = asked.draft(identity.tools(), collection_id=collection_id)
    if draft.deal_id is not None:
        return pages.go("admin.deal", deal_id=draft.deal_id)
    seen(Thing.COLLECTION, collection_id)
    return _sheet(proposals.first(draft))


@door.post("/collections/<int:collection_id>/proposal")
@operator
def propose_deal(collection_id: int) -> Response:
    """Work it out, or send it to the brand."""
    draft = asked.draft(identity.tools(), collection_id=collection_id)
    return _answer(*proposals.read(draft, by=Side.HOUSE))


@door.get("/deals/<int:deal_id>")
@operator
def deal(deal_id: int) -> Response:
    """One deal: its newest version, what it would pay, its history, its conversation."""
    page = inputs.query(PageQuery())["page"]
    tools = identity.tools()
    found = asked.one(tools, deal_id=deal_id, page=page)
    of = collections.one(tools, collection_id=found.collection_id)
    seen(Thing.TERMS, deal_id)
    return bargaining.page(
        SIDE,
        found,
        cost=of.brief.cost,
        may_write=True,
        may_say=True,
        confidential=of.confidential,
    )


@door.get("/deals/<int:deal_id>/accept")
@operator
def ask_accept(deal_id: int) -> Response:
    """Once more before it binds."""
    answer = bargaining.ask_accept(SIDE, deal_id)
    seen(Thing.TERMS, deal_id)
    return answer


@door.post("/deals/<int:deal_id>/accept")
@operator
def accept_deal(deal_id: int) -> Response:
    """Accept the brand's version that was read."""
    return bargaining.accept(SIDE, deal_id)


@door.get("/deals/<int:deal_id>/decline")
@operator
def ask_decline(deal_id: int) -> Response:
    """Once more before the talks end."""
    return bargaining.ask_decline(SIDE, deal_id)


@door.post("/deals/<int:deal_id>/decline")
@operator
def decline_deal(deal_id: int) -> Response:
    """End the talks."""
    return bargaining.decline(SIDE, deal_id)


@door.get("/deals/<int:deal_id>/counter")
@operator
def new_counter(deal_id: int) -> Response:
    """The newest version, to be changed and sent."""
    answer = bargaining.ask_counter(SIDE, deal_id, _sheet)
    seen(Thing.TERMS, deal_id)
    return answer


@door.post("/deals/<int:deal_id>/counter")
@operator
def counter_deal(deal_id: int) -> Response:
    """Work it out, or send it."""
    draft = asked.draft(identity.tools(), deal_id=deal_id)
    return _answer(*proposals.read(draft, by=Side.HOUSE))


@door.post("/deals/<int:deal_id>/comments")
@operator
def comment_on_deal(deal_id: int) -> Response:
    """Say something about one clause."""
    return bargaining.comment(SIDE, deal_id)


@door.get("/deals/<int:deal_id>/paper")
@operator
def deal_paper(deal_id: int) -> Response:
    """What was agreed, as a PDF."""
    answer = bargaining.paper(SIDE, deal_id)
    seen(Thing.TERMS, deal_id)
    return answer


@door.post("/deals/<int:deal_id>/messages")
@operator
@accepts(bytes_max=talking.MESSAGE_BYTES_MAX)
def say_on_deal(deal_id: int) -> Response:
    """Write in the deal's conversation."""
    return messages.say_and_go(
        Subject.DEAL,
        deal_id,
        lambda: pages.go("admin.deal", deal_id=deal_id, notice=_("Sent.")),
    )


def _answer(sheet: Sheet, proposal: Proposal | None) -> Response:
    return bargaining.answer(sheet, proposal, show=_sheet, send=_send)


def _send(sheet: Sheet, proposal: Proposal) -> Response:
    """The first proposal about a collection, or a counter to the newest; then the deal's own page."""
    sent = _sent(sheet, proposal)
    notice = _("Version %(number)s is with the brand.", number=sent.number)
    return pages.go("admin.deal", deal_id=sent.deal_id, notice=notice)


def _sent(sheet: Sheet, proposal: Proposal) -> services.Proposed:
    if sheet.draft.deal_id is not None:
        return bargaining.counter(sheet.draft.deal_id, proposal)
    return services.propose(
        identity.tools(),
        collection_id=sheet.draft.collection_id,
        terms=proposal.terms,
        lines=proposal.lines,
        note=proposal.note,
        valid_days=proposal.valid_days,
    )


def _sheet(sheet: Sheet) -> Response:
    draft = sheet.draft
    if draft.deal_id is None:
        action = url_for("admin.propose_deal", collection_id=draft.collection_id)
        back = url_for("admin.collection", collection_id=draft.collection_id)
    else:
        action = url_for("admin.counter_deal", deal_id=draft.deal_id)
        back = url_for("admin.deal", deal_id=draft.deal_id)
    return bargaining.sheet_page("admin/deal_proposal.html", sheet, action=action, back=back)
