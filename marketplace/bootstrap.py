"""Fills the toolbox: the only file that chooses real gateways and reads the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from marketplace.db.session import Vault, engine_for, prepare
from marketplace.gateways import announcements, files, mail, payments
from marketplace.toolbox import Toolbox

if TYPE_CHECKING:
    from marketplace.config import Settings


def toolbox(settings: Settings, *, pool_size: int, process: str) -> Toolbox:
    """The tools of one process; ``process`` names it in PostgreSQL's list of connections."""
    engine = engine_for(settings.database_url, pool_size=pool_size, application=f"aubaine-{process}")
    prepare(engine)
    vault = Vault(engine)
    return Toolbox(
        vault=vault,
        payments=payments.chosen(settings),
        mail=mail.chosen(settings, vault),
        files=files.chosen(settings),
        announcer=announcements.chosen(settings),
        now=wall_clock,
        public_url=settings.public_url,
    )


def wall_clock() -> datetime:
    """The machine's clock, for the stamps of logs and mails; it decides nothing."""
    return datetime.now(UTC)
