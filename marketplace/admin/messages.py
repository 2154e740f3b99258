"""Messages: every conversation that somebody wrote in, those that wait for an answer first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.domain.conversations import Subject
from marketplace.domain.refusals import NotFound
from marketplace.queries import conversations
from marketplace.web import identity, inputs, pages, talking
from marketplace.web.access import operator
from marketplace.words import _

if TYPE_CHECKING:
    from flask import Response


@door.get("/messages")
@operator
def messages() -> Response:
    """The list."""
    found = conversations.inbox(identity.tools(), page=inputs.query(PageQuery())["page"])
    return pages.render("admin/messages.html", found=found)


@door.get("/messages/<subject>/<int:subject_id>")
@operator
def conversation(subject: str, subject_id: int) -> Response:
    """One conversation."""
    about = _about(subject)
    named = conversations.about(identity.tools(), subject=about, subject_id=subject_id)
    page = inputs.query(PageQuery())["page"]
    action = url_for("admin.say", subject=about, subject_id=subject_id)
    return pages.render(
        "admin/conversation.html",
        subject=about,
        subject_id=subject_id,
        named=named,
        place=_place(about, named.ref),
        talk=talking.section(about, subject_id, action=action, page=page),
    )


@door.post("/messages/<subject>/<int:subject_id>")
@operator
def say(subject: str, subject_id: int) -> Response:
    """Write in it."""
    about = _about(subject)
    talking.say(about, subject_id)
    return pages.go(
        "admin.conversation",
        subject=about,
        subject_id=subject_id,
        notice=_("Your message is sent."),
    )


def _place(about: Subject, ref: str) -> str | None:
    """The page of what the conversation is about, where the house has one."""
    endpoint, name = {
        Subject.SALE: ("admin.sale", "ref"),
        Subject.ORDER: ("admin.order", "ref"),
        Subject.DEAL: ("admin.deal", "deal_id"),
    }[about]
    values: dict[str, Any] = {name: ref}
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def _about(subject: str) -> Subject:
    found = next((each for each in Subject if each == subject), None)
    if found is None:
        raise NotFound
    return found
