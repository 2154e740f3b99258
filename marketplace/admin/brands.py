"""Brands at the operators' door: who they are, who speaks for them, what runs with them."""

from __future__ import annotations

from dataclasses import fields as fields_of
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.admin.joining import moves_of
from marketplace.domain.accounts import AlreadyThere, EmailRefused
from marketplace.domain.doors import BrandRole
from marketplace.domain.imports.countries import CODES
from marketplace.domain.refusals import Invalid
from marketplace.queries import brands as asked_brands
from marketplace.queries import guard_rails, sale_desk, suppression
from marketplace.services import accounts
from marketplace.services import brands as keeping
from marketplace.services.brands import Profile
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import LOCALES, _, countries, formats, guarding, joining, team

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.brands import BrandPage

FORM_NAMES = tuple(each.name for each in fields_of(Profile))


class BrandForm(inputs.Schema):
    """A new brand."""

    name = fields.Trimmed(required=True)
    legal_name = fields.Trimmed(required=True)
    country = fields.Trimmed(required=True, max=2)


class ProfileForm(BrandForm):
    """All that the house knows of a brand."""

    vat_number = fields.Trimmed(max=20, load_default="")
    manufacturer_address = fields.Trimmed(load_default="")
    manufacturer_email = fields.Email(load_default="")
    story = fields.Trimmed(max=1_000, lines=True, load_default="")
    account_manager_id = fields.Whole(load_default=None, max=2**53)


class PersonForm(inputs.Schema):
    """Somebody who will speak for the brand."""

    email = fields.Email(required=True)
    person = fields.Trimmed(required=True)
    role = fields.Choice(BrandRole, required=True)
    locale = fields.Trimmed(required=True, max=8)


@door.get("/brands")
@operator
def brands() -> Response:
    """All brands by name."""
    found = asked_brands.listed(identity.tools(), page=inputs.query(PageQuery())["page"])
    return pages.render("admin/brands.html", found=found, states=joining.STATES)


@door.get("/brands/new")
@operator
def new_brand() -> Response:
    """A brand the house begins to work with."""
    return _new({"country": "FR"}, {})


@door.post("/brands/new")
@operator
def create_brand() -> Response:
    """Write it down."""
    asked = inputs.attempt(BrandForm())
    if asked.values is None:
        return _new(asked.given, asked.errors)
    brand_id = accounts.create_brand(identity.tools(), **asked.values)
    return pages.go(
        "admin.brand",
        brand_id=brand_id,
        notice=_("The brand is written down. Now invite somebody to speak for it."),
    )


@door.get("/brands/<int:brand_id>")
@operator
def brand(brand_id: int) -> Response:
    """One brand."""
    return _show(asked_brands.one(identity.tools(), brand_id=brand_id))


@door.post("/brands/<int:brand_id>")
@operator
def change_brand(brand_id: int) -> Response:
    """Write its profile anew."""
    found = asked_brands.one(identity.tools(), brand_id=brand_id)
    asked = inputs.attempt(ProfileForm())
    if asked.values is None:
        return _show(found, profile=asked.given, wrong=asked.errors)
    try:
        keeping.change(identity.tools(), brand_id=brand_id, profile=Profile(**asked.values))
    except Invalid as no:
        return _show(
            found, profile=asked.given, wrong={str(no.facts["field"]): [errors.sentence(no)]}
        )
    return pages.go("admin.brand", brand_id=brand_id, notice=_("The profile is saved."))


@door.post("/brands/<int:brand_id>/people")
@operator
def invite_person(brand_id: int) -> Response:
    """Invite somebody; the link is shown once, for whoever hands it over in person."""
    found = asked_brands.one(identity.tools(), brand_id=brand_id)
    asked = inputs.attempt(PersonForm())
    if asked.values is None:
        return _show(found, person=asked.given, wrong_person=asked.errors)
    try:
        link = accounts.invite_to_brand(
            identity.tools(),
            brand_id=brand_id,
            email=asked.values["email"],
            name=asked.values["person"],
            role=asked.values["role"],
            locale=asked.values["locale"],
        )
    except (EmailRefused, AlreadyThere) as no:
        return _show(found, person=asked.given, wrong_person={"email": [errors.sentence(no)]})
    return _show(asked_brands.one(identity.tools(), brand_id=brand_id), link=link)


@door.post("/brands/<int:brand_id>/people/<int:account_id>/factor")
@operator
def renew_factor(brand_id: int, account_id: int) -> Response:
    """Let a person whose phone is lost set up a new second step at their next sign-in."""
    accounts.renew_persons_factor(identity.tools(), brand_id=brand_id, account_id=account_id)
    notice = _(
        "At the next sign-in a new second step is set up. Every session of theirs has ended."
    )
    return pages.go("admin.brand", brand_id=brand_id, notice=notice)


def _new(given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "admin/brand_new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        given=given,
        errors=wrong,
        countries=countries.options(CODES),
    )


def _show(
    found: BrandPage,
    *,
    profile: dict[str, str] | None = None,
    wrong: dict[str, list[str]] | None = None,
    person: dict[str, str] | None = None,
    wrong_person: dict[str, list[str]] | None = None,
    link: str | None = None,
) -> Response:
    stored = {name: getattr(found, name) for name in FORM_NAMES}
    failed = bool(wrong or wrong_person)
    return pages.render(
        "admin/brand.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK,
        brand=found,
        profile=profile if profile is not None else stored,
        errors=wrong or {},
        person=person or {"role": "owner", "locale": "fr"},
        wrong_person=wrong_person or {},
        link=link,
        rails=_rails(found.brand_id),
        role_names=team.ROLES,
        states=joining.STATES,
        moves=moves_of(found.state),
        offers=[
            (str(role), _("%(role)s: %(does)s", role=label, does=team.DOES[role]))
            for role, label in team.ROLES.items()
        ],
        operators=[(each.number, each.label) for each in sale_desk.operators(identity.tools())],
        countries=countries.options(CODES),
        locales=LOCALES,
        action=url_for("admin.change_brand", brand_id=found.brand_id),
    )


def _rails(brand_id: int) -> list[dict[str, object]]:
    """What the brand has set, and how many of its own customers it keeps out."""
    tools = identity.tools()
    rails = guard_rails.look(tools, brand_id=brand_id).rails
    kept_out = suppression.look(tools, brand_id=brand_id)
    told = {
        "told_ahead": _("Yes") if rails.told_ahead else _("No"),
        "show_in_teaser": _("Yes") if rails.show_in_teaser else _("No"),
        "name_in_subject": _("Yes") if rails.name_in_subject else _("No"),
        "days_apart": rails.days_apart or _("No bound"),
        "a_year": rails.a_year or _("No bound"),
        "watermark": rails.watermark or _("None"),
        "avoided": ", ".join(rails.avoided) or _("None"),
        "kept_out": formats.count(kept_out.entries if kept_out else 0),
    }
    return [{"label": guarding.OF_A_BRAND[name], "value": value} for name, value in told.items()]
