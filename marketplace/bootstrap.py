"""Fills the toolbox: the only file that chooses real gateways and reads the wall clock."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import OperationalError

from marketplace.config import SettingsError
from marketplace.db import migrate as migrations
from marketplace.db.session import StoreDown, Vault, engine_for, prepare
from marketplace.domain.settlements import rates_from
from marketplace.gateways import announcements, files, images, mail, outward, payments, spreadsheets
from marketplace.toolbox import Toolbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date

    from marketplace.config import Settings
    from marketplace.toolbox import Pictures, Spreadsheets


def toolbox(settings: Settings, *, pool_size: int, process: str, together: bool = False) -> Toolbox:
    """The tools of one process; ``process`` names it in PostgreSQL's list of connections.

    ``together``: it serves a crowd, whose same questions share their round trips.
    """
    engine = engine_for(
        settings.database_url, pool_size=pool_size, application=f"aubaine-{process}"
    )
    prepare(engine)
    return assembled(settings, Vault(engine, together=together), at_a_door=together)


def assembled(settings: Settings, vault: Vault, *, at_a_door: bool = False) -> Toolbox:
    """The tools that ``settings`` name, beside a vault that is open already."""
    return Toolbox(
        vault=vault,
        payments=payments.chosen(settings, vault, wall_clock, at_a_door=at_a_door),
        mail=mail.chosen(settings, vault),
        files=files.chosen(settings),
        announcer=announcements.chosen(settings),
        spreadsheets=spreadsheets,
        pictures=images,
        outward=outward.chosen(settings),
        now=wall_clock,
        public_url=settings.public_url,
        secret_key=settings.secret_key,
        customer_key=settings.customer_key or settings.secret_key,
        house_iban=settings.house_iban,
        ecb_rates_bps=_rates(settings),
    )


def _rates(settings: Settings) -> dict[date, int]:
    try:
        return rates_from(settings.ecb_rates)
    except ValueError:
        raise SettingsError(
            "ECB_RATES names first days of half-years with percentages, such as 2026-01-01:2.15,2026-07-01:2.4."
        ) from None


def heard(settings: Settings) -> AsyncIterator[int]:
    """The ids of sales that change, for the live channel."""
    return announcements.heard(settings.redis_url)


def desk() -> tuple[Spreadsheets, Pictures]:
    """What reads strangers' files, for a command that needs no store and no settings."""
    return spreadsheets, images


def migrate(owner_url: str) -> None:
    """Bring the database of ``owner_url`` to the newest schema.

    StoreDown if it cannot be reached, SettingsError if its role lacks an attribute that an owner needs.
    """
    try:
        migrations.upgrade(owner_url)
    except migrations.UnfitOwner as trouble:
        attribute = trouble.attribute
        raise SettingsError(
            f"The role of MIGRATION_DATABASE_URL needs {attribute}: ALTER ROLE … {attribute}."
        ) from trouble
    except OperationalError as trouble:
        raise StoreDown(str(trouble.orig).strip()) from trouble


def wall_clock() -> datetime:
    """The machine's clock, for the stamps of logs and mails; it decides nothing."""
    return datetime.now(UTC)


def configure_logs(settings: Settings, *, process: str) -> None:
    """Logs as JSON lines on standard error: one event a line, with the ids of request or run, and no personal data."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
