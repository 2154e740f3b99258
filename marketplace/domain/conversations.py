"""Conversations: who takes part, and who may read what was said."""

from __future__ import annotations

from enum import StrEnum

from marketplace.domain.refusals import Refusal


class Subject(StrEnum):
    """What a thread hangs on."""

    DEAL = "deal"
    SALE = "sale"
    ORDER = "order"


class ParticipantRole(StrEnum):
    """What somebody is in a thread; always shown beside the name."""

    MEMBER = "member"
    BRAND = "brand"
    OPERATOR = "operator"


class Visibility(StrEnum):
    """Who may read a message: everybody in the thread, the house alone, or the writer's own side."""

    ALL = "all"
    STAFF = "staff"
    SIDE = "side"


class MessageEmpty(Refusal):
    """A message needs words."""

    code = "message_empty"


class VisibilityRefused(Refusal):
    """Only the house writes notes for the house alone."""

    code = "visibility_refused"


def may_read(*, reader: ParticipantRole, author: ParticipantRole, visibility: Visibility) -> bool:
    """Whether a participant in the role ``reader`` may read what ``author`` wrote with this visibility."""
    if visibility is Visibility.ALL:
        return True
    if visibility is Visibility.STAFF:
        return reader is ParticipantRole.OPERATOR
    return reader is author


def check_writing(*, author: ParticipantRole, visibility: Visibility, body: str) -> None:
    """Refuses an empty message, and a staff note from anybody but the house."""
    if not body.strip():
        raise MessageEmpty
    if visibility is Visibility.STAFF and author is not ParticipantRole.OPERATOR:
        raise VisibilityRefused
