"""Signing in and out, and the second factor."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import current_app, make_response, redirect, request, url_for

from marketplace.domain.accounts import CodeRefused, SignInRefused, TooManyAttempts
from marketplace.domain.doors import Realm
from marketplace.services import accounts
from marketplace.web import (
    access,
    errors,
    fields,
    identity,
    inputs,
    known_browsers,
    pages,
    places,
    returning,
)

if TYPE_CHECKING:
    from flask import Response

    from marketplace.domain.refusals import Refusal
    from marketplace.services.accounts import Begun, Knocked


class SignInForm(inputs.Schema):
    """What the sign-in form sends."""

    email = fields.Trimmed(required=True, max=254)
    password = fields.Secret(required=True)
    next = fields.Trimmed(load_default="", max=returning.PATH_LENGTH_MAX)


class CodeForm(inputs.Schema):
    """What the second step sends."""

    code = fields.Trimmed(required=True, max=20)
    next = fields.Trimmed(load_default="", max=returning.PATH_LENGTH_MAX)


@access.anyone
def show() -> Response:
    """The sign-in page; whoever is signed in goes on."""
    if identity.present() is not None:
        return make_response(returning.go_on())
    return _form({}, "")


@access.anyone
def enter() -> Response:
    """Take address and password; on to the first page, or to the second factor."""
    asked = inputs.attempt(SignInForm())
    if asked.values is None:
        return _form(asked.errors, asked.given.get("email", ""))
    place = places.current()
    email, password = asked.values["email"], asked.values["password"]
    try:
        signed_in = accounts.sign_in(
            identity.hallway_tools(),
            realm=place.realm,
            email=email,
            password=password,
            network=request.remote_addr or "",
            known_browser=known_browsers.word_for(email),
            replaces=identity.reference_at(place),
        )
    except (SignInRefused, TooManyAttempts) as no:
        return _refused(no, email)
    return _let_in(signed_in, email=email, target=asked.values["next"])


def _let_in(signed_in: Begun, *, email: str, target: str) -> Response:
    place = places.current()
    if signed_in.complete:
        answer = make_response(returning.go_on(target))
    else:
        answer = make_response(redirect(place.url("code"), HTTPStatus.SEE_OTHER))
        returning.keep(target)
    identity.remember(answer, signed_in)
    known_browsers.remember(answer, email)
    return answer


def _refused(no: Refusal, email: str) -> Response:
    status = errors.answer_of(no).status
    answer = _form({"_schema": [errors.sentence(no)]}, email, status=status)
    if "seconds" in no.facts:
        answer.headers["Retry-After"] = str(no.facts["seconds"])
    return answer


def _form(wrong: dict[str, list[str]], email: str, *, status: int = HTTPStatus.OK) -> Response:
    place = places.current()
    if wrong and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return pages.render(
        "hallway/sign_in.html",
        status=status,
        place=place,
        action=place.url("enter"),
        forgot_url=place.url("reset"),
        apply_url=_apply_url(place),
        errors=wrong,
        email=email,
    )


def _apply_url(place: places.Place) -> str | None:
    """Where a brand that is not here yet applies; of the other doors, and where that one is not hung, nowhere."""
    known = "brand.application" in current_app.view_functions
    return url_for("brand.application") if place.realm is Realm.BRAND and known else None


@access.anyone
def show_code() -> Response:
    """Ask for the code, or show how to set the second factor up; without a password given, back to it."""
    half = identity.half()
    if half is None:
        return make_response(returning.go_on() if identity.present() else _back_to_sign_in())
    return _code_form({})


@access.anyone
def give_code() -> Response:
    """Take the code; on to the page that was asked for."""
    asked = inputs.attempt(CodeForm())
    reference, half = identity.reference_at(places.current()), identity.half()
    if reference is None or half is None:
        return make_response(_back_to_sign_in())
    if asked.values is None:
        return _code_form(asked.errors)
    try:
        signed_in = _complete(half, reference, asked.values["code"])
    except (CodeRefused, TooManyAttempts) as no:
        return _code_refused(no)
    except SignInRefused:
        return make_response(_back_to_sign_in())
    answer = make_response(returning.go_on(asked.values["next"]))
    identity.remember(answer, signed_in)
    return answer


def _complete(half: Knocked, reference: str, code: str) -> Begun:
    tools = identity.hallway_tools()
    if half.has_second_factor:
        return accounts.give_code(tools, reference=reference, realm=half.realm, code=code)
    return accounts.confirm_factor(tools, account_id=half.account_id, code=code)


def _code_refused(no: Refusal) -> Response:
    answer = _code_form({"code": [errors.sentence(no)]}, status=errors.answer_of(no).status)
    if "seconds" in no.facts:
        answer.headers["Retry-After"] = str(no.facts["seconds"])
    return answer


def _code_form(wrong: dict[str, list[str]], *, status: int = HTTPStatus.OK) -> Response:
    place = places.current()
    half = identity.half()
    assert half is not None, "the caller has looked"
    if wrong and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return pages.render(
        "hallway/code.html",
        status=status,
        place=place,
        action=place.url("give_code"),
        factor=accounts.factor_to_set_up(identity.hallway_tools(), account_id=half.account_id),
        errors=wrong,
    )


def _back_to_sign_in() -> Response:
    return make_response(redirect(places.current().url("sign_in"), HTTPStatus.SEE_OTHER))


@access.anyone
def leave() -> Response:
    """End this session and take the cookie back."""
    reference = identity.reference_at(places.current())
    if reference is not None:
        accounts.sign_out(identity.hallway_tools(), reference=reference)
    answer = make_response(redirect(places.current().url("sign_in"), HTTPStatus.SEE_OTHER))
    identity.forget(answer)
    return answer
