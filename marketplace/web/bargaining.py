"""Deals at both doors: the same steps at the brands' and at the operators', each on its own door's pages.

``side`` is the door's name: its templates stand in a folder of that name, its pages answer to endpoints of it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, url_for
from marshmallow import fields as base
from marshmallow import validate

from marketplace.domain.conversations import Subject
from marketplace.domain.deals import DealState
from marketplace.domain.refusals import NotFound, Refusal
from marketplace.queries import deals as asked
from marketplace.queries import papers
from marketplace.services import deals as services
from marketplace.web import fields, identity, inputs, pages, proposals, talking
from marketplace.web.proposals import Do
from marketplace.words import _, dealing, locale

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from marketplace.domain.money import Money
    from marketplace.queries.deals import DealPage
    from marketplace.web.proposals import Proposal, Sheet

NUMBER_MAX = 10_000
VARIANT_ID_MAX = 2**53


class AnswerForm(inputs.Schema):
    """Which version is answered."""

    number = fields.Whole(required=True, min=1, max=NUMBER_MAX)


class DeclineForm(AnswerForm):
    """Why the talks end."""

    reason = fields.Trimmed(required=True, lines=True, max=services.REASON_LENGTH_MAX)


class CommentForm(AnswerForm):
    """A word about one clause."""

    clause = base.String(required=True, validate=validate.OneOf(dealing.CLAUSES))
    said = fields.Trimmed(required=True, lines=True, max=services.SAID_LENGTH_MAX)


class ReleaseForm(inputs.Schema):
    """How many more units of which variant."""

    variant = fields.Whole(required=True, max=VARIANT_ID_MAX)
    units = fields.Whole(required=True, min=1)


def page(
    side: str,
    found: DealPage,
    *,
    cost: Money | None,
    may_write: bool,
    may_say: bool,
    confidential: bool = False,
) -> Response:
    """One deal: its newest version first, what it would pay, its history, its conversation.

    ``cost`` is the brand's own figure, where the reader sees it beside the deal; ``confidential`` the brand's mark.
    """
    action = url_for(f"{side}.say_on_deal", deal_id=found.deal_id)
    return pages.render(
        f"{side}/deal.html",
        deal=found,
        spelled=dealing.spelled,
        states=dealing.STATES,
        sides=dealing.SIDES,
        terms=dealing.TERMS,
        promises=dealing.PROMISES,
        rounding=dealing.ROUNDING,
        comment_action=url_for(f"{side}.comment_on_deal", deal_id=found.deal_id),
        talk=talking.section(Subject.DEAL, found.deal_id, action=action, may_say=may_say),
        cost=cost,
        confidential=confidential,
        may_write=may_write,
    )


def ask_accept(side: str, deal_id: int) -> Response:
    """Once more before it binds."""
    found = asked.one(identity.tools(), deal_id=deal_id)
    if not found.may_answer:
        return pages.go(f"{side}.deal", deal_id=deal_id)
    return pages.render(
        f"{side}/deal_accept.html", deal=found, spelled=dealing.spelled, rounding=dealing.ROUNDING
    )


def accept(side: str, deal_id: int) -> Response:
    """Accept the other side's version that was read."""
    number = inputs.form(AnswerForm())["number"]
    agreed = services.accept(identity.tools(), deal_id=deal_id, number=number)
    notice = _(
        "Agreed. Version %(number)s and its %(units)s units are sealed.",
        number=agreed.number,
        units=agreed.units,
    )
    return pages.go(f"{side}.deal", deal_id=deal_id, notice=notice)


def ask_decline(
    side: str,
    deal_id: int,
    given: dict[str, str] | None = None,
    wrong: dict[str, list[str]] | None = None,
) -> Response:
    """Once more before the talks end."""
    return pages.render(
        f"{side}/deal_decline.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        deal=asked.one(identity.tools(), deal_id=deal_id),
        given=given or {},
        errors=wrong or {},
    )


def decline(side: str, deal_id: int) -> Response:
    """End the talks."""
    tried = inputs.attempt(DeclineForm())
    if tried.values is None:
        return ask_decline(side, deal_id, tried.given, tried.errors)
    services.decline(identity.tools(), deal_id=deal_id, **tried.values)
    return pages.go(f"{side}.deal", deal_id=deal_id, notice=_("The talks are ended."), kind="info")


def ask_counter(side: str, deal_id: int, show: Callable[[Sheet], Response]) -> Response:
    """The newest version, to be changed and sent."""
    draft = asked.draft(identity.tools(), deal_id=deal_id)
    if not draft.is_open:
        return pages.go(f"{side}.deal", deal_id=deal_id)
    return show(proposals.first(draft))


def answer(
    sheet: Sheet,
    proposal: Proposal | None,
    *,
    show: Callable[[Sheet], Response],
    send: Callable[[Sheet, Proposal], Response],
) -> Response:
    """Show the sheet again with what it would pay or what is wrong with it, or send the proposal."""
    if proposal is None:
        return show(sheet)
    proposals.work_out(sheet, proposal)
    if proposal.do is not Do.SEND or sheet.errors:
        return show(sheet)
    try:
        return send(sheet, proposal)
    except NotFound:
        raise
    except Refusal as no:
        proposals.refuse(sheet, no)
        return show(sheet)


def counter(deal_id: int, proposal: Proposal) -> services.Proposed:
    """Put the proposal in place of the version that it answers."""
    return services.counter(
        identity.tools(),
        deal_id=deal_id,
        answers=proposal.answers,
        terms=proposal.terms,
        lines=proposal.lines,
        note=proposal.note,
        valid_days=proposal.valid_days,
    )


def sheet_page(template: str, sheet: Sheet, *, action: str, back: str) -> Response:
    """The form of a proposal on the page of its door: where it is sent, and where it is left for."""
    return pages.render(
        template,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if sheet.errors else HTTPStatus.OK,
        sheet=sheet,
        choices=proposals.choices(sheet),
        rounding=dealing.ROUNDING,
        labels=proposals.labels(),
        action=action,
        back=back,
    )


def comment(side: str, deal_id: int) -> Response:
    """Say something about a clause of the version that was read."""
    said = inputs.form(CommentForm())
    services.comment(identity.tools(), deal_id=deal_id, **said)
    return pages.go(f"{side}.deal", deal_id=deal_id, notice=_("Your comment stands beside it."))


def release(side: str, deal_id: int) -> Response:
    """Give more units of one variant into the deal."""
    said = inputs.form(ReleaseForm())
    left = services.release(
        identity.tools(), deal_id=deal_id, variant_id=said["variant"], units=said["units"]
    )
    notice = _("Released. %(left)s more may follow.", left=left)
    return pages.go(f"{side}.deal", deal_id=deal_id, notice=notice)


def paper(side: str, deal_id: int) -> Response:
    """The paper of the agreed deal in the reader's language; printed now if nobody has yet."""
    tools = identity.tools()
    if asked.one(tools, deal_id=deal_id).state is not DealState.AGREED:
        return pages.go(f"{side}.deal", deal_id=deal_id)
    found = papers.of_deal(tools, deal_id=deal_id, locale=locale())
    if found is None:
        services.keep_paper(tools, deal_id=deal_id)
        found = papers.of_deal(tools, deal_id=deal_id, locale=locale())
    if found is None:
        raise NotFound
    answer = make_response(found.content)
    answer.mimetype = "application/pdf"
    answer.headers.set("Content-Disposition", "attachment", filename=f"deal-{deal_id}.pdf")
    return answer
