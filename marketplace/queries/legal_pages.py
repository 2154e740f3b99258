"""Legal pages as they stand, and their versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.db.accounts import Account
from marketplace.db.audit import LegalPage
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.toolbox import Toolbox

FALLBACK_LOCALE = "en"
VERSIONS_MAX = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One version of a legal page.

    ``body`` is written in the few marks of the house (``words/prose.py``).
    """

    slug: str
    locale: str
    title: str
    body: str
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """That a version was written: when, and by whom (nobody: it came with the house)."""

    number: int
    changed_at: datetime
    by: str | None


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
        return _page(row)


def every(tools: Toolbox) -> tuple[Page, ...]:
    """The newest version of each page in each language, by slug and language."""
    statement = (
        select(LegalPage)
        .ext(distinct_on(LegalPage.slug, LegalPage.locale))
        .order_by(LegalPage.slug, LegalPage.locale, LegalPage.id.desc())
    )
    with tools.reading() as session:
        return tuple(_page(row) for row in session.scalars(statement))


def versions(tools: Toolbox, *, slug: str, locale: str) -> tuple[Version, ...]:
    """When a page was written and by whom, newest first."""
    statement = (
        select(LegalPage.id, LegalPage.created_at, Account.name)
        .outerjoin(Account, Account.id == LegalPage.changed_by_id)
        .where(LegalPage.slug == slug, LegalPage.locale == locale)
        .order_by(LegalPage.id.desc())
        .limit(VERSIONS_MAX)
    )
    with tools.reading() as session:
        return tuple(Version(*row) for row in session.execute(statement))


def _page(row: LegalPage) -> Page:
    return Page(row.slug, row.locale, row.title, row.body, row.id, row.created_at)
