"""The people of a brand: who they are, letting them in, giving them a role, letting them go."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, redirect

from marketplace.domain.accounts import AlreadyThere, EmailRefused
from marketplace.domain.brands.team import HOSTS, TeamFull
from marketplace.domain.doors import BrandRole
from marketplace.queries import brand_team
from marketplace.services import accounts
from marketplace.web import errors, fields, identity, inputs, pages, places
from marketplace.web.access import brand
from marketplace.words import LOCALES, _, deeds, team
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response


class PersonForm(inputs.Schema):
    """Whom to let in, and as what."""

    email = fields.Email(required=True)
    person = fields.Trimmed(required=True)
    role = fields.Choice(BrandRole, required=True)
    locale = fields.Trimmed(required=True, max=8)


class RoleForm(inputs.Schema):
    """The role that a person gets."""

    role = fields.Choice(BrandRole, required=True)


@door.get("/people")
@brand()
def people() -> Response:
    """Everybody who speaks for the brand, and what changed among them."""
    return _page({}, {})


@door.post("/people")
@brand(*HOSTS)
def invite_person() -> Response:
    """Write somebody a letter with a link."""
    tried = inputs.attempt(PersonForm())
    if tried.values is None:
        return _page(tried.given, tried.errors)
    try:
        accounts.invite_to_brand(
            identity.hallway_tools(),
            brand_id=frame.brand_id(),
            email=tried.values["email"],
            name=tried.values["person"],
            role=tried.values["role"],
            locale=tried.values["locale"],
        )
    except (EmailRefused, AlreadyThere) as no:
        return _page(tried.given, {"email": [errors.sentence(no)]})
    except TeamFull as no:
        return _page(tried.given, {"_schema": [errors.sentence(no)]})
    return pages.go(
        "brand.people", notice=_("The invitation is on its way. Its link works for fourteen days.")
    )


@door.post("/people/<int:account_id>/role")
@brand(*HOSTS)
def change_role(account_id: int) -> Response:
    """Give somebody another role."""
    found = _one(account_id)
    role = inputs.form(RoleForm())["role"]
    accounts.change_role(
        identity.hallway_tools(), brand_id=frame.brand_id(), account_id=account_id, role=role
    )
    if account_id == identity.visitor().account_id:
        return make_response(redirect(places.current().url("sign_in"), HTTPStatus.SEE_OTHER))
    notice = _(
        "%(name)s has the role %(role)s from the next sign-in on.",
        name=found.name,
        role=team.ROLES[role],
    )
    return pages.go("brand.people", notice=notice)


@door.post("/people/<int:account_id>/invitation")
@brand(*HOSTS)
def resend_invitation(account_id: int) -> Response:
    """Send the invitation again."""
    accounts.resend_invitation(
        identity.hallway_tools(), brand_id=frame.brand_id(), account_id=account_id
    )
    notice = _("The invitation is on its way again. The link sent before no longer works.")
    return pages.go("brand.people", notice=notice)


@door.get("/people/<int:account_id>/remove")
@brand(*HOSTS)
def ask_remove(account_id: int) -> Response:
    """Once more before somebody is let go."""
    return pages.render(
        "brand/person_remove.html",
        person=_one(account_id),
        oneself=account_id == identity.visitor().account_id,
    )


@door.post("/people/<int:account_id>/remove")
@brand(*HOSTS)
def remove_person(account_id: int) -> Response:
    """Let somebody go, or take back an invitation that was not followed."""
    found = _one(account_id)
    act = accounts.remove_from_brand if found.has_come_in else accounts.withdraw_invitation
    act(identity.hallway_tools(), brand_id=frame.brand_id(), account_id=account_id)
    if account_id == identity.visitor().account_id:
        return make_response(redirect(places.current().url("sign_in"), HTTPStatus.SEE_OTHER))
    notice = _("%(name)s can no longer come in.", name=found.name)
    return pages.go("brand.people", notice=notice)


def _one(account_id: int) -> brand_team.Person:
    return brand_team.one(
        identity.hallway_tools(), brand_id=frame.brand_id(), account_id=account_id
    )


def _page(given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    tools, brand_id = identity.hallway_tools(), frame.brand_id()
    return pages.render(
        "brand/people.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        tabs=frame.house_tabs("brand.people"),
        people=brand_team.people(tools, brand_id=brand_id),
        changes=brand_team.changes(tools, brand_id=brand_id),
        deed=deeds.said,
        told=deeds.value,
        roles=[(str(role), str(label)) for role, label in team.ROLES.items()],
        role_names=team.ROLES,
        offers=[(str(role), str(team.ROLES[role]), str(team.DOES[role])) for role in team.ROLES],
        may_host=frame.may_host(),
        me=identity.visitor().account_id,
        locales=LOCALES,
        languages_of=pages.LANGUAGES,
        given=given or {"role": "viewer", "locale": identity.visitor().locale},
        errors=wrong,
    )
