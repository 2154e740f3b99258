"""What a sale's page shows to every member alike, kept for a moment: a crowd looks, the house is asked twice a second.

Kept are what was found and how it was written, for one process and less than half a second. Whether the sale is open
is decided anew at each request, by its times and the database's clock; and a hold asks the database itself.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flask import current_app

from marketplace.domain.sales import phase

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from flask import Flask
    from markupsafe import Markup

    from marketplace.queries.sale_page import SalePage
    from marketplace.queries.stock_words import StockWords
    from marketplace.web.shells import Shell

KEPT_MS = 400
"""Words on a page are at most a second old: this, and the time it takes to look and write."""
WRITTEN_WITHIN_MS = 400
"""For how long after that a page may stand that is being written anew."""
SENT_MS = 100
"""How long after somebody went to look the others rely on it that they will."""
SHOWN_MAX = 200
NAME = "aubaine.showcase"

Key = tuple[str, tuple[str, ...], int, str]
"""A sale, the sizes asked for, which page of them, and the language."""
Reader = tuple[str, str]
"""Where members read the same page differently still: the zone of its times, and the filter as it was chosen."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it was found, and its ``grid`` as it was written on ``day``: addresses of photographs are dated."""

    page: SalePage
    grid: Markup
    day: date
    found_ns: int
    shells: dict[Reader, Shell] = field(default_factory=dict)
    before: Shown | None = None
    """What was shown until this was found: readers are shown it while their page is being written."""
    _writing: dict[Reader, threading.Lock] = field(default_factory=dict)

    def shell(self, reader: Reader, write: Callable[[], Shell]) -> Shell:
        """The page around the grid as ``reader`` reads it, written by one of those who ask first."""
        kept = self.shells.get(reader)
        if kept is None:
            with self._writing.setdefault(reader, threading.Lock()):
                kept = self.shells.get(reader)
                if kept is None:
                    kept = self.shells[reader] = write()
        return kept

    def shell_ready(self, reader: Reader, now: datetime, kept_ms: int) -> Shell | None:
        """The same if it is there. While somebody writes it, that of before, for a moment; else None: it is yours.

        To one of those who ask first it is theirs: the others are shown what was before.
        """
        kept, before = self.shells.get(reader), self.before
        if kept is not None or before is None or reader not in before.shells:
            return kept
        lasts = before.holds(now, kept_ms + WRITTEN_WITHIN_MS)
        first = self._first(reader)
        return before.shells[reader] if lasts and not first else None

    def _first(self, reader: Reader) -> bool:
        """Whether nobody asked for it before."""
        mine = threading.Lock()
        return self._writing.setdefault(reader, mine) is mine

    def holds(self, now: datetime, kept_ms: int) -> bool:
        """Whether it may still be shown: the sale is what it was, and nothing is old."""
        return time.monotonic_ns() < self.found_ns + kept_ms * 1_000_000 and self.in_phase(now)

    def in_phase(self, now: datetime) -> bool:
        """Whether the sale is at ``now`` what it was when this was found."""
        return phase(self.page.header.window, now) is self.page.header.phase

    def says_the_same(self, page: SalePage, day: date) -> bool:
        """Whether the cards of ``page`` would be written as they stand here."""
        told = (self.page.styles, self.page.header.phase, self.day)
        return told == (page.styles, page.header.phase, day)


@dataclass(frozen=True, slots=True)
class Told:
    """The words of a sale's shelves as they were found, and their mark, by which who asks again knows them."""

    words: StockWords
    mark: str
    found_ns: int

    def holds(self, now: datetime, kept_ms: int) -> bool:
        """Whether they may still be told."""
        return time.monotonic_ns() < self.found_ns + kept_ms * 1_000_000 and self.in_phase(now)

    def in_phase(self, now: datetime) -> bool:
        """Whether the sale is at ``now`` what it was when they were found."""
        return phase(self.words.window, now) is self.words.phase


