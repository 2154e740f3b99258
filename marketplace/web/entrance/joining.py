"""Following an invitation: a member's from another member, a brand's from the house."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import make_response, redirect

from marketplace import words
from marketplace.domain.accounts import PasswordRefused
from marketplace.domain.doors import Realm
from marketplace.domain.refusals import NotFound
from marketplace.domain.territories import TERRITORIES, UnknownTerritory
from marketplace.services import accounts, members
from marketplace.web import (
    access,
    errors,
    fields,
    headers,
    identity,
    inputs,
    known_browsers,
    pages,
    places,
)
from marketplace.words import countries

if TYPE_CHECKING:
    from flask import Response

    from marketplace.services.accounts import Begun

NAME_LENGTH_MAX = 120


class JoinForm(inputs.Schema):
    """What somebody who follows an invitation says."""

    name = fields.Trimmed(required=True, max=NAME_LENGTH_MAX)
    password = fields.Secret(required=True)


class MemberJoinForm(JoinForm):
    """A member also says where parcels go."""

    territory = fields.Trimmed(required=True, max=2)


@access.anyone
def show(word: str) -> Response:
    """The page behind the link: its address is a secret, so no address leaves it."""
    headers.no_referrer()
    email, name = _invited(word)
    return _form(word, email, {"name": name}, {})


@access.anyone
def accept(word: str) -> Response:
    """Make the account and sign in."""
    headers.no_referrer()
    email, _name = _invited(word)
    schema = MemberJoinForm() if places.current().realm is Realm.MEMBER else JoinForm()
    asked = inputs.attempt(schema)
    if asked.values is None:
        return _form(word, email, asked.given, asked.errors)
    try:
        begun = _join(word, asked.values)
    except PasswordRefused as no:
        return _form(word, email, asked.given, {"password": [errors.sentence(no)]})
    except UnknownTerritory as no:
        return _form(word, email, asked.given, {"territory": [errors.sentence(no)]})
    place = places.current()
    onward = place.home if begun.complete else place.url("code")
    answer = make_response(redirect(onward, HTTPStatus.SEE_OTHER))
    identity.remember(answer, begun)
    known_browsers.remember(answer, email)
    return answer


def _invited(word: str) -> tuple[str, str]:
    tools, realm = identity.hallway_tools(), places.current().realm
    if realm is Realm.MEMBER:
        return members.invited(tools, word=word), ""
    if realm is Realm.BRAND:
        return accounts.invited_to_brand(tools, word=word)
    raise NotFound


def _join(word: str, said: dict[str, str]) -> Begun:
    tools, locale = identity.hallway_tools(), words.locale()
    if places.current().realm is Realm.MEMBER:
        about = members.Joining(said["name"], said["password"], said["territory"], locale)
        return members.join(tools, word=word, about=about)
    return accounts.join_brand(
        tools, word=word, name=said["name"], password=said["password"], locale=locale
    )


def _form(word: str, email: str, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    place = places.current()
    return pages.render(
        "hallway/join.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        action=place.url("accept_invitation", word=word),
        place=place,
        email=email,
        given=given,
        errors=wrong,
        territories=countries.options(TERRITORIES),
    )
