"""Deeds of brands' machines, each done once however often it is asked for under the same key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from marketplace.db import brands, replies
from marketplace.db.replies import KeptReply
from marketplace.domain.replies import DeedNamedTwice, DeedUnderWay, Reply

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from marketplace.toolbox import Toolbox

FORGOTTEN_PER_RUN_MAX = 1_000


def begin(tools: Toolbox, *, key: str, fingerprint: bytes) -> Reply | None:
    """Begin the deed that the brand named ``key``; the first answer where it was done before.

    Refuses a ``fingerprint`` other than the first one's, and a deed that is still under way.
    """
    assert tools.brand_id is not None, "a brand's machine asks"
    with tools.transaction() as session:
        if replies.begin(session, tools.brand_id, key, fingerprint):
            return None
        row = session.scalars(select(KeptReply).where(*_named(tools, key))).one_or_none()
        if row is None:
            raise DeedUnderWay
        if row.fingerprint != fingerprint:
            raise DeedNamedTwice
        if row.status is not None:
            return Reply(row.status, row.kind, row.location, row.body)
        if not replies.take_over(session, row.id):
            raise DeedUnderWay
        return None


def finish(tools: Toolbox, *, key: str, reply: Reply) -> None:
    """Keep the answer, to be given again."""
    with tools.transaction() as session:
        row = session.scalars(select(KeptReply).where(*_named(tools, key))).one_or_none()
        if row is not None and row.status is None:
            row.status, row.kind = reply.status, reply.kind
            row.location, row.body = reply.location, reply.body


def drop(tools: Toolbox, *, key: str) -> None:
    """Forget a deed that came to nothing through no fault of the asker: it may be asked for again."""
    with tools.transaction() as session:
        session.execute(delete(KeptReply).where(*_named(tools, key), KeptReply.status.is_(None)))


def forget(tools: Toolbox) -> int:
    """Remove answers whose day is over; how many."""
    with tools.transaction() as session:
        return replies.forget_lapsed(session, most=FORGOTTEN_PER_RUN_MAX)


def _named(tools: Toolbox, key: str) -> tuple[ColumnElement[bool], ...]:
    return (brands.within(tools.brand_id, KeptReply.brand_id), KeptReply.key == key)
