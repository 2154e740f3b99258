"""What every test stands on: a real PostgreSQL and Valkey, a clock that can be turned, and books that are checked.

One server for the run; one template, migrated once; each test that asks for a database gets a clone of its own.
After it the invariants must hold, whether the test looked at them or not.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from marketplace import bootstrap
from marketplace.bootstrap import wall_clock
from marketplace.config import Settings
from marketplace.db import invariants, migrate
from marketplace.db.session import Vault, engine_for
from marketplace.domain.doors import Door
from marketplace.gateways import payments
from marketplace.gateways.pace import Pace
from marketplace.local import throwaway
from marketplace.local.stripe.driver import API_KEY as STRIPE_KEY
from marketplace.local.stripe.driver import WEBHOOK_SECRET as STRIPE_SECRET
from marketplace.local.stripe.driver import Simulator
from marketplace.toolbox import Toolbox

APP_PASSWORD = "the-password-of-tests"
TEMPLATE = "template_house"
POOL_SIZE = 60
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "supplier-files"
NUMBERS = itertools.count(1)
MEMORY = Path("/dev/shm")
MEMORY_BYTES_MIN = 6 * 2**30
"""More than the write-ahead log of one run may grow to; the suite has a server for each core."""

TURNED_NOW = (
    "CREATE OR REPLACE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE "
    "AS 'SELECT clock_timestamp() + (SELECT shift FROM public.test_clock)'"
)
TURNED_INSTANT = (
    "CREATE OR REPLACE FUNCTION house_instant() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
    "AS 'SELECT statement_timestamp() + (SELECT shift FROM public.test_clock)'"
)
TURNABLE_CLOCK = (
    "CREATE TABLE test_clock (shift interval NOT NULL)",
    "INSERT INTO test_clock VALUES ('0')",
    "GRANT SELECT ON test_clock TO PUBLIC",
    TURNED_NOW,
    TURNED_INSTANT,
)


@pytest.fixture(scope="session")
def stores() -> Iterator[throwaway.Stores]:
    """PostgreSQL and Valkey for this run alone."""
    with throwaway.stores(_memory()) as running:
        yield running


def _memory() -> Path | None:
    """A folder that is kept in memory, where there is one with room: a clone there costs half of one on a disc."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)
    return MEMORY if roomy and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES_MIN else None


@pytest.fixture(scope="session")
def template(stores: throwaway.Stores) -> str:
    """The migrated database that tests are cloned from, with a clock that can be turned."""
    url = stores.postgres.create_database(TEMPLATE)
    migrate.upgrade(url)
    migrate.create_app_login(url, APP_PASSWORD)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in TURNABLE_CLOCK:
            connection.execute(text(statement))
    engine.dispose()
    return TEMPLATE


@dataclass(frozen=True)
class Database:
    """One test's database: as its owner sees it, and as the application may."""

    owner_url: str
    app_url: str
    owner: Engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of the owner, past all walls: for arranging and for looking behind the scenes."""
        with Session(self.owner, expire_on_commit=False) as session:
            yield session
            session.commit()

    def value(self, statement: str, **parameters: object) -> object:
        """The one value that ``statement`` returns to the owner."""
        with self.owner.connect() as connection:
            return connection.execute(text(statement), parameters).scalar_one()

    def rows(self, statement: str, **parameters: object) -> list[tuple[object, ...]]:
        """All rows that ``statement`` returns to the owner."""
        with self.owner.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), parameters)]

    def run(self, statement: str, **parameters: object) -> None:
        """Do something as the owner."""
        with self.owner.begin() as connection:
            connection.execute(text(statement), parameters)


@pytest.fixture
def database(stores: throwaway.Stores, template: str) -> Iterator[Database]:
    """A database of this test's own; afterwards the books must be sound."""
    name = f"t{next(NUMBERS)}_{os.getpid()}"
    owner_url = stores.postgres.create_database(name, template=template)
    app_url = stores.postgres.url(name, user=migrate.APP_LOGIN, password=APP_PASSWORD)
    owner = create_engine(owner_url, pool_size=2, max_overflow=POOL_SIZE, pool_pre_ping=True)
    yield Database(owner_url, app_url, owner)
    with Session(owner) as session:
        found = invariants.broken(session)
    owner.dispose()
    stores.postgres.drop_database(name)
    assert not found, "\n".join(f"broken: {each.name}: {each.row}" for each in found)


class Clock:
    """The house's clock in this test's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def turn(self, **span: int) -> None:
        """Move the clock forward by ``timedelta(**span)``."""
        self._database.run("UPDATE test_clock SET shift = shift + :by", by=timedelta(**span))

    def set(self, at: datetime) -> None:
        """Let it be ``at`` now."""
        self._database.run("UPDATE test_clock SET shift = :at - clock_timestamp()", at=at)

    def now(self) -> datetime:
        """What the house believes."""
        value = self._database.value("SELECT house_now()")
        assert isinstance(value, datetime)
        return value.astimezone(UTC)


@pytest.fixture
def clock(database: Database) -> Clock:
    """A clock that can be turned."""
    return Clock(database)


@pytest.fixture
def settings(database: Database, stores: throwaway.Stores, tmp_path: Path) -> Settings:
    """Settings as a deployment would have them, on this test's stores."""
    return Settings(
        database_url=database.app_url,
        redis_url=stores.valkey.url(),
        secret_key="a secret key of tests, long enough for all of them",
        public_url="http://localhost:8000",
        stripe_api_key="sk_test_house",
        stripe_webhook_secret="whsec_house",
        stripe_api_base="http://127.0.0.1:9",
        checkout_origins=("http://127.0.0.1:9",),
        storage_url=f"file://{tmp_path}/files",
        smtp_url="capture://",
        house_iban="DE89370400440532013000",
    )


@pytest.fixture
def vault(database: Database) -> Iterator[Vault]:
    """Transactions as the application opens them, with room for races."""
    engine = engine_for(database.app_url, pool_size=POOL_SIZE, application="aubaine-test")
    yield Vault(engine)
    engine.dispose()


@pytest.fixture
def tools(vault: Vault, settings: Settings) -> Toolbox:
    """The toolbox of a worker; ``tools.at_door(…)`` gives another door's."""
    return bootstrap.assembled(settings, vault)


@pytest.fixture
def house(tools: Toolbox) -> Toolbox:
    """The toolbox of an operator without a name, for services that only ask for the door."""
    return tools.at_door(Door.OPERATOR)


@pytest.fixture
def shared_data() -> Path:
    """Supplier files as brands really send them; the test is left out where they are not present."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared supplier files are not present")
    return SHARED_DATA


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A Stripe that speaks the real API; one for the run, without its limits and without webhooks."""
    with Simulator.started(tmp_path_factory.mktemp("stripe"), limits=False) as running:
        yield running


@pytest.fixture
def paying(tools: Toolbox, simulator: Simulator) -> Toolbox:
    """A worker's toolbox whose payments reach the simulator through the official SDK."""
    gateway = payments.StripePayments(
        STRIPE_KEY,
        base=simulator.url,
        secrets=(STRIPE_SECRET,),
        now=wall_clock,
        turn=Pace(tools.vault).turn,
    )
    return replace(tools, payments=gateway)
