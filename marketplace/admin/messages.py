"""Messages: every conversation that somebody wrote in, those that wait for an answer first."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for

from marketplace.admin import door
from marketplace.admin.frame import PageQuery
from marketplace.domain.conversations import Subject
from marketplace.domain.refusals import NotFound
from marketplace.queries import conversations
from marketplace.web import identity, inputs, pages, talking
from marketplace.web.access import accepts, operator
from marketplace.words import _
from marketplace.words.talking import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from marketplace.web.talking import Draft


@door.get("/messages")
@operator
def messages() -> Response:
    """The list."""
    found = conversations.inbox(identity.tools(), page=inputs.query(PageQuery())["page"])
    return pages.render("admin/messages.html", found=found, kinds=SUBJECTS)


@door.get("/messages/files/<int:attachment_id>")
@operator
def message_file(attachment_id: int) -> Response:
    """A file that went with a message, to be kept and opened outside the browser."""
    return talking.download(attachment_id)


@door.get("/messages/<subject>/<int:subject_id>")
@operator
def conversation(subject: str, subject_id: int) -> Response:
    """One conversation."""
    return show(_about(subject), subject_id, page=inputs.query(PageQuery())["page"])


@door.post("/messages/<subject>/<int:subject_id>")
@operator
@accepts(bytes_max=talking.MESSAGE_BYTES_MAX)
def say(subject: str, subject_id: int) -> Response:
    """Write in it."""
    about = _about(subject)
    notice = _("Your message is sent.")

    def said() -> Response:
        return pages.go("admin.conversation", subject=about, subject_id=subject_id, notice=notice)

    return say_and_go(about, subject_id, said)


def say_and_go(about: Subject, subject_id: int, said: Callable[[], Response]) -> Response:
    """Write in a conversation, then ``said``; what cannot be taken is shown on its own page, nothing lost."""
    return talking.say_or_keep(
        about, subject_id, said=said, again=lambda draft: show(about, subject_id, draft=draft)
    )


def show(about: Subject, subject_id: int, *, page: int = 1, draft: Draft | None = None) -> Response:
    """The page of one conversation, with what was written and could not be taken."""
    named = conversations.about(identity.tools(), subject=about, subject_id=subject_id)
    action = url_for("admin.say", subject=about, subject_id=subject_id)
    return pages.render(
        "admin/conversation.html",
        status=HTTPStatus.OK if draft is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        subject=about,
        subject_id=subject_id,
        named=named,
        kinds=SUBJECTS,
        place=_place(about, named.ref),
        talk=talking.section(about, subject_id, action=action, page=page, draft=draft),
    )


def _place(about: Subject, ref: str) -> str | None:
    """The page of what the conversation is about, where the house has one."""
    endpoint, name = {
        Subject.SALE: ("admin.sale", "ref"),
        Subject.ORDER: ("admin.order", "ref"),
        Subject.DEAL: ("admin.deal", "deal_id"),
        Subject.COLLECTION: ("admin.collection", "collection_id"),
        Subject.BRAND: ("admin.brand", "brand_id"),
    }[about]
    values: dict[str, Any] = {name: ref}
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def _about(subject: str) -> Subject:
    found = next((each for each in Subject if each == subject), None)
    if found is None:
        raise NotFound
    return found
