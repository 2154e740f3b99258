"""The toolbox: all that a use case may touch, and the promises (protocols) that gateways keep.

``bootstrap.py`` fills it with the real ones. A use case receives it as ``tools`` and reaches
nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol, TypeVar

from marketplace.db import asking, audit
from marketplace.db.asking import Asking
from marketplace.db.brands import Kept
from marketplace.db.session import StoreDown
from marketplace.domain.doors import CLOCK, Actor, Door
from marketplace.toolbox.paying import (
    CardAsked,
    CardSession,
    CheckoutAsked,
    CheckoutLine,
    CheckoutSession,
    CollectAsked,
    Collected,
    DisputeTold,
    PaymentEvent,
    Payments,
    RefundAnswer,
    SavedCard,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from contextvars import Context
    from datetime import date, datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from marketplace.db.session import Vault
    from marketplace.domain.events import Fact
    from marketplace.domain.imports.given import Photograph, SheetText

FILENAME_LENGTH_MAX = 200
FILE_KEY_BYTES = 24

Comes = TypeVar("Comes")


__all__ = (
    "Announcer",
    "Asking",
    "Attachment",
    "CardAsked",
    "CardSession",
    "CellValue",
    "CheckoutAsked",
    "CheckoutLine",
    "CheckoutSession",
    "CollectAsked",
    "Collected",
    "DisputeTold",
    "Fetched",
    "Files",
    "GateFull",
    "GatewayRefusal",
    "GatewayTrouble",
    "Mail",
    "MailSender",
    "Outward",
    "PaymentEvent",
    "Payments",
    "Pictures",
    "RefundAnswer",
    "Reply",
    "SavedCard",
    "Sheet",
    "Spreadsheets",
    "StoreDown",
    "Toolbox",
)


class GatewayTrouble(Exception):
    """A stranger did not answer, or answered that they are in trouble: try again later."""


class GateFull(GatewayTrouble):
    """The house itself keeps the call back for a moment, so that the stranger is not asked too often: none was made."""


class GatewayRefusal(Exception):
    """A stranger understood and said no: trying again will not help. ``code`` is theirs."""

    def __init__(self, code: str, message: str) -> None:
        """``code`` and ``message`` as the stranger gave them."""
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file sent with a mail."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to leave. The same ``key`` is the same mail, however often it is handed over."""

    to_address: str
    to_name: str
    subject: str
    text: str
    html: str
    letter_id: int | None = None
    key: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()


class MailSender(Protocol):
    """The mail server, or the page of captured mails where none is set."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over; GatewayTrouble if it could not be taken."""


class Files(Protocol):
    """Where files are kept: a folder or a bucket. Keys are random and say nothing."""

    def put(self, key: str, content: bytes | Path) -> None:
        """Keep ``content`` under ``key``."""

    def get(self, key: str) -> bytes:
        """The content; GatewayRefusal ``missing`` if there is none."""

    def fetch_to(self, key: str, path: Path) -> None:
        """Write the content to ``path`` without holding it whole in memory."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as somebody sent it: what they call it, and where its bytes lie for the moment."""

    filename: str
    path: Path

    @property
    def name(self) -> str:
        """The file's own name without folders, its end kept where it is too long."""
        return PurePath(self.filename.replace("\\", "/")).name[-FILENAME_LENGTH_MAX:]


class Announcer(Protocol):
    """Tells the live channel that something about a sale changed; losing a word is harmless."""

    def sale_changed(self, sale_id: int) -> None:
        """Ask live pages of this sale to look again."""

    def answers(self) -> bool:
        """Whether the carrier of these words can be reached."""


CellValue = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet to write: its name, its header and its rows. Numbers stay numbers, text stays text."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[CellValue]]


class Spreadsheets(Protocol):
    """Reads a brand's spreadsheet away from everything else, and writes ours: nothing in either is carried out."""

    def csv_bytes(
        self, header: Sequence[str], rows: Iterable[Sequence[CellValue]], *, delimiter: str = ";"
    ) -> bytes:
        """Rows as CSV (UTF-8 with its mark), safe to open in a spreadsheet program."""

    def xlsx_bytes(self, sheets: Sequence[Sheet]) -> bytes:
        """Sheets as a workbook, safe to open in a spreadsheet program."""

    def opened(
        self, path: Path, *, name: str, sheet: str | None = None
    ) -> AbstractContextManager[SheetText]:
        """The sheet as text while the block lasts; FileUnreadable where it cannot be read."""


