"""The page of captured mails: what would have left, where everything runs on one machine and no mail server is set.

Nowhere else does it exist: with stores of its own a deployment sends its mails.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, make_response

from marketplace.domain.refusals import NotFound
from marketplace.queries import mails
from marketplace.web import access, fields, identity, inputs, pages, places

if TYPE_CHECKING:
    from flask import Response

PAGES_MAX = 1_000
SANDBOX = (
    "sandbox allow-top-navigation-by-user-activation; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
"""A mail is shown as it is, in a frame that runs nothing and loads nothing; a click on a link leaves it."""
LINKS_LEAVE = '<base target="_top">'

door = Blueprint("mails", __name__)


class PageQuery(inputs.Schema):
    """Which page of the list."""

    page = fields.Whole(min=1, max=PAGES_MAX, load_default=1)


def _only_where_captured() -> None:
    if not places.premises().settings.embedded:
        raise NotFound


@door.get("/mails/")
@access.anyone
def index() -> Response:
    """The list, newest first."""
    _only_where_captured()
    page = inputs.query(PageQuery())["page"]
    found, total = mails.newest(identity.hallway_tools(), page=page)
    return pages.render(
        "hallway/mails.html",
        found=found,
        total=total,
        page_number=page,
        page_size=mails.PAGE_SIZE,
    )


@door.get("/mails/<int:mail_id>")
@access.anyone
def show(mail_id: int) -> Response:
    """One mail: its lines, its text, its picture in a frame."""
    _only_where_captured()
    found = mails.one(identity.hallway_tools(), mail_id=mail_id)
    return pages.render("hallway/mail.html", found=found)


@door.get("/mails/<int:mail_id>/body")
@access.anyone
def body(mail_id: int) -> Response:
    """The mail's own HTML, for the frame."""
    _only_where_captured()
    found = mails.one(identity.hallway_tools(), mail_id=mail_id)
    answer = make_response(LINKS_LEAVE + found.html, HTTPStatus.OK)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@door.get("/mails/<int:mail_id>/attachments/<int:place>")
@access.anyone
def attachment(mail_id: int, place: int) -> Response:
    """A file that was sent with it, to be saved."""
    _only_where_captured()
    found = mails.one(identity.hallway_tools(), mail_id=mail_id)
    if place >= len(found.attachments):
        raise NotFound
    enclosed = found.attachments[place]
    answer = make_response(enclosed.content, HTTPStatus.OK)
    answer.content_type = enclosed.media_type
    name = quote(enclosed.filename)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
