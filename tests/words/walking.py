"""A walk through a filled house in the language nobody speaks: in this process, on the house's own stores."""

from __future__ import annotations

from contextlib import contextmanager
from unittest import mock

import flask
from sqlalchemy import select

import supplier_portal
from jobs import registry
from marketplace import admin, bootstrap, config, storefront
from marketplace.db import clock
from marketplace.db.accounts import Account, begin_session
from marketplace.domain.doors import Door, Realm
from marketplace.web import places
from marketplace.web.app import create_app
from marketplace.web.errors.statuses import said_of
from marketplace.words import catalogues
from tests.words import pseudo

POOL_SIZE = 1
REDIRECTS_MAX = 3
STATUSES = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)


class Walk:
    """The application on a house's stores, speaking pseudo, and what people wrote in that house."""

    def __init__(self, house):
        settings = config.from_environment(house.told["environment"])
        self._tools = bootstrap.toolbox(settings, pool_size=POOL_SIZE, process="walk")
        doors = (storefront.door, supplier_portal.door, admin.door)
        self.app = create_app(settings, self._tools, doors)
        admin.jobs.post(self.app, registry.listed())
        self._home = settings.public_url
        with house.owner.connect() as connection:
            self.data = pseudo.Data([*pseudo.written(connection), *registry.JOBS])

    def leaves(self):
        """Close what was opened on the house's stores."""
        self._tools.vault.engine.dispose()

    def enters(self, door, email):
        """A browser of whoever has this address at the door of that name."""
        client = self.app.test_client()
        with self._tools.at_door(Door.HALLWAY).transaction() as session:
            account = session.scalars(
                select(Account).where(Account.email == email, Account.realm == Realm(door))
            ).one()
            at = clock.now(session)
            begun = begin_session(session, account, at=at, second_factor_at=at)
        with self.app.app_context():
            name = places.cookie_name(places.of_realm(Realm(door)))
        client.set_cookie(name, begun.reference, secure=True)
        return client

    def reads(self, client, address):
        """The page at ``address``: its links, and each part of its text that was never translated."""
        answer = client.get(address, base_url=self._home, headers={"Accept": "text/html"})
        for _ in range(REDIRECTS_MAX):
            if answer.location is None:
                break
            answer = client.get(answer.location, base_url=self._home)
        assert answer.status_code < 400, f"{address}: {answer.status_code}"
        return self.judged(address, answer.get_data(as_text=True))

    def judged(self, address, page):
        """Links and untranslated parts of a page that is there already."""
        found = pseudo.shown(page)
        plain = [part for text in found.texts for part in self.data.unknown(text)]
        return found.links, [f"{address}: {part}" for part in dict.fromkeys(plain)]

    def trouble(self):
        """The page of every fault, untranslated parts only."""
        found = []
        for status in STATUSES:
            with self.app.test_request_context("/sign-in", base_url=self._home):
                flask.g.request_id = "0"
                said = said_of(status)
                page = flask.render_template(
                    "error.html", status=status, title=said.title, message=said.sentence, errors={}
                )
                found += self.judged(f"error {status}", page)[1]
        return found


@contextmanager
def through(house):
    """A walk; while it lasts every catalogue of this process speaks pseudo."""
    spoken = pseudo.Pseudo()
    with mock.patch.object(catalogues, "of", return_value=spoken):
        walk = Walk(house)
        try:
            yield walk
        finally:
            walk.leaves()