class Showcase:
    """The pages of one process. One thread looks again; the others show what there is meanwhile."""

    def __init__(self) -> None:
        """Empty."""
        self.kept_ms = KEPT_MS
        self._told: dict[str, Told] = {}
        self._shown: OrderedDict[Key, Shown] = OrderedDict()
        self._looking: dict[Key | str, threading.Lock] = {}
        self._sent: dict[Key | str, int] = {}
        self._guard = threading.Lock()

    def show(
        self,
        key: Key,
        now: datetime,
        *,
        look: Callable[[], SalePage],
        write: Callable[[SalePage], Markup],
    ) -> Shown:
        """What is shown under ``key`` at ``now``, found by ``look`` where nothing fresh is kept.

        The cards are written by the one thread that looks, and only where they say something else than before:
        they carry words and not counts, so a crowd that buys seldom changes them.
        """
        kept = self._shown.get(key)
        if kept is not None and kept.holds(now, self.kept_ms):
            return kept
        with self._guard:
            lock = self._looking.setdefault(key, threading.Lock())
        may_wait = kept is None or not kept.in_phase(now)
        if not lock.acquire(blocking=may_wait):
            assert kept is not None, "without anything to show one waits"
            return kept
        try:
            kept = self._shown.get(key)
            if kept is None or not kept.holds(now, self.kept_ms):
                page, day = look(), now.date()
                kept = _anew(kept, page, day, write)
                self._keep(key, kept)
            return kept
        finally:
            lock.release()

    def ready(self, key: Key, now: datetime) -> Shown | None:
        """What can be shown under ``key`` at ``now`` without looking: it is fresh, or somebody goes to look.

        That is who asks first after it has aged: to them it is None.
        """
        kept = self._shown.get(key)
        if kept is None or kept.holds(now, self.kept_ms):
            return kept
        return kept if kept.in_phase(now) and self._is_looked_at(key, kept, now) else None

    def words(self, ref: str, now: datetime, *, look: Callable[[], StockWords]) -> Told:
        """The words of the sale ``ref`` at ``now``, found by ``look`` where nothing fresh is kept."""
        kept = self._told.get(ref)
        if kept is not None and kept.holds(now, self.kept_ms):
            return kept
        with self._guard:
            lock = self._looking.setdefault(ref, threading.Lock())
        if not lock.acquire(blocking=kept is None or not kept.in_phase(now)):
            assert kept is not None, "without anything to tell one waits"
            return kept
        try:
            kept = self._told.get(ref)
            if kept is None or not kept.holds(now, self.kept_ms):
                found = look()
                kept = Told(found, found.fingerprint, time.monotonic_ns())
                if len(self._told) >= SHOWN_MAX:
                    self._told.clear()
                    self._sent.clear()
                self._told[ref] = kept
            return kept
        finally:
            lock.release()

    def words_ready(self, ref: str, now: datetime) -> Told | None:
        """Those that can be told at ``now`` without looking: they are fresh, or somebody goes to look."""
        kept = self._told.get(ref)
        if kept is None or kept.holds(now, self.kept_ms):
            return kept
        return kept if kept.in_phase(now) and self._is_looked_at(ref, kept, now) else None

    def _is_looked_at(self, key: Key | str, kept: Shown | Told, now: datetime) -> bool:
        """Whether somebody looks, or was sent to a moment ago; otherwise whoever asks is sent now.

        Who is sent may not have begun yet: hundreds ask in the same instant, and a thread starts a little later.
        """
        looking = self._looking.get(key)
        if looking is not None and looking.locked():
            return True
        at, sent = time.monotonic_ns(), self._sent.get(key)
        if sent is not None and at < sent + SENT_MS * 1_000_000:
            return kept.holds(now, self.kept_ms and self.kept_ms + WRITTEN_WITHIN_MS)
        self._sent[key] = at
        return False

    def _keep(self, key: Key, shown: Shown) -> None:
        with self._guard:
            self._shown[key] = shown
            self._shown.move_to_end(key)
            while len(self._shown) > SHOWN_MAX:
                gone, _ = self._shown.popitem(last=False)
                self._looking.pop(gone, None)
                self._sent.pop(gone, None)


def _anew(
    kept: Shown | None, page: SalePage, day: date, write: Callable[[SalePage], Markup]
) -> Shown:
    """``page`` as it is shown from now on, with what of it is written already."""
    found_ns = time.monotonic_ns()
    if kept is None:
        return Shown(page, write(page), day, found_ns)
    if (page, day) == (kept.page, kept.day):
        return replace(kept, found_ns=found_ns)
    grid = kept.grid if kept.says_the_same(page, day) else write(page)
    return Shown(page, grid, day, found_ns, before=replace(kept, before=None))


def here() -> Showcase:
    """That of the running application."""
    return of(current_app)


def of(app: Flask) -> Showcase:
    """That of ``app``."""
    found: Showcase = app.extensions.setdefault(NAME, Showcase())
    found.kept_ms = app.config.get("SHOWCASE_KEPT_MS", KEPT_MS)
    return found
