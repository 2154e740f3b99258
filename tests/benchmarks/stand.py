"""A stand: embedded stores that keep what they say, real servers before them, and a crowd with real sessions."""

from __future__ import annotations

import base64
import hashlib
import hmac
import shutil
import signal
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from marketplace.db import migrate
from marketplace.local import children, ports, postgres, processes, valkey
from marketplace.local.processes import Child

DATABASE = "bench"
APP_PASSWORD = "the-password-of-the-stand"
SECRET_KEY = "the secret key of a stand that lives for minutes"
PORTS_FROM = 18_400
"""Below 32768: above, a server's port can collide with the generator's own."""
UP_SECONDS_MAX = 120
LOOK_SECONDS = 0.05

CROWD = """
WITH people AS (
    INSERT INTO accounts (realm, email, email_key, name, password_hash)
    SELECT 'member', 'm' || n || '@example.org', 'm' || n || '@example.org', 'Member ' || n, 'none'
    FROM generate_series(1, :size) n RETURNING id, email
), joined AS (
    INSERT INTO members (account_id) SELECT id FROM people
)
INSERT INTO sessions (account_id, realm, token_hash, idle_until, expires_at)
SELECT id, 'member', sha256(convert_to('visitor-' || split_part(email, '@', 1), 'UTF8')),
       house_now() + interval '1 day', house_now() + interval '1 day'
FROM people
"""


@dataclass(frozen=True)
class Visitor:
    """One of the crowd: their cookie, the token of their pages, and a key for one hold."""

    cookie: str
    token: str
    key: UUID


@dataclass(frozen=True)
class Stand:
    """Where everything answers."""

    folder: Path
    owner: Engine
    surroundings: children.Surroundings

    @property
    def web(self) -> str:
        return f"http://localhost:{self.surroundings.ports['web']}"

    @property
    def live(self) -> str:
        return f"http://localhost:{self.surroundings.ports['live']}"

    @contextmanager
    def session(self) -> Iterator[Session]:
        with Session(self.owner, expire_on_commit=False) as session:
            yield session
            session.commit()

    def invite(self, size: int) -> list[Visitor]:
        """``size`` members, each signed in at a browser of their own."""
        with self.session() as session:
            session.execute(text(CROWD), {"size": size})
        with self.owner.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("VACUUM ANALYZE"))
        name = f"__Host-aubaine-member-{self.surroundings.ports['web']}"
        return [_visitor(name, number) for number in range(1, size + 1)]


def _visitor(cookie: str, number: int) -> Visitor:
    reference = f"visitor-m{number}"
    digest = hmac.digest(SECRET_KEY.encode(), f"csrf:session:{reference}".encode(), "sha256")
    token = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    key = UUID(bytes=hashlib.sha256(reference.encode()).digest()[:16], version=4)
    return Visitor(f"{cookie}={reference}", token, key)


@contextmanager
def standing(*, with_live: bool = False) -> Iterator[Stand]:
    """A stand with its stores and the web's servers, gone at the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="aubaine-bench-"))
    folder.chmod(0o711)
    try:
        with ExitStack() as kept:
            database = kept.enter_context(postgres.running(folder / "postgres", durable=True))
            carrier = kept.enter_context(valkey.running(folder / "valkey", durable=True))
            stand = _prepared(folder, database, carrier)
            web, live = children.doors(stand.surroundings)
            kept.enter_context(serving(web, stand, f"{stand.web}/static/icon.svg"))
            if with_live:
                kept.enter_context(serving(live, stand, f"{stand.live}/", answer=404))
            yield stand
            stand.owner.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(folder: Path, database: postgres.Server, carrier: valkey.Server) -> Stand:
    url = database.create_database(DATABASE)
    migrate.upgrade(url)
    migrate.create_app_login(url, APP_PASSWORD)
    numbers = dict(zip(("web", "live", "metrics", "empty", "threads"), _ports(5), strict=True))
    figures = folder / "figures"
    figures.mkdir()
    common = {
        "DATABASE_URL": database.url(DATABASE, user=migrate.APP_LOGIN, password=APP_PASSWORD),
        "REDIS_URL": carrier.url(),
        "SECRET_KEY": SECRET_KEY,
        "PUBLIC_URL": f"http://localhost:{numbers['web']}",
        "LIVE_URL": f"http://localhost:{numbers['live']}",
        "STRIPE_API_KEY": "sk_test_stand",
        "STRIPE_WEBHOOK_SECRET": "whsec_stand",
        "STRIPE_API_BASE": "http://localhost:9",
        "SMTP_URL": "capture://",
        "STORAGE_URL": f"file://{folder}/files",
        "PROMETHEUS_MULTIPROC_DIR": str(figures),
        "EMBEDDED": "1",
        "LOG_LEVEL": "WARNING",
    }
    owner = create_engine(url, poolclass=NullPool)
    return Stand(folder, owner, children.Surroundings(common, url, numbers, log_level="warning"))


def _ports(number: int) -> list[int]:
    return [port for port in range(PORTS_FROM, PORTS_FROM + 1_000) if ports.is_free(port)][:number]


@contextmanager
def serving(child: Child, stand: Stand, url: str, *, answer: int = 200) -> Iterator[None]:
    """Run ``child`` until the block is left; goes on once ``url`` gives ``answer``."""
    log = stand.folder / f"{child.name}.log"
    with log.open("wb") as output:
        process = processes.spawn(child, output.fileno())
        try:
            _until(url, answer, log)
            yield
        finally:
            processes.end(process, signal.SIGTERM, child.stop_seconds_max)


def _until(url: str, answer: int, log: Path) -> None:
    deadline = time.monotonic() + UP_SECONDS_MAX
    while _status(url) != answer:
        if time.monotonic() > deadline:
            message = f"{url} does not answer {answer}: {log.read_text()[-2_000:]}"
            raise TimeoutError(message)
        time.sleep(LOOK_SECONDS)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=2) as given:
            return int(given.status)
    except urllib.error.HTTPError as no:
        return no.code
    except OSError:
        return 0
