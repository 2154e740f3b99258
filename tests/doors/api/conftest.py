"""A brand's machine: a client that shows a key and names its deeds."""

from __future__ import annotations

from itertools import count

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.keys import Scope
from marketplace.services import keys
from tests import factories

BASE = "/api/brand/v1"
DEEDS = count(1)


@pytest.fixture
def hung() -> tuple[str, ...]:
    return ("supplier_portal", "marketplace.api")


class Machine:
    """Asks with one key."""

    def __init__(self, client, words):
        self.client = client
        self.words = words

    def headers(self, more):
        return {"Authorization": f"Bearer {self.words}", **(more or {})}

    def get(self, path, headers=None, **more):
        return self.client.get(f"{BASE}{path}", headers=self.headers(headers), **more)

    def post(self, path, *, deed=None, headers=None, **more):
        named = {"Idempotency-Key": deed or f"deed-{next(DEEDS)}", **(headers or {})}
        return self.client.open(f"{BASE}{path}", method="POST", headers=self.headers(named), **more)


@pytest.fixture
def person(database):
    """An owner of a brand."""
    with database.session() as session:
        return factories.brand_user(session, of=factories.brand(session))


@pytest.fixture
def at_brand(tools):
    """The tools in the hands of a person of a brand."""
    return lambda of: tools.at_door(Door.BRAND, account_id=of.account_id, brand_id=of.brand_id)


@pytest.fixture
def machine(app, at_brand):
    """A machine of a person's brand, with every scope unless others are named."""

    def make(of, *scopes, days=30):
        made = keys.make(at_brand(of), name="Machine", scopes=scopes or tuple(Scope), days=days)
        found = Machine(app.test_client(), made.words)
        found.key_id = made.key_id
        return found

    return make
