"""Migrations by program: bring a database to the newest schema, and make the login the application uses."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parents[2]
APP_LOGIN = "aubaine_app"

UNFIT = text("""
    SELECT CASE
        WHEN rolsuper THEN NULL
        WHEN NOT rolcreaterole THEN 'CREATEROLE'
        WHEN NOT rolbypassrls THEN 'BYPASSRLS'
    END
    FROM pg_roles WHERE rolname = current_user
""")


class UnfitOwner(Exception):
    """The owner of the database lacks an attribute of PostgreSQL, without which it works on half of the rows.

    Row-level security is forced upon every table, its owner's statements included: without BYPASSRLS a migration
    that rewrites rows would find none, and a backup would stop at the first table.
    """

    def __init__(self, attribute: str) -> None:
        super().__init__(attribute)
        self.attribute = attribute


def configuration(owner_url: str) -> Config:
    """Alembic's configuration for this tree and the database at ``owner_url``."""
    configured = Config()
    configured.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    configured.attributes["owner_url"] = owner_url
    return configured


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Migrate up to ``revision``; safe to run twice and by two at once (an advisory lock queues them).

    Raises UnfitOwner before anything is changed if ``owner_url``'s role may not make roles or does not see every row.
    """
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        lacking = connection.execute(UNFIT).scalar_one()
    engine.dispose()
    if lacking:
        raise UnfitOwner(lacking)
    command.upgrade(configuration(owner_url), revision)


def downgrade(owner_url: str, revision: str) -> None:
    """Migrate down to ``revision``."""
    command.downgrade(configuration(owner_url), revision)


def check(owner_url: str) -> None:
    """Raise if tables and migrations disagree."""
    command.check(configuration(owner_url))


def create_app_login(owner_url: str, password: str) -> None:
    """Let ``aubaine_app`` log in with ``password``; migrations made the role and what it may do."""
    engine = create_engine(owner_url)
    with engine.connect() as connection, connection.begin():
        driver = connection.connection.driver_connection
        assert driver is not None, "no driver connection"
        driver.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(APP_LOGIN), sql.Literal(password)
            )
        )
    engine.dispose()
