"""Runs migrations over the connection of whoever owns the database; one migrator at a time."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import create_engine, text

from marketplace.db.tables import METADATA

MIGRATION_LOCK = 7_202_611
LOCK_TIMEOUT = "2s"


def _owner_url() -> str:
    given = context.config.attributes.get("owner_url")
    url = given or os.environ.get("MIGRATION_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    assert url, "Set MIGRATION_DATABASE_URL to the owner of the database."
    return str(url)


def _offline() -> None:
    context.configure(
        dialect_name="postgresql",
        target_metadata=METADATA,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        context.run_migrations()


def _online() -> None:
    engine = create_engine(_owner_url())
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            transaction_per_migration=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


if context.is_offline_mode():
    _offline()
else:
    _online()
