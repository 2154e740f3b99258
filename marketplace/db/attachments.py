"""Files that were sent with messages: each a stored file, and what it was found to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.domain.attachments import AttachmentKind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.brands import StoredFile
    from marketplace.db.conversations import Message


class MessageFile(Base):
    """A file of one message. Whoever may read the message may have it."""

    __tablename__ = "message_files"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    message_id: Mapped[int] = refers("messages.id", index=True)
    file_id: Mapped[int] = refers("stored_files.id", unique=True)
    kind: Mapped[AttachmentKind] = mapped_column(states(AttachmentKind))
    created_at: Mapped[CreatedAt]


def attach(session: Session, message: Message, stored: StoredFile, *, kind: AttachmentKind) -> None:
    """Let a file that is in keeping go with a message of its brand's talks."""
    assert message.brand_id == stored.brand_id, (
        "files go with talks between their brand and the house"
    )
    session.add(
        MessageFile(brand_id=stored.brand_id, message_id=message.id, file_id=stored.id, kind=kind)
    )
    session.flush()
