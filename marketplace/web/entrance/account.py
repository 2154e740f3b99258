"""One's own account: password, language, where one is signed in."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, redirect

from marketplace.domain.accounts import PasswordRefused, SignInRefused
from marketplace.domain.refusals import NotFound
from marketplace.queries import accounts as asked_accounts
from marketplace.services import accounts, holds
from marketplace.web import access, errors, fields, identity, inputs, pages, places
from marketplace.words import _, countries

if TYPE_CHECKING:
    from flask import Response


class ChangeForm(inputs.Schema):
    """The old password and the new one."""

    password = fields.Secret(required=True)
    new_password = fields.Secret(required=True)


class ExtraTimeForm(inputs.Schema):
    """Whether holds should last longer."""

    extra_time = fields.Tick()


@access.signed_in
def show() -> Response:
    """The account as it stands."""
    return _page({})


@access.signed_in
def change_password() -> Response:
    """Take a new password; every other browser is signed out."""
    asked = inputs.attempt(ChangeForm())
    if asked.values is None:
        return _page(asked.errors)
    try:
        begun = accounts.change_password(
            identity.hallway_tools(),
            account_id=identity.visitor().account_id,
            password=asked.values["password"],
            new_password=asked.values["new_password"],
            second_factor=identity.gave_second_factor(),
        )
    except SignInRefused:
        return _page({"password": [_("This is not your present password.")]})
    except PasswordRefused as no:
        return _page({"new_password": [errors.sentence(no)]})
    answer = pages.go(
        f"entrance_{places.current().name}.account",
        notice=_("Your new password is set. Every other browser is signed out."),
    )
    identity.remember(answer, begun)
    return answer


@access.signed_in
def leave_everywhere() -> Response:
    """End every session of this account, this one included."""
    accounts.sign_out_everywhere(identity.hallway_tools(), account_id=identity.visitor().account_id)
    answer = make_response(redirect(places.current().url("sign_in"), HTTPStatus.SEE_OTHER))
    identity.forget(answer)
    return answer


@access.signed_in
def ask_extra_time() -> Response:
    """A member who needs more time says so once; holds taken from now on last longer."""
    visitor = identity.visitor()
    if visitor.member_id is None:
        raise NotFound
    wanted = inputs.form(ExtraTimeForm())["extra_time"]
    holds.prefer_more_time(identity.tools(), member_id=visitor.member_id, wanted=wanted)
    return pages.go("entrance_member.account", notice=_("Saved."))


def _page(wrong: dict[str, list[str]]) -> Response:
    place, visitor = places.current(), identity.visitor()
    found = asked_accounts.own(identity.hallway_tools(), account_id=visitor.account_id)
    return pages.render(
        "hallway/account.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        place=place,
        account=found,
        country=countries.name(found.territory) if found.territory else None,
        errors=wrong,
    )
