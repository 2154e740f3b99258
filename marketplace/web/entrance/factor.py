"""The second factor of an account that may choose it: set up, confirm, take off."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from marketplace.domain.accounts import CodeRefused, SignInRefused, TooManyAttempts
from marketplace.queries import accounts as asked_accounts
from marketplace.services import accounts
from marketplace.web import access, errors, fields, identity, inputs, pages, places
from marketplace.words import _

if TYPE_CHECKING:
    from flask import Response


class PasswordForm(inputs.Schema):
    """The password, given again before the account's locks are changed."""

    password = fields.Secret(required=True)


class CodeForm(inputs.Schema):
    """The first code of a new secret."""

    code = fields.Trimmed(required=True, max=20)


@access.signed_in
def show() -> Response:
    """Where the second factor stands."""
    return _page({})


@access.signed_in
def begin() -> Response:
    """Make a secret to be confirmed."""
    asked = inputs.attempt(PasswordForm())
    if asked.values is None:
        return _page(asked.errors)
    try:
        accounts.begin_factor(
            identity.hallway_tools(),
            account_id=identity.visitor().account_id,
            password=asked.values["password"],
        )
    except SignInRefused:
        return _page({"password": [_("This is not your present password.")]})
    return pages.go(f"entrance_{places.current().name}.factor")


@access.signed_in
def confirm() -> Response:
    """Take the first code; from now on signing in asks for one."""
    asked = inputs.attempt(CodeForm())
    if asked.values is None:
        return _page(asked.errors)
    try:
        begun = accounts.confirm_factor(
            identity.hallway_tools(),
            account_id=identity.visitor().account_id,
            code=asked.values["code"],
        )
    except (CodeRefused, TooManyAttempts) as no:
        return _page({"code": [errors.sentence(no)]})
    except SignInRefused:
        return _page({})
    answer = pages.go(
        f"entrance_{places.current().name}.account",
        notice=_("Your second step is set up. Every other browser is signed out."),
    )
    identity.remember(answer, begun)
    return answer


@access.signed_in
def remove() -> Response:
    """Take the second factor off."""
    asked = inputs.attempt(PasswordForm())
    if asked.values is None:
        return _page(asked.errors)
    try:
        accounts.remove_factor(
            identity.hallway_tools(),
            account_id=identity.visitor().account_id,
            password=asked.values["password"],
        )
    except SignInRefused:
        return _page({"password": [_("This is not your present password.")]})
    return pages.go(
        f"entrance_{places.current().name}.account",
        notice=_("Signing in asks for your password alone now."),
    )


def _page(wrong: dict[str, list[str]]) -> Response:
    tools, account_id = identity.hallway_tools(), identity.visitor().account_id
    place = places.current()
    return pages.render(
        "hallway/second_step.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        place=place,
        account=asked_accounts.own(tools, account_id=account_id),
        factor=accounts.factor_to_set_up(tools, account_id=account_id),
        errors=wrong,
    )
