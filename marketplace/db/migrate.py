"""Migrations by program: bring a database to the newest schema, and make the login the application uses."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import create_engine

ROOT = Path(__file__).resolve().parents[2]
APP_LOGIN = "aubaine_app"


def configuration(owner_url: str) -> Config:
    """Alembic's configuration for this tree and the database at ``owner_url``."""
    configured = Config()
    configured.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    configured.attributes["owner_url"] = owner_url
    return configured


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Migrate up to ``revision``; safe to run twice and by two at once (an advisory lock queues them)."""
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
