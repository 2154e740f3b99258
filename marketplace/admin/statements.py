"""Statements and payouts at the operators' door: what is owed, who approves it, who hands it to the bank."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.admin.looking import seen
from marketplace.domain.accounts import CodeRefused, TooManyAttempts
from marketplace.domain.looks import Thing
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.settlements import (
    REFERENCE_LENGTH_MAX,
    BankChanged,
    SecondPersonNeeded,
    Waits,
)
from marketplace.queries import statements as asked
from marketplace.services import accounts, settlements
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, settling

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.statements import Opened

CODE_LENGTH_MAX = 20


class ApproveForm(inputs.Schema):
    """A fresh code of whoever approves."""

    code = fields.Trimmed(required=True, max=CODE_LENGTH_MAX)


class PayForm(inputs.Schema):
    """What the bank calls the transfer."""

    reference = fields.Trimmed(required=True, max=REFERENCE_LENGTH_MAX)


@door.get("/statements")
@operator
def statements() -> Response:
    """All statements; what waits for its money first."""
    found = asked.listed(identity.tools(), page=inputs.query(PageQuery())["page"])
    return pages.render(
        "admin/statements.html",
        found=found,
        kinds=settling.KINDS,
        payouts=settling.PAYOUTS,
    )


@door.get("/statements/<int:statement_id>")
@operator
def statement(statement_id: int) -> Response:
    """One statement, with what is to be done about its money."""
    found = asked.one(identity.tools(), statement_id=statement_id)
    seen(Thing.TERMS, found.summary.deal_id)
    seen(Thing.BANK, found.summary.brand_id)
    return _page(found, {}, {})


@door.post("/statements/<int:statement_id>/approve")
@operator
def approve_payout(statement_id: int) -> Response:
    """Approve that it is paid."""
    found = asked.one(identity.tools(), statement_id=statement_id)
    tried = inputs.attempt(ApproveForm())
    if tried.values is None:
        return _page(found, {}, tried.errors)
    try:
        accounts.prove(
            identity.hallway_tools(),
            account_id=identity.visitor().account_id,
            code=tried.values["code"],
        )
    except (CodeRefused, TooManyAttempts) as no:
        return _page(found, {}, {"code": [errors.sentence(no)]})
    settlements.approve(identity.tools(), payout_id=found.summary.payout_id or 0)
    notice = _("Approved. Another person of the house hands it to the bank.")
    return pages.go("admin.statement", statement_id=statement_id, notice=notice)


@door.post("/statements/<int:statement_id>/pay")
@operator
def pay_payout(statement_id: int) -> Response:
    """Write down that the bank has it."""
    found = asked.one(identity.tools(), statement_id=statement_id)
    tried = inputs.attempt(PayForm())
    if tried.values is None:
        return _page(found, tried.given, tried.errors)
    try:
        settlements.pay(
            identity.tools(),
            payout_id=found.summary.payout_id or 0,
            reference=tried.values["reference"],
        )
    except (SecondPersonNeeded, BankChanged, ReasonMissing) as no:
        return _page(found, tried.given, {"reference": [errors.sentence(no)]})
    notice = _("Written down; the brand is told.")
    return pages.go("admin.statement", statement_id=statement_id, notice=notice)


@door.get("/statements/<int:statement_id>/transfer")
@operator
def payout_transfer(statement_id: int) -> Response:
    """The file for the bank."""
    found = asked.one(identity.tools(), statement_id=statement_id)
    name, content = asked.transfer(identity.tools(), statement_id=statement_id)
    seen(Thing.BANK, found.summary.brand_id)
    answer = make_response(content)
    answer.mimetype = "application/octet-stream"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(found: Opened, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    summary = found.summary
    mine = found.hands is not None and found.hands.approved_by_id == identity.visitor().account_id
    return pages.render(
        "admin/statement.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        summary=summary,
        figures=found.figures,
        title=settling.title(found.figures),
        lead=settling.about(found.figures),
        reckoning=settling.reckoning(found.figures),
        units=settling.units,
        payouts=settling.PAYOUTS,
        waits=settling.WAITS,
        may_approve=summary.waits is Waits.APPROVAL,
        may_pay=summary.waits is Waits.TRANSFER and (not mine or bool(wrong)),
        mine=mine,
        given=given,
        errors=wrong,
        approve_action=url_for("admin.approve_payout", statement_id=summary.statement_id),
        pay_action=url_for("admin.pay_payout", statement_id=summary.statement_id),
    )
