"""Where the brand's money goes: seen by its end, changed with a fresh code, in force after a rest."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.domain.accounts import CodeRefused, TooManyAttempts
from marketplace.domain.brands.bank import BankChangeCooling, BankRefused
from marketplace.domain.brands.kyb import NUMBER_LENGTH_MAX
from marketplace.domain.brands.team import FINANCIERS
from marketplace.queries import brand_joining
from marketplace.services import brands
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import _
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response


class BankForm(inputs.Schema):
    """The account, and the fresh code."""

    holder = fields.Trimmed(required=True)
    iban = fields.Trimmed(required=True, max=NUMBER_LENGTH_MAX + 10)
    code = fields.Trimmed(required=True, max=20)


class DetailsForm(inputs.Schema):
    """Which change is meant."""

    details = fields.Whole(required=True, max=2**53)


@door.get("/bank")
@brand(*FINANCIERS)
def bank() -> Response:
    """Where money goes, and where it will."""
    return _page("", {})


@door.post("/bank")
@brand(*FINANCIERS)
def change_bank() -> Response:
    """Ask that it goes elsewhere."""
    tried = inputs.attempt(BankForm())
    holder = tried.given.get("holder", "")
    if tried.values is None:
        return _page(holder, tried.errors)
    try:
        brands.change_bank(
            identity.hallway_tools(),
            brand_id=frame.brand_id(),
            account_id=identity.visitor().account_id,
            holder=tried.values["holder"],
            number=tried.values["iban"],
            code=tried.values["code"],
        )
    except BankRefused as no:
        return _page(holder, {"iban": [errors.sentence(no)]})
    except (CodeRefused, TooManyAttempts) as no:
        return _page(holder, {"code": [errors.sentence(no)]})
    except BankChangeCooling as no:
        return _page(holder, {"_schema": [errors.sentence(no)]})
    return pages.go(
        "brand.bank",
        notice=_("Written down. It takes effect in 48 hours; owners were told by e-mail."),
    )


@door.post("/bank/cancel")
@brand(*FINANCIERS)
def cancel_bank() -> Response:
    """Take a change back while it rests."""
    details_id = inputs.form(DetailsForm())["details"]
    brands.cancel_bank(identity.hallway_tools(), brand_id=frame.brand_id(), details_id=details_id)
    return pages.go("brand.bank", notice=_("Cancelled. What was in force stays in force."))


def _page(holder: str, wrong: dict[str, list[str]]) -> Response:
    # What was typed as an account number or a code is not sent back into a page.
    return pages.render(
        "brand/bank.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        tabs=frame.house_tabs("brand.bank"),
        found=brand_joining.bank(identity.hallway_tools(), brand_id=frame.brand_id()),
        holder=holder,
        errors=wrong,
    )
