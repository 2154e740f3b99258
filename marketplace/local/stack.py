"""A whole marketplace on one machine: finds what is given, brings the rest, starts it in order."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import quote

from marketplace.local import account, children, outside, ports, postgres, valkey
from marketplace.local.processes import Supervisor
from marketplace.local.state import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from marketplace.local.children import Surroundings
    from marketplace.local.processes import Child
    from marketplace.local.state import State

DATABASE = "aubaine"
DEMO_IBAN = "FR7630006000011234567890189"
"""An account that does not exist, with right check digits: the one that banks print in examples."""
APP_LOGIN = "aubaine_app"
PORTS_WANTED = {"web": 8000, "live": 0, "metrics": 0, "stripe": 0, "postgres": 0, "valkey": 0}
STORE_SECONDS_MAX = 60.0
PREPARE_SECONDS_MAX = 120.0
DEMO_SECONDS_MAX = 600.0
DOOR_SECONDS_MAX = 60.0
ANSWER_SECONDS_MAX = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be started, decided before anything is."""

    state: State
    given: Surroundings
    database: postgres.Server | None
    carrier: valkey.Server | None
    stores: tuple[Child, ...]
    simulator: Child | None
    with_demo: bool
    files: Path | None = None
    """Where a brand's own files lie from which the demo sells too."""

    @property
    def public_url(self) -> str:
        """The address that people type."""
        return self.given.common["PUBLIC_URL"]


def plan(
    chosen: State,
    environment: Mapping[str, str],
    *,
    with_demo: bool = True,
    files: Path | None = None,
) -> Plan:
    """Decide what is outside and what is brought along, and prepare the folders of the latter."""
    named = set(outside.named(environment))
    numbers = ports.remembered(chosen.ports, PORTS_WANTED)
    stores: list[Child] = []
    database = carrier = None
    if "DATABASE_URL" not in named:
        cluster = postgres.prepare(chosen.postgres, durable=True)
        stores.append(cluster.child(numbers["postgres"], stage=children.STORES))
        database = cluster.server(numbers["postgres"])
    if "REDIS_URL" not in named:
        store = valkey.prepare(chosen.valkey, durable=True)
        stores.append(store.child(numbers["valkey"], stage=children.STORES))
        carrier = store.server(numbers["valkey"])
    given = _surroundings(chosen, environment, numbers, database, carrier)
    simulated = "STRIPE_API_KEY" not in named
    return Plan(
        state=chosen,
        given=given,
        database=database,
        carrier=carrier,
        stores=tuple(stores),
        simulator=children.simulator(given, str(chosen.stripe)) if simulated else None,
        # Demo data is only ever written where every store is our own.
        with_demo=with_demo and not named and _exists("marketplace.local.demo"),
        files=files,
    )


def _surroundings(
    chosen: State,
    environment: Mapping[str, str],
    numbers: Mapping[str, int],
    database: postgres.Server | None,
    carrier: valkey.Server | None,
) -> Surroundings:
    secrets = chosen.secrets()
    common = {
        "SECRET_KEY": environment.get("SECRET_KEY") or secrets["secret_key"],
        "PUBLIC_URL": environment.get("PUBLIC_URL") or f"http://localhost:{numbers['web']}",
        "LIVE_URL": environment.get("LIVE_URL") or f"http://localhost:{numbers['live']}",
        "SMTP_URL": "capture://",
        "STORAGE_URL": f"file://{quote(str(chosen.files))}",
        "PROMETHEUS_MULTIPROC_DIR": str(chosen.figures),
        **_stripe(secrets, environment, numbers),
        **{name: environment[name] for name in outside.named(environment)},
    }
    common.pop("MIGRATION_DATABASE_URL", None)
    owner = environment.get("MIGRATION_DATABASE_URL") or common.get("DATABASE_URL", "")
    if database is not None:
        password = secrets["app_password"]
        common["DATABASE_URL"] = database.url(DATABASE, user=APP_LOGIN, password=password)
        common["EMBEDDED"] = "1"
        common.setdefault("HOUSE_IBAN", DEMO_IBAN)
        owner = database.url(DATABASE)
    if carrier is not None:
        common["REDIS_URL"] = carrier.url()
    return children.Surroundings(common=common, owner_url=owner, ports=numbers)


