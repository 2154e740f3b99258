"""A page written once for a whole crowd: all of it but what is a visitor's own, and that put in for each.

Writing the frame of a page takes longer than everything else that a popular page needs, and it says the same to
everybody who reads it in one language and zone. A :class:`Shell` is the page in pieces; between them go the word that
marks the answer's scripts, the visitor's token, the instant, and what the visitor's bag says.
"""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import g, make_response, render_template, session
from markupsafe import escape

from marketplace.web import csrf, headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response
    from markupsafe import Markup

SLOT_BYTES = 16
INSTANT = datetime(1, 1, 1, 0, 0, 0, 1, UTC)
"""Stands for the instant at which the page is asked for; no page tells of that year."""


def _slot() -> str:
    return f"slot-{secrets.token_hex(SLOT_BYTES)}"


NONCE, TOKEN, BAG = _slot(), _slot(), _slot()
"""Drawn when the process starts, so that nothing a person writes can be one of them."""
_SLOTS = re.compile(
    "|".join(f"({re.escape(each)})" for each in (NONCE, TOKEN, BAG, INSTANT.isoformat()))
)
_ORDER = ("nonce", "token", "bag", "instant")


@dataclass(frozen=True, slots=True)
class Shell:
    """``parts``, ready to be sent, alternate with ``slots``, which name what goes between them."""

    parts: tuple[bytes, ...]
    slots: tuple[str, ...]

    def filled(self, **own: str) -> bytes:
        """The page with a visitor's ``own`` values, each safe to stand in HTML."""
        mine = {slot: value.encode() for slot, value in own.items()}
        pieces = [self.parts[0]]
        for slot, part in zip(self.slots, self.parts[1:], strict=True):
            pieces += (mine[slot], part)
        return b"".join(pieces)


def may_be_shared() -> bool:
    """Whether this visitor's page is everybody's: nothing waits to be told to them once."""
    return "_flashes" not in session


def written(template: str, **context: Any) -> Shell:  # noqa: ANN401 - what a template is given
    """The page of ``template`` with its slots open; ``now`` is one of them."""
    with _slots_open():
        whole = render_template(
            template,
            **context,
            now=INSTANT,
            bag=None,
            bag_slot=BAG,
            visitor=None,
            person_name="",
        )
    return cut(whole)


def cut(whole: str) -> Shell:
    """``whole`` in pieces, cut where a slot stands."""
    parts, slots, end = [], [], 0
    for found in _SLOTS.finditer(whole):
        assert found.lastindex is not None, "one of the slots was found"
        parts.append(whole[end : found.start()].encode())
        slots.append(_ORDER[found.lastindex - 1])
        end = found.end()
    return Shell((*parts, whole[end:].encode()), tuple(slots))


def shown(shell: Shell, *, bag: Markup, now: datetime) -> Response:
    """The visitor's own copy."""
    return make_response(
        shell.filled(
            nonce=escape(headers.nonce()),
            token=escape(csrf.token()),
            bag=bag,
            instant=now.isoformat(),
        )
    )


@contextmanager
def _slots_open() -> Iterator[None]:
    mine = headers.nonce()
    g.csp_nonce, g.token_slot = NONCE, TOKEN
    try:
        yield
    finally:
        g.csp_nonce = mine
        del g.token_slot
