"""The application served to a real browser by the test's own process, on a database whose clock can be turned.

For pages in states that a running house would leave by itself: no worker, no clock and no payment service stands beside
it. What a house does with its processes is told by the other journeys.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from werkzeug.serving import WSGIRequestHandler, make_server

import supplier_portal
from jobs import registry
from marketplace import admin, bootstrap, storefront
from marketplace.config import Settings
from marketplace.db import invariants, migrate, passwords
from marketplace.db.session import Vault, engine_for
from marketplace.toolbox import Toolbox
from marketplace.web.app import create_app
from tests import factories
from tests.conftest import APP_PASSWORD, NUMBERS, Clock, Database
from tests.journeys.person import Person
from tests.journeys.town import Town, photographed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from marketplace.local.throwaway import Stores

POOL_SIZE = 8


class Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, *_about: object) -> None:
        """Nothing: the browser's own complaints are looked at."""


@dataclass(frozen=True)
class Counter:
    """Where the pages answer, and the hands behind it."""

    url: str
    app: Flask
    database: Database
    clock: Clock
    town: Town

    def meet(self, browser, name, account_id=None, **more):
        """Somebody at a browser, signed in as an account by a session as the house makes it."""
        person = Person(browser, self.url, name, **more)
        if account_id is not None:
            self.town.lets_in(person, account_id)
        return person

    def broken(self) -> list[str]:
        """The invariants that do not hold now."""
        with Session(self.database.owner) as session:
            return [f"{each.name}: {each.row}" for each in invariants.broken(session)]


@contextmanager
def opened(stores: Stores, template: str, folder: Path) -> Iterator[Counter]:
    """Serve the three doors on a database of their own, and stop at the end."""
    name = f"counter{next(NUMBERS)}_{os.getpid()}"
    owner_url = stores.postgres.create_database(name, template=template)
    app_url = stores.postgres.url(name, user=migrate.APP_LOGIN, password=APP_PASSWORD)
    database = Database(owner_url, app_url, create_engine(owner_url, poolclass=NullPool))
    server = make_server("127.0.0.1", 0, _nobody, threaded=True, request_handler=Quiet)
    url = f"http://localhost:{server.port}"
    settings = _settings(stores, app_url, url, folder)
    tools = _tools(settings)
    app = server.app = create_app(
        settings, tools, (storefront.door, supplier_portal.door, admin.door)
    )
    admin.jobs.post(app, registry.listed())
    app.config["SHOWCASE_KEPT_MS"] = 0  # what a test arranges is seen at once
    town = Town(
        database, tools, settings, passwords.hashed(factories.PASSWORD), photographed(tools, folder)
    )
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield Counter(url, app, database, Clock(database), town)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
        tools.vault.engine.dispose()
        database.owner.dispose()
        stores.postgres.drop_database(name)


def _tools(settings: Settings) -> Toolbox:
    vault = Vault(engine_for(settings.database_url, pool_size=POOL_SIZE, application="counter"))
    return bootstrap.assembled(settings, vault)


def _nobody(_environ, _start):
    raise AssertionError("nobody is asked before the application is hung")


def _settings(stores: Stores, app_url: str, url: str, folder: Path) -> Settings:
    return Settings(
        database_url=app_url,
        redis_url=stores.valkey.url(),
        secret_key="a secret key of journeys, long enough for all of them",
        public_url=url,
        stripe_api_key="sk_test_counter",
        stripe_webhook_secret="whsec_counter",
        stripe_api_base="http://127.0.0.1:9",
        checkout_origins=("http://127.0.0.1:9",),
        storage_url=f"file://{folder}/files",
        smtp_url="capture://",
        embedded=True,
    )
