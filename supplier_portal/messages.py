"""Talks of a brand with the house: the list, and each one on a page of its own."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.domain.conversations import OF_BRANDS, Subject
from marketplace.domain.refusals import NotFound
from marketplace.queries import brand_talks, conversations
from marketplace.web import identity, inputs, pages, talking
from marketplace.web.access import accepts, brand
from marketplace.words import _
from marketplace.words.talking import SUBJECTS
from supplier_portal import door, frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from marketplace.web.talking import Draft


@door.get("/messages")
@brand()
def messages() -> Response:
    """Every talk with the house, those with something new first."""
    page = inputs.query(frame.PageQuery())["page"]
    found = brand_talks.listed(identity.tools(), brand_id=frame.brand_id(), page=page)
    return pages.render(
        "brand/messages.html",
        found=found,
        kinds=SUBJECTS,
        brand_id=frame.brand_id(),
        tabs=frame.relation_tabs("brand.messages"),
    )


@door.get("/messages/files/<int:attachment_id>")
@brand()
def message_file(attachment_id: int) -> Response:
    """A file that went with a message, to be kept and opened outside the browser."""
    return talking.download(attachment_id)


@door.get("/messages/<subject>/<int:subject_id>")
@brand()
def conversation(subject: str, subject_id: int) -> Response:
    """One talk."""
    return show(_about(subject), subject_id, page=inputs.query(frame.PageQuery())["page"])


@door.post("/messages/<subject>/<int:subject_id>")
@brand(*frame.SPEAKERS)
@accepts(bytes_max=talking.MESSAGE_BYTES_MAX)
def say(subject: str, subject_id: int) -> Response:
    """Write in it."""
    about = _about(subject)

    def said() -> Response:
        return pages.go(
            "brand.conversation", subject=about, subject_id=subject_id, notice=_("Sent.")
        )

    return say_and_go(about, subject_id, said)


def say_and_go(about: Subject, subject_id: int, said: Callable[[], Response]) -> Response:
    """Write in a talk, then ``said``; what cannot be taken is shown on the talk's own page, nothing lost."""
    return talking.say_or_keep(
        about, subject_id, said=said, again=lambda draft: show(about, subject_id, draft=draft)
    )


def show(about: Subject, subject_id: int, *, page: int = 1, draft: Draft | None = None) -> Response:
    """The page of one talk, with what was written and could not be taken."""
    named = conversations.about(identity.tools(), subject=about, subject_id=subject_id)
    action = url_for("brand.say", subject=about, subject_id=subject_id)
    return pages.render(
        "brand/conversation.html",
        status=HTTPStatus.OK if draft is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        subject=about,
        subject_id=subject_id,
        title=named.name if about is not Subject.BRAND else _("You and the house"),
        kind=SUBJECTS[about],
        place=_place(about, named.ref),
        talk=talking.section(
            about, subject_id, action=action, page=page, draft=draft, may_say=frame.may_say()
        ),
    )


def _place(about: Subject, ref: str) -> str | None:
    """The page of what the talk is about; talk about everything else has none."""
    match about:
        case Subject.SALE:
            return url_for("brand.sale", ref=ref)
        case Subject.DEAL:
            return url_for("brand.deal", deal_id=int(ref))
        case Subject.COLLECTION:
            return url_for("brand.collection", collection_id=int(ref))
        case _:
            return None


def _about(subject: str) -> Subject:
    found = next((each for each in OF_BRANDS if each == subject), None)
    if found is None:
        raise NotFound
    return found
