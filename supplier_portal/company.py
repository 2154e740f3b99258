"""The company's file: asked once, for every law that asks."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.domain.brands import kyb
from marketplace.domain.brands.kyb import NUMBER_LENGTH_MAX, Company, KybRefused
from marketplace.domain.brands.team import FINANCIERS
from marketplace.domain.imports.countries import CODES
from marketplace.queries import brand_joining
from marketplace.services import brands
from marketplace.web import fields, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import _, countries, joining
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response


class CompanyForm(inputs.Schema):
    """The file. Only the legal name and the country are owed to save it: the rest may come later."""

    legal_name = fields.Trimmed(required=True)
    country = fields.Trimmed(required=True, max=2)
    address_line = fields.Trimmed(load_default="")
    postcode = fields.Trimmed(max=NUMBER_LENGTH_MAX, load_default="")
    city = fields.Trimmed(load_default="")
    register_name = fields.Trimmed(load_default="")
    register_number = fields.Trimmed(max=NUMBER_LENGTH_MAX, load_default="")
    vat_number = fields.Trimmed(max=20, load_default="")
    tin = fields.Trimmed(max=NUMBER_LENGTH_MAX, load_default="")
    contact_name = fields.Trimmed(load_default="")
    contact_email = fields.Email(load_default="")
    contact_phone = fields.Trimmed(max=NUMBER_LENGTH_MAX, load_default="")
    certified = fields.Tick()


@door.get("/company")
@brand(*FINANCIERS)
def company() -> Response:
    """The file as it stands."""
    return _page(None, {})


@door.post("/company")
@brand(*FINANCIERS)
def change_company() -> Response:
    """Write it anew."""
    tried = inputs.attempt(CompanyForm())
    if tried.values is None:
        return _page(tried.given, tried.errors)
    if tried.values["country"] not in CODES:
        return _page(tried.given, {"country": [_("Choose the country from the list.")]})
    try:
        names = brands.change_file(
            identity.tools(), brand_id=frame.brand_id(), said=Company(**tried.values)
        )
    except KybRefused as no:
        problems: dict[str, str] = no.facts["problems"]  # type: ignore[assignment]  # what this refusal carries
        wrong = {name: [str(joining.problem(name, reason))] for name, reason in problems.items()}
        return _page(tried.given, wrong)
    said = (
        _("Saved. What changed goes to the house to be looked at.")
        if names
        else _("Nothing changed.")
    )
    return pages.go("brand.company", notice=said)


def _page(given: dict[str, str] | None, wrong: dict[str, list[str]]) -> Response:
    found = brand_joining.look(identity.tools(), brand_id=frame.brand_id())
    stored = {name: getattr(found.company, name) for name in kyb.FIELDS}
    return pages.render(
        "brand/company.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        tabs=frame.house_tabs("brand.company"),
        found=found,
        given=stored if given is None else given,
        errors=wrong,
        labels=joining.FIELDS,
        countries=countries.options(CODES),
    )
