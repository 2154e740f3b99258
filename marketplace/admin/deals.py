"""Deals at the operator's desk: collections that wait for a proposal, proposals, answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.domain.catalogue import Fact
from marketplace.domain.conversations import Subject
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.queries import collections
from marketplace.queries import deals as asked
from marketplace.services import deals as services
from marketplace.web import fields, identity, inputs, pages, proposals, talking
from marketplace.web.access import operator
from marketplace.web.proposals import Do, Proposal, Sheet
from marketplace.words import _, dealing, importing

if TYPE_CHECKING:
    from flask import Response

NUMBER_MAX = 10_000


class AnswerForm(inputs.Schema):
    """Which version is answered."""

    number = fields.Whole(required=True, min=1, max=NUMBER_MAX)


class DeclineForm(AnswerForm):
    """Why the talks end."""

    reason = fields.Trimmed(required=True, lines=True, max=services.REASON_LENGTH_MAX)


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
    return _sheet(proposals.first(draft))


@door.post("/collections/<int:collection_id>/proposal")
@operator
def propose_deal(collection_id: int) -> Response:
    """Work it out, or send it to the brand."""
    draft = asked.draft(identity.tools(), collection_id=collection_id)
    return _answer(*proposals.read(draft))


@door.get("/deals/<int:deal_id>")
@operator
def deal(deal_id: int) -> Response:
    """One deal: its newest version, what it would pay, its history, its conversation."""
    page = inputs.query(PageQuery())["page"]
    tools = identity.tools()
    found = asked.one(tools, deal_id=deal_id, page=page)
    return pages.render(
        "admin/deal.html",
        deal=found,
        cost=collections.one(tools, collection_id=found.collection_id).brief.cost,
        spelled=dealing.spelled,
        states=dealing.STATES,
        sides=dealing.SIDES,
        terms=dealing.TERMS,
        promises=dealing.PROMISES,
        rounding=dealing.ROUNDING,
        talk=talking.section(
            Subject.DEAL, deal_id, action=url_for("admin.say_on_deal", deal_id=deal_id)
        ),
    )


@door.get("/deals/<int:deal_id>/accept")
@operator
def ask_accept(deal_id: int) -> Response:
    """Once more before it binds."""
    found = asked.one(identity.tools(), deal_id=deal_id)
    if not found.may_answer:
        return pages.go("admin.deal", deal_id=deal_id)
    return pages.render("admin/deal_accept.html", deal=found, spelled=dealing.spelled)


@door.post("/deals/<int:deal_id>/accept")
@operator
def accept_deal(deal_id: int) -> Response:
    """Accept the brand's version that was read."""
    number = inputs.form(AnswerForm())["number"]
    agreed = services.accept(identity.tools(), deal_id=deal_id, number=number)
    notice = _(
        "Agreed. Version %(number)s and its %(units)s units are sealed.",
        number=agreed.number,
        units=agreed.units,
    )
    return pages.go("admin.deal", deal_id=deal_id, notice=notice)


@door.get("/deals/<int:deal_id>/decline")
@operator
def ask_decline(deal_id: int) -> Response:
    """Once more before the talks end."""
    return _decline(deal_id, {}, {})


@door.post("/deals/<int:deal_id>/decline")
@operator
def decline_deal(deal_id: int) -> Response:
    """End the talks."""
    tried = inputs.attempt(DeclineForm())
    if tried.values is None:
        return _decline(deal_id, tried.given, tried.errors)
    services.decline(identity.tools(), deal_id=deal_id, **tried.values)
    return pages.go("admin.deal", deal_id=deal_id, notice=_("The talks are ended."), kind="info")


def _decline(deal_id: int, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "admin/deal_decline.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        deal=asked.one(identity.tools(), deal_id=deal_id),
        given=given,
        errors=wrong,
    )


@door.get("/deals/<int:deal_id>/counter")
@operator
def new_counter(deal_id: int) -> Response:
    """The newest version, to be changed and sent."""
    draft = asked.draft(identity.tools(), deal_id=deal_id)
    if not draft.is_open:
        return pages.go("admin.deal", deal_id=deal_id)
    return _sheet(proposals.first(draft))


@door.post("/deals/<int:deal_id>/counter")
@operator
def counter_deal(deal_id: int) -> Response:
    """Work it out, or send it."""
    return _answer(*proposals.read(asked.draft(identity.tools(), deal_id=deal_id)))


@door.post("/deals/<int:deal_id>/messages")
@operator
def say_on_deal(deal_id: int) -> Response:
    """Write in the deal's conversation."""
    talking.say(Subject.DEAL, deal_id)
    return pages.go("admin.deal", deal_id=deal_id, notice=_("Sent."))


def _answer(sheet: Sheet, proposal: Proposal | None) -> Response:
    """Show the sheet again, or send the proposal and show its deal."""
    if proposal is None:
        return _sheet(sheet)
    proposals.work_out(sheet, proposal)
    if proposal.do is not Do.SEND or sheet.errors:
        return _sheet(sheet)
    try:
        sent = _send(sheet, proposal)
    except NotFound:
        raise
    except Refusal as no:
        proposals.refuse(sheet, no)
        return _sheet(sheet)
    notice = _("Version %(number)s is with the brand.", number=sent.number)
    return pages.go("admin.deal", deal_id=sent.deal_id, notice=notice)


def _send(sheet: Sheet, proposal: Proposal) -> services.Proposed:
    tools, deal_id = identity.tools(), sheet.draft.deal_id
    if deal_id is None:
        return services.propose(
            tools,
            collection_id=sheet.draft.collection_id,
            terms=proposal.terms,
            lines=proposal.lines,
            note=proposal.note,
            valid_days=proposal.valid_days,
        )
    return services.counter(
        tools,
        deal_id=deal_id,
        answers=proposal.answers,
        terms=proposal.terms,
        lines=proposal.lines,
        note=proposal.note,
        valid_days=proposal.valid_days,
    )


def _sheet(sheet: Sheet) -> Response:
    draft = sheet.draft
    action = (
        url_for("admin.propose_deal", collection_id=draft.collection_id)
        if draft.deal_id is None
        else url_for("admin.counter_deal", deal_id=draft.deal_id)
    )
    back = (
        url_for("admin.collection", collection_id=draft.collection_id)
        if draft.deal_id is None
        else url_for("admin.deal", deal_id=draft.deal_id)
    )
    return pages.render(
        "admin/deal_proposal.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if sheet.errors else HTTPStatus.OK,
        sheet=sheet,
        action=action,
        back=back,
        **proposals.choices(),
        rounding=dealing.ROUNDING,
        labels=proposals.labels(),
    )
