"""Mails that were captured instead of sent: where no mail server is set, a page shows them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db.contacts import CapturedMail
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One mail in the list."""

    id: int
    to_address: str
    subject: str
    at: datetime
    attachments: int


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file sent with a mail."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Captured:
    """One mail as it would have left."""

    id: int
    to_address: str
    subject: str
    text: str
    html: str
    at: datetime
    attachments: tuple[Enclosed, ...]


def newest(tools: Toolbox, *, page: int) -> tuple[tuple[Line, ...], int]:
    """One page of the list, newest first, and how many mails there are; ``page`` counts from 1."""
    statement = (
        select(
            CapturedMail.id,
            CapturedMail.to_address,
            CapturedMail.subject,
            CapturedMail.created_at,
            func.jsonb_array_length(CapturedMail.attachments),
        )
        .order_by(CapturedMail.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    with tools.reading() as session:
        total = session.execute(select(func.count()).select_from(CapturedMail)).scalar_one()
        return tuple(Line(*row) for row in session.execute(statement)), total


def one(tools: Toolbox, *, mail_id: int) -> Captured:
    """One mail with its attachments; NotFound where there is none."""
    with tools.reading() as session:
        row = session.get(CapturedMail, mail_id)
        if row is None:
            raise NotFound
        return Captured(
            id=row.id,
            to_address=row.to_address,
            subject=row.subject,
            text=row.text,
            html=row.html,
            at=row.created_at,
            attachments=tuple(
                Enclosed(each["filename"], each["media_type"], base64.b64decode(each["content"]))
                for each in row.attachments
            ),
        )