def _stripe(
    secrets: Mapping[str, str], environment: Mapping[str, str], numbers: Mapping[str, int]
) -> dict[str, str]:
    """Return the simulator's settings; none of them where Stripe itself is named."""
    if environment.get("STRIPE_API_KEY"):
        return {}
    address = f"http://localhost:{numbers['stripe']}"
    return {
        "STRIPE_API_KEY": secrets["stripe_api_key"],
        "STRIPE_WEBHOOK_SECRET": secrets["stripe_webhook_secret"],
        "STRIPE_API_BASE": address,
        "CHECKOUT_ORIGINS": address,
    }


def _exists(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


@contextmanager
def started(what: Plan) -> Iterator[Supervisor]:
    """Start everything in order; inside the block the doors answer. Leaving the block stops it.

    The doors come before the staff: nine processes that start at once share the machine's cores,
    and a person waits for the doors, while what the staff do may be a few seconds late.
    """
    with Supervisor(what.state.logs) as supervisor:
        _start_stores(what, supervisor)
        _prepare(what, supervisor)
        for child in children.doors(what.given):
            supervisor.start(child)
        _wait_for_doors(what, supervisor)
        for child in children.staff(what.given):
            supervisor.start(child)
        try:
            yield supervisor
        finally:
            what.state.running.unlink(missing_ok=True)


def _start_stores(what: Plan, supervisor: Supervisor) -> None:
    for child in what.stores:
        supervisor.start(child)
    if what.simulator is not None:
        supervisor.start(what.simulator)
    if what.database is not None:
        supervisor.until(what.database.answers, of="postgres", seconds_max=STORE_SECONDS_MAX)
    if what.carrier is not None:
        supervisor.until(what.carrier.answers, of="valkey", seconds_max=STORE_SECONDS_MAX)


def _prepare(what: Plan, supervisor: Supervisor) -> None:
    """Migrate, unless it is our own database and it has seen these very migrations.

    A demo that was broken off and is not taken up again may have left the clock turned back: that is set right.
    """
    if supervisor.stop_asked:
        return
    database, seen = what.database, what.state.prepared
    fresh = database is not None and not database.has_database(DATABASE)
    now = _fingerprint()
    as_it_was = not fresh and seen.exists() and seen.read_text() == now
    if database is not None and as_it_was and (what.with_demo or what.state.demo.exists()):
        return
    if database is not None and fresh:
        database.create_database(DATABASE)
    child = children.prepare(what.given, demo_comes=is_to_be_filled(what))
    supervisor.run_once(child, PREPARE_SECONDS_MAX)
    if not supervisor.stop_asked:
        seen.write_text(now)


def _fingerprint() -> str:
    """Return what tells one set of migrations from another."""
    said = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*.py")):
        said.update(path.read_bytes())
    return said.hexdigest()


def is_to_be_filled(what: Plan) -> bool:
    """Tell whether the house is empty and may be shown with demo data."""
    return what.with_demo and not what.state.demo.exists()


def fill(what: Plan, supervisor: Supervisor) -> None:
    """Fill the empty house once; workers import the brands' files as they would any other day."""
    files = str(what.files.resolve()) if what.files else ""
    demo = children.demo(what.given, str(what.state.demo), files)
    supervisor.run_once(demo, DEMO_SECONDS_MAX)


def _wait_for_doors(what: Plan, supervisor: Supervisor) -> None:
    numbers = what.given.ports
    for name, answers in (("web", _speaks), ("live", ports.answers)):
        supervisor.until(partial(answers, numbers[name]), of=name, seconds_max=DOOR_SECONDS_MAX)


def _speaks(port: int) -> bool:
    """Tell whether the doors answer at all: that no clock ticks yet is no reason to keep waiting."""
    connection = HTTPConnection(ports.HOST, port, timeout=ANSWER_SECONDS_MAX)
    try:
        connection.request("GET", children.HEALTH_PATH)
        return connection.getresponse().status in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def tell(what: Plan) -> None:
    """Write down where everything is, for tests and for whoever looks after the stack."""
    told = {
        "process": os.getpid(),
        "public_url": what.public_url,
        "ports": dict(what.given.ports),
        "owner_url": what.given.owner_url,
        "environment": dict(what.given.common),
    }
    account.write_private(what.state.running, json.dumps(told, indent=2) + "\n")