class Pictures(Protocol):
    """Looks at a brand's photographs and draws them anew, away from everything else."""

    def inspected(self, path: Path, *, name: str) -> Iterator[Photograph]:
        """Every photograph of a ZIP file, without copies; FileUnreadable if it is none."""

    def drawn(self, path: Path, *, name: str, names: Sequence[str] = ()) -> Iterator[Photograph]:
        """The photographs called ``names`` (all, if empty) with copies in several widths."""

    def drawn_single(self, path: Path, *, name: str) -> Photograph:
        """One picture file with copies; ``code`` set where it is refused."""

    def marked(self, path: Path, *, name: str, mark: str) -> Iterator[Photograph]:
        """The photographs of a ZIP file with copies, ``mark`` drawn on each."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a stranger answered a message: the status, the start of what they said, and how long it took."""

    status: int
    start: bytes
    took_ms: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched: its kind as the stranger named it (``image/jpeg``), and its size in bytes."""

    kind: str
    size: int


class Outward(Protocol):
    """Calls to addresses that a brand named: the open internet alone, never the house's own surroundings."""

    def check(self, url: str) -> None:
        """AddressRefused unless ``url`` may be called, as far as can be told now."""

    def send(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
        """POST ``body``; no redirect is followed.

        AddressRefused if the address leads inside meanwhile; GatewayTrouble with a ``Fault`` if nobody answers.
        """

    def fetch(self, url: str, path: Path, *, bytes_max: int, kinds: frozenset[str]) -> Fetched:
        """GET ``url`` into ``path``, streaming; nothing is left at ``path`` where it fails.

        AddressRefused and GatewayTrouble as above; GatewayRefusal ``status_…``, ``kind``, ``too_large`` or
        ``redirects`` for an answer that is not a file of these kinds (media types such as ``image/jpeg``).
        """


@dataclass(frozen=True, slots=True)
class Toolbox:
    """Everything a use case may touch, already in the hands of one actor at one door."""

    vault: Vault
    payments: Payments
    mail: MailSender
    files: Files
    announcer: Announcer
    spreadsheets: Spreadsheets
    pictures: Pictures
    outward: Outward
    now: Callable[[], datetime]
    public_url: str
    actor: Actor = CLOCK
    brand_id: int | None = None
    request_id: str = ""
    secret_key: str = field(default="", repr=False)
    customer_key: str = field(default="", repr=False)
    house_iban: str = field(default="", repr=False)
    ecb_rates_bps: Mapping[date, int] = field(default_factory=dict)

    def at_door(
        self, door: Door, *, account_id: int | None = None, brand_id: int | None = None
    ) -> Toolbox:
        """The same tools in the hands of ``account_id`` at ``door``; a brand's carry its brand."""
        assert (door is Door.BRAND) == (brand_id is not None), (
            "the brand's door, and only it, names a brand"
        )
        return replace(self, actor=Actor(door, account_id), brand_id=brand_id)

    def keep(self, upload: Upload) -> Kept:
        """Take a sent file into keeping under a random key, before a row speaks of it."""
        key = f"uploads/{secrets.token_hex(FILE_KEY_BYTES)}"
        with upload.path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        self.files.put(key, upload.path)
        return Kept(key, upload.name, upload.path.stat().st_size, digest)

    def during(self, request_id: str) -> Toolbox:
        """The same tools, marking what they record with the request that asked for it."""
        return replace(self, request_id=request_id)

    def sealed(self, seed: str) -> str:
        """The 256-bit word of a link in a letter.

        Tables keep ``seed`` and the word's hash: neither gives it away.
        """
        assert self.secret_key, "a link cannot be sealed without the house's key"
        word = hmac.digest(self.secret_key.encode(), f"link:{seed}".encode(), "sha256")
        return base64.urlsafe_b64encode(word).decode().rstrip("=")

    def mark_of(self, digest: str) -> bytes:
        """What the house keeps of an address, given its SHA-256: the same each time, and nothing without the key."""
        assert self.customer_key, "nobody is marked without the house's key"
        return hmac.digest(self.customer_key.encode(), f"customer:{digest}".encode(), "sha256")

    def transaction(self) -> AbstractContextManager[Session]:
        """One transaction as the current actor's door; commits at the end of the block."""
        return self.vault.transaction(self.actor.kind, brand_id=self.brand_id)

    def reading(self) -> AbstractContextManager[Session]:
        """One look as the current actor's door; PostgreSQL refuses any write in it."""
        return self.vault.reading(self.actor.kind, brand_id=self.brand_id)

    def waited_for(self, asked: Asking[Comes]) -> Comes:
        """What ``asked`` comes to; this thread waits for the answers to its questions."""
        return asking.waited_for(self.vault, asked)

    async def awaited(self, asked: Asking[Comes], within: Context | None = None) -> Comes:
        """The same for a coroutine; each step runs ``within`` a context that no other request sees."""
        return await asking.awaited(self.vault, asked, within)

    def record(self, session: Session, *facts: Fact) -> tuple[int, ...]:
        """Write what happened, in the transaction that made it true; returns the events' ids."""
        return audit.record(session, facts, actor=self.actor, request_id=self.request_id)
