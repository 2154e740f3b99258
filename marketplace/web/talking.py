"""Conversations as every door shows them: the thread, who answers and by when, and the box to write in.

A door posts to a route of its own and calls :func:`say`; what may be read is decided by the query for that door.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import url_for

from marketplace.domain.attachments import (
    ALL_ENDINGS,
    FILE_BYTES_MAX,
    FILES_MAX,
    AttachmentRefused,
)
from marketplace.domain.conversations import (
    BODY_LENGTH_MAX,
    OF_BRANDS,
    MessageEmpty,
    MessageTooLong,
    ParticipantRole,
    Visibility,
)
from marketplace.domain.doors import Realm
from marketplace.queries import conversations as asked
from marketplace.services import conversations
from marketplace.web import documents, errors, fields, identity, inputs, uploads
from marketplace.words import _, formats

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from marketplace.domain.conversations import Subject
    from marketplace.queries.conversations import Said
    from marketplace.services.conversations import Written
    from marketplace.toolbox import Upload

KEY_BYTES = 12
KB, MIB = 1_000, 1024 * 1024
MESSAGE_BYTES_MAX = FILES_MAX * FILE_BYTES_MAX + MIB
"""Of a form with its files and its words."""


class MessageForm(inputs.Schema):
    """What somebody writes; ``key`` makes a second press of the button harmless."""

    body = fields.Trimmed(required=True, max=BODY_LENGTH_MAX, lines=True)
    key = fields.Trimmed(required=True, max=40)
    visibility = fields.Choice(Visibility, load_default=Visibility.ALL)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote that could not be taken: nothing of it is lost but its files, which browsers do not keep."""

    given: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)


def section(
    subject: Subject,
    subject_id: int,
    *,
    action: str,
    page: int = 1,
    draft: Draft | None = None,
    may_say: bool = True,
) -> dict[str, object]:
    """What ``parts/thread.html`` needs: include it with ``talk`` set to this.

    Whoever sees the newest page of a brand's thread has read it.
    """
    found = asked.thread(identity.tools(), subject=subject, subject_id=subject_id, page=page)
    of_brand = subject in OF_BRANDS
    if of_brand and page == 1 and found.said:
        newest = found.said[-1].message_id
        conversations.mark_read(
            identity.tools(), subject=subject, subject_id=subject_id, message_id=newest
        )
    return {
        "found": found,
        "messages": [_message(said) for said in found.said],
        "action": action,
        "key": secrets.token_urlsafe(KEY_BYTES),
        "may_say": may_say,
        "may_note": identity.visitor().realm is Realm.OPERATOR,
        "may_attach": of_brand,
        "draft": draft or Draft(),
        "body_length_max": BODY_LENGTH_MAX,
        "endings": ",".join(ALL_ENDINGS),
        "files_max": FILES_MAX,
        "file_mib": FILE_BYTES_MAX // MIB,
    }


def say(subject: Subject, subject_id: int) -> Written:
    """Write what the form says; Rejected or a refusal if it cannot be taken. For talks without files."""
    return _write(subject, subject_id, inputs.form(MessageForm()), ())


def say_or_keep(
    subject: Subject,
    subject_id: int,
    *,
    said: Callable[[], Response],
    again: Callable[[Draft], Response],
) -> Response:
    """Write what the form says with its files, then ``said``; what cannot be taken is shown ``again`` as a draft.

    NotFound, before any file is looked at, for a thread that the visitor has no part in.
    """
    asked.about(identity.tools(), subject=subject, subject_id=subject_id)
    tried = inputs.attempt(MessageForm())
    if tried.values is None:
        return again(Draft(tried.given, tried.errors))
    try:
        with uploads.received("files", most=FILES_MAX) as files:
            _write(subject, subject_id, tried.values, files)
    except AttachmentRefused as no:
        return again(Draft(tried.given, {"files": [errors.sentence(no)]}))
    except (MessageEmpty, MessageTooLong) as no:
        return again(Draft(tried.given, {"body": [errors.sentence(no)]}))
    return said()


def download(file_id: int) -> Response:
    """A file that went with a message, to be kept; NotFound for what the visitor may not read."""
    return documents.download(*asked.file(identity.tools(), file_id=file_id))


def _write(
    subject: Subject, subject_id: int, sent: dict[str, Any], files: tuple[Upload, ...]
) -> Written:
    return conversations.write(
        identity.tools(),
        subject=subject,
        subject_id=subject_id,
        body=sent["body"],
        key=sent["key"],
        visibility=sent["visibility"],
        files=files,
    )


def _message(said: Said) -> dict[str, object]:
    return {
        "role": str(said.role),
        "role_label": _role(said.role),
        "name": said.name,
        "at": said.at.isoformat(),
        "moment": said.at,
        "text": said.body,
        "mine": said.mine,
        "files": [
            {
                "name": each.name,
                "size": _("%(number)s kB", number=formats.count(max(1, each.size_bytes // KB))),
                "href": url_for(f"{_door()}.message_file", attachment_id=each.file_id),
            }
            for each in said.files
        ],
        "visible_to": _visible_to(said.visibility),
    }


def _door() -> str:
    return {Realm.BRAND: "brand", Realm.OPERATOR: "admin"}[identity.visitor().realm]


def _role(role: ParticipantRole) -> str:
    return {
        ParticipantRole.MEMBER: _("Member"),
        ParticipantRole.BRAND: _("Brand"),
        ParticipantRole.OPERATOR: _("The house"),
    }[role]


def _visible_to(visibility: Visibility) -> str | None:
    return {
        Visibility.ALL: None,
        Visibility.STAFF: _("Read by the house alone."),
        Visibility.SIDE: _("Read by your side alone."),
    }[visibility]
