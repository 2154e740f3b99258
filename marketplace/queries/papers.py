"""Papers of deals: what was kept when a version was accepted, held against its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands
from marketplace.db.deals import Deal, DealPaper

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF as it was kept. ``sha256`` is the hash of ``content``."""

    content: bytes
    sha256: str


def of_deal(tools: Toolbox, *, deal_id: int, locale: str) -> Paper | None:
    """The paper of a deal in ``locale``; None while it is not printed yet."""
    with tools.reading() as session:
        found = session.execute(
            select(DealPaper.storage_key, DealPaper.sha256)
            .join(Deal, Deal.accepted_version_id == DealPaper.version_id)
            .where(
                Deal.id == deal_id,
                DealPaper.locale == locale,
                brands.within(tools.brand_id, Deal.brand_id),
            )
        ).one_or_none()
    if found is None:
        return None
    content = tools.files.get(found.storage_key)
    assert hashlib.sha256(content).hexdigest() == found.sha256, (
        f"deal {deal_id}: its paper was changed"
    )
    return Paper(content, found.sha256)
