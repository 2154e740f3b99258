"""Conversations as every door shows them: the thread, who answers and by when, and the box to write in.

A door posts to a route of its own and calls :func:`say`; what may be read is decided by the query for that door.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from marketplace.domain.conversations import BODY_LENGTH_MAX, ParticipantRole, Visibility
from marketplace.domain.doors import Realm
from marketplace.queries import conversations as asked
from marketplace.services import conversations
from marketplace.web import fields, identity, inputs
from marketplace.words import _

if TYPE_CHECKING:
    from marketplace.domain.conversations import Subject
    from marketplace.queries.conversations import Said
    from marketplace.services.conversations import Written

KEY_BYTES = 12


class MessageForm(inputs.Schema):
    """What somebody writes; ``key`` makes a second press of the button harmless."""

    body = fields.Trimmed(required=True, max=BODY_LENGTH_MAX, lines=True)
    key = fields.Trimmed(required=True, max=40)
    visibility = fields.Choice(Visibility, load_default=Visibility.ALL)


def section(subject: Subject, subject_id: int, *, action: str, page: int = 1) -> dict[str, object]:
    """What ``parts/thread.html`` needs: include it with ``talk`` set to this."""
    found = asked.thread(identity.tools(), subject=subject, subject_id=subject_id, page=page)
    return {
        "found": found,
        "messages": [_message(said) for said in found.said],
        "action": action,
        "key": secrets.token_urlsafe(KEY_BYTES),
        "may_note": identity.visitor().realm is Realm.OPERATOR,
        "body_length_max": BODY_LENGTH_MAX,
    }


def say(subject: Subject, subject_id: int) -> Written:
    """Write what the form says; Rejected or a refusal if it cannot be taken."""
    sent = inputs.form(MessageForm())
    return conversations.write(
        identity.tools(),
        subject=subject,
        subject_id=subject_id,
        body=sent["body"],
        key=sent["key"],
        visibility=sent["visibility"],
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
        "visible_to": _visible_to(said.visibility),
    }


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
