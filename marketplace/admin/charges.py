"""Charges at the operators' door: proposed with their proof by one person, decided by another."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.domain.attachments import ALL_ENDINGS, FILE_BYTES_MAX, AttachmentRefused
from marketplace.domain.deals import ChargeReason
from marketplace.domain.settlements import (
    WORDS_LENGTH_MAX,
    ChargeNotAgreed,
    ChargeState,
    ChargeUnitsRefused,
    ContestRunning,
    SecondPersonNeeded,
)
from marketplace.queries import charges as asked
from marketplace.services import settlements
from marketplace.web import documents, errors, fields, identity, inputs, pages, uploads
from marketplace.web.access import accepts, operator
from marketplace.words import _, dealing, settling

if TYPE_CHECKING:
    from flask import Response

    from marketplace.domain.refusals import Refusal
    from marketplace.queries.charges import Charged, Tariff

UNITS_MAX = 10_000_000
FORM_BYTES = 1024 * 1024
MIB = 1024 * 1024


class ProposeForm(inputs.Schema):
    """The fault, how many units have it, and what was found."""

    reason = fields.Choice(ChargeReason, required=True)
    units = fields.Whole(required=True, min=1, max=UNITS_MAX)
    found = fields.Trimmed(required=True, max=WORDS_LENGTH_MAX, lines=True)


class DecideForm(inputs.Schema):
    """For how many units the charge is upheld, none withdraws it, and why."""

    units = fields.Whole(required=True, min=0, max=UNITS_MAX)
    decision = fields.Trimmed(required=True, max=WORDS_LENGTH_MAX, lines=True)


@door.get("/charges")
@operator
def charges() -> Response:
    """All charges; those that wait for a word first."""
    found = asked.listed(identity.tools(), page=inputs.query(PageQuery())["page"])
    return pages.render(
        "admin/charges.html", found=found, states=settling.CHARGES, faults=dealing.CHARGES
    )


@door.get("/deals/<int:deal_id>/charge")
@operator
def ask_charge(deal_id: int) -> Response:
    """What the signed tariff lets the house charge."""
    return _proposing(asked.tariff(identity.tools(), deal_id=deal_id), {}, {})


@door.post("/deals/<int:deal_id>/charge")
@operator
@accepts(bytes_max=FILE_BYTES_MAX + FORM_BYTES)
def propose_charge(deal_id: int) -> Response:
    """Propose it; the brand is told."""
    tariff = asked.tariff(identity.tools(), deal_id=deal_id)
    tried = inputs.attempt(ProposeForm())
    if tried.values is None:
        return _proposing(tariff, tried.given, tried.errors)
    with uploads.received("proof", most=1) as files:
        if not files:
            missing = _("Name the photograph or document that shows the fault.")
            return _proposing(tariff, tried.given, {"proof": [missing]})
        try:
            charge_id = settlements.propose(
                identity.tools(), deal_id=deal_id, file=files[0], **tried.values
            )
        except AttachmentRefused as no:
            return _proposing(tariff, tried.given, {"proof": [errors.sentence(no)]})
        except (ChargeUnitsRefused, ChargeNotAgreed) as no:
            return _proposing(tariff, tried.given, {_field(no): [errors.sentence(no)]})
    return pages.go("admin.charge", charge_id=charge_id, notice=_("Proposed; the brand is told."))


@door.get("/charges/<int:charge_id>")
@operator
def charge(charge_id: int) -> Response:
    """One charge."""
    return _page(asked.one(identity.tools(), charge_id=charge_id), {}, {})


@door.get("/charges/<int:charge_id>/proof")
@operator
def charge_proof(charge_id: int) -> Response:
    """The file that shows the fault."""
    return documents.download(*asked.proof(identity.tools(), charge_id=charge_id))


@door.post("/charges/<int:charge_id>/decide")
@operator
def decide_charge(charge_id: int) -> Response:
    """Uphold or withdraw it."""
    found = asked.one(identity.tools(), charge_id=charge_id)
    tried = inputs.attempt(DecideForm())
    if tried.values is None:
        return _page(found, tried.given, tried.errors)
    try:
        to = settlements.decide(identity.tools(), charge_id=charge_id, **tried.values)
    except (ChargeUnitsRefused, ContestRunning, SecondPersonNeeded) as no:
        return _page(found, tried.given, {"units": [errors.sentence(no)]})
    upheld = to is ChargeState.FINAL
    notice = _("Upheld; it is on the next statement.") if upheld else _("Withdrawn.")
    return pages.go("admin.charge", charge_id=charge_id, notice=notice)


def _field(no: Refusal) -> str:
    return "reason" if isinstance(no, ChargeNotAgreed) else "units"


def _proposing(tariff: Tariff, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "admin/charge_new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        tariff=tariff,
        faults=dealing.CHARGES,
        given=given,
        errors=wrong,
        endings=",".join(ALL_ENDINGS),
        mib=FILE_BYTES_MAX // MIB,
        action=url_for("admin.propose_charge", deal_id=tariff.deal_id),
    )


def _page(found: Charged, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    mine = found.proposed_by_id == identity.visitor().account_id
    return pages.render(
        "admin/charge.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        charge=found,
        states=settling.CHARGES,
        faults=dealing.CHARGES,
        mine=mine,
        given=given or {"units": "0" if mine else str(found.units)},
        errors=wrong,
        action=url_for("admin.decide_charge", charge_id=found.charge_id),
    )
