"""Worlds in which something is asked both ways, and what is compared of the answers."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from marketplace.domain.sales import SaleState
from tests import factories

LONG_MS = 600_000
KEY = str(UUID(int=7))
JSON = {"Accept": "application/json"}
OWN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|nonce-[\w-]+|nonce=\"[^\"]+\""
    r"|data-server-now=\"[^\"]+\"|csrf_token\" value=\"[^\"]+\"|/photographs/[^\" ]+|\d+"
)
"""What differs each time somebody asks."""


def told(answer, ref=""):
    """Status, headers and body, without what differs each time."""
    headers = {
        name: OWN.sub("", value.replace(ref, "") if ref else value)
        for name, value in answer.headers
        if name not in {"X-Request-ID", "Date", "Content-Length", "Set-Cookie"}
    }
    body = answer.get_data(as_text=True)
    return answer.status_code, headers, OWN.sub("", body.replace(ref, "") if ref else body)


def nothing(_session, _sale, _item, _member):
    """An open sale, and nobody in it."""


def held_by(*others, units=1, mine=False):
    def arrange(session, _sale, item, member):
        for _ in others:
            factories.hold(session, by=factories.member(session), on=item, units=units)
        if mine:
            factories.hold(session, by=member, on=item, units=1)

    return arrange


def shifted(**by):
    def arrange(session, sale, _item, _member):
        sale.opens_at += timedelta(**by)
        sale.closes_at += timedelta(**by)
        sale.teaser_at = sale.opens_at - timedelta(days=60)

    return arrange


def stated(state):
    def arrange(_session, sale, _item, _member):
        sale.state = state

    return arrange


def french(session, _sale, item, member):
    held_by(1, 2)(session, _sale, item, member)
    session.get_one(factories.Account, member.account_id).locale = "fr"


def press(client, sale, item, /, *, headers=JSON, token=True, **more):
    form = {"item": item.id, "style": getattr(item, "style", 1), "key": KEY, **more}
    form = {name: value for name, value in form.items() if value is not None}
    return client.post(f"/sales/{sale.ref}/holds", form, headers=headers, token=token)


WORLDS = {
    "free": nothing,
    "all in bags": held_by(1, 2),
    "too few": held_by(1),
    "mine already": held_by(1, mine=True),
    "at the limit": held_by(mine=True),
    "not open": shifted(days=2),
    "closed": shifted(days=-30),
    "paused": stated(SaleState.PAUSED),
    "cancelled": stated(SaleState.CANCELLED),
    "in French": french,
}
