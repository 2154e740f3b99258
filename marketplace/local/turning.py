"""The clock of a house on embedded stores, turned back while its demo plays what is past, and set right for good.

Nothing else in the product can do this: the database's own functions are replaced, by their owner, and a store that
is somebody's own is refused.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.config import Settings

BACK_MAX = timedelta(days=400)
_NOW = (
    "CREATE OR REPLACE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE "
    "AS 'SELECT clock_timestamp(){less}'"
)
_INSTANT = (
    "CREATE OR REPLACE FUNCTION house_instant() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
    "AS 'SELECT statement_timestamp(){less}'"
)
"""Both as the first migration makes them, less how far the clock is turned back."""
_EMPTY = text("SELECT NOT EXISTS (SELECT FROM accounts)")
_BACK = text("SELECT clock_timestamp() - house_now()")


class NotOurs(Exception):
    """The clock of a store that is not embedded, or of a house in which somebody lives, is not turned back."""


class Clock:
    """The clock of one embedded house, as the owner of its database turns it."""

    def __init__(self, settings: Settings, owner_url: str) -> None:
        """Refuses with NotOurs any but embedded stores."""
        if not settings.embedded:
            raise NotOurs
        self._owner = create_engine(owner_url, poolclass=NullPool)

    def back(self) -> timedelta:
        """How far the clock is turned back; less than a second is not at all."""
        with self._owner.connect() as connection:
            found: timedelta = connection.execute(_BACK).scalar_one()
            return found if found >= timedelta(seconds=1) else timedelta()

    def turn_back(self, by: timedelta) -> None:
        """Let it be ``by`` ago in a house in which nobody lives yet; refuses with NotOurs any other."""
        with self._owner.connect() as connection:
            if not connection.execute(_EMPTY).scalar_one():
                raise NotOurs
        self._turn(by)

    def forward_to(self, at: datetime) -> None:
        """Let it be ``at`` now, unless it is later already; never later than it truly is."""
        with self._owner.connect() as connection:
            asked = text("SELECT clock_timestamp() - CAST(:at AS timestamptz)")
            back: timedelta = connection.execute(asked, {"at": at}).scalar_one()
        if back < self.back():
            self._turn(back) if back > timedelta() else self.set_right()

    def set_right(self) -> None:
        """Let the house's clock be the database's own again, as the first migration made it."""
        if self.back():
            self._replace("")

    def _turn(self, back: timedelta) -> None:
        assert timedelta() < back <= BACK_MAX, "a demo's past is of this year"
        self._replace(f" - interval ''{int(back.total_seconds())} seconds''")

    def _replace(self, less: str) -> None:
        with self._owner.begin() as connection:
            for function in (_NOW, _INSTANT):
                connection.execute(text(function.format(less=less)))
