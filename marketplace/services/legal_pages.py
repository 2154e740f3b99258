"""Legal pages, written by people of the house: every version is kept, the newest is shown, and what it says is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from marketplace.db import forgetting
from marketplace.db.audit import LegalPage
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound, Stale

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

TITLE_LENGTH_MAX = 80
BODY_LENGTH_MAX = 60_000
FORGOTTEN_AT_ONCE_MAX = 2_000
"""Of each kind: a transaction stays short, and whoever waits for a row waits little."""


def change(tools: Toolbox, *, slug: str, locale: str, title: str, body: str, based_on: int) -> int:
    """A new version of a page in one language; returns its number.

    ``based_on`` is the version that was read. Refuses with Stale if somebody has written another since, NotFound if
    there is no such page.
    """
    with tools.transaction() as session:
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
            {"key": f"legal_pages:{slug}:{locale}"},
        )
        newest = session.execute(
            select(func.max(LegalPage.id)).where(LegalPage.slug == slug, LegalPage.locale == locale)
        ).scalar_one()
        if newest is None:
            raise NotFound
        if newest != based_on:
            raise Stale(latest=newest)
        row = LegalPage(
            slug=slug, locale=locale, title=title, body=body, changed_by_id=tools.actor.account_id
        )
        session.add(row)
        session.flush()
        tools.record(session, Fact(Event.LEGAL_PAGE_CHANGED, "legal_page", row.id))
        return row.id


def forget_past(tools: Toolbox) -> int:
    """Delete a portion of what the privacy page says is kept no longer; how many rows, 0 when all is done.

    Append-only books stay as they are, and a hold that led to an order stays as long as the order. Safe twice, and
    twice at once.
    """
    with tools.transaction() as session:
        return sum(forgetting.past(session, most=FORGOTTEN_AT_ONCE_MAX).values())
