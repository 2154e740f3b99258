"""Legal pages as they stand, and their versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, select

from marketplace.db.audit import LegalPage
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.toolbox import Toolbox

FALLBACK_LOCALE = "en"


@dataclass(frozen=True, slots=True)
class Page:
    """One version of a legal page. ``body`` is written in the house's small set of marks."""

    slug: str
    locale: str
    title: str
    body: str
    version: int
    changed_at: datetime


def newest(tools: Toolbox, *, slug: str, locale: str) -> Page:
    """The newest version in ``locale``, else in English; NotFound where there is no such page."""
    statement = (
        select(LegalPage)
        .where(LegalPage.slug == slug, LegalPage.locale.in_({locale, FALLBACK_LOCALE}))
        .order_by(case((LegalPage.locale == locale, 0), else_=1), LegalPage.id.desc())
        .limit(1)
    )
    with tools.reading() as session:
        row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound
    return Page(row.slug, row.locale, row.title, row.body, row.id, row.created_at)
