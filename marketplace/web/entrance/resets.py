"""A forgotten password: asked for by address, chosen by the link in a mail."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import request

from marketplace.domain.accounts import LinkSpent, PasswordRefused, TooManyAttempts
from marketplace.services import accounts
from marketplace.web import access, errors, fields, headers, identity, inputs, pages, places
from marketplace.words import _

if TYPE_CHECKING:
    from flask import Response


class AskForm(inputs.Schema):
    """Whose password it is."""

    email = fields.Email(required=True)


class PasswordForm(inputs.Schema):
    """The new password."""

    password = fields.Secret(required=True)


@access.anyone
def show() -> Response:
    """Ask for the address."""
    return _ask_form({}, "")


@access.anyone
def ask() -> Response:
    """Promise a mail, whether or not there is an account: the mail tells the truth."""
    asked = inputs.attempt(AskForm())
    if asked.values is None:
        return _ask_form(asked.errors, asked.given.get("email", ""))
    place = places.current()
    try:
        accounts.ask_reset(
            identity.hallway_tools(),
            realm=place.realm,
            email=asked.values["email"],
            network=request.remote_addr or "",
        )
    except TooManyAttempts as no:
        return errors.problem(no)
    return pages.render("hallway/reset_asked.html", place=place)


def _ask_form(wrong: dict[str, list[str]], email: str) -> Response:
    place = places.current()
    return pages.render(
        "hallway/reset_ask.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        action=place.url("ask_reset"),
        sign_in_url=place.url("sign_in"),
        errors=wrong,
        email=email,
    )


@access.anyone
def open_link(word: str) -> Response:
    """The page behind the link: its address is a secret, so no address leaves it."""
    headers.no_referrer()
    if not accounts.link_lives(identity.hallway_tools(), word=word):
        return errors.problem(LinkSpent())
    return _password_form({}, word)


@access.anyone
def choose(word: str) -> Response:
    """Take the new password; signing in comes after, with the second factor where there is one."""
    headers.no_referrer()
    asked = inputs.attempt(PasswordForm())
    if asked.values is None:
        return _password_form(asked.errors, word)
    place = places.current()
    try:
        accounts.reset_password(
            identity.hallway_tools(),
            realm=place.realm,
            word=word,
            password=asked.values["password"],
        )
    except PasswordRefused as no:
        return _password_form({"password": [errors.sentence(no)]}, word)
    return pages.go(
        f"entrance_{place.name}.sign_in", notice=_("Your new password is set. Sign in with it.")
    )


def _password_form(wrong: dict[str, list[str]], word: str) -> Response:
    return pages.render(
        "hallway/reset.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        action=places.current().url("reset_link", word=word),
        errors=wrong,
    )
