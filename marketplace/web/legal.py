"""Legal pages, as everybody reads them, and as people of the house write them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, url_for

from marketplace import words
from marketplace.domain.refusals import NotFound, Stale
from marketplace.queries import legal_pages
from marketplace.services import legal_pages as writing
from marketplace.web import access, errors, fields, identity, inputs, pages
from marketplace.words import LOCALES, _, prose

if TYPE_CHECKING:
    from flask import Response

door = Blueprint("legal", __name__)


class PageForm(inputs.Schema):
    """A new version."""

    title = fields.Trimmed(required=True, max=writing.TITLE_LENGTH_MAX)
    body = fields.Trimmed(required=True, max=writing.BODY_LENGTH_MAX, lines=True)
    based_on = fields.Whole(required=True, min=1, max=2**40)


@door.get("/pages/<slug>")
@access.anyone
def page(slug: str) -> Response:
    """The newest version of a page, in the visitor's language."""
    found = legal_pages.newest(identity.hallway_tools(), slug=slug, locale=words.locale())
    return pages.render("hallway/legal.html", found=found, body=prose.markup(found.body))


@door.get("/admin/pages")
@access.operator
def index() -> Response:
    """Every page in every language."""
    return pages.render("hallway/legal_pages.html", found=legal_pages.every(identity.tools()))


@door.get("/admin/pages/<slug>/<locale>")
@access.operator
def edit(slug: str, locale: str) -> Response:
    """One page, to be written anew."""
    found = _existing(slug, locale)
    return _editor(found, {"title": found.title, "body": found.body}, {})


@door.post("/admin/pages/<slug>/<locale>")
@access.operator
def save(slug: str, locale: str) -> Response:
    """Keep a new version, unless somebody wrote another in the meantime."""
    found = _existing(slug, locale)
    asked = inputs.attempt(PageForm())
    if asked.values is None:
        return _editor(found, asked.given, asked.errors)
    try:
        writing.change(identity.tools(), slug=slug, locale=locale, **asked.values)
    except Stale as no:
        return _editor(found, asked.given, {"_schema": [errors.sentence(no)]})
    return pages.go(
        "legal.edit", slug=slug, locale=locale, notice=_("Saved. Readers see it from now on.")
    )


def _existing(slug: str, locale: str) -> legal_pages.Page:
    found = legal_pages.newest(identity.tools(), slug=slug, locale=locale)
    if locale not in LOCALES or found.locale != locale:
        raise NotFound
    return found


def _editor(
    found: legal_pages.Page, given: dict[str, str], wrong: dict[str, list[str]]
) -> Response:
    return pages.render(
        "hallway/legal_edit.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        found=found,
        given=given,
        errors=wrong,
        action=url_for("legal.save", slug=found.slug, locale=found.locale),
        versions=legal_pages.versions(identity.tools(), slug=found.slug, locale=found.locale),
        preview=prose.markup(given.get("body", "")),
    )
