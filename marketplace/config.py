"""Settings of one process: read once from the environment, frozen, complaining at start.

A setting that is missing or malformed raises :class:`SettingsError` with one clear sentence, so that
a wrong deployment fails before it serves, not while a member waits.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stdnum import iban

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_KEY_LENGTH_MIN = 32
PORT_MAX = 65_535
PACE_MAX = 1_000
_PACES_MIN = {"stripe_endpoint_per_second": 25, "stripe_overall_per_second": 100}


class SettingsError(Exception):
    """A setting that the process cannot start with; its text is shown to the person who starts it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a process may know about where it runs. Field names are the variables' names, lowercased."""

    database_url: str
    redis_url: str
    secret_key: str
    public_url: str
    stripe_api_key: str
    stripe_webhook_secret: str
    stripe_api_base: str = "https://api.stripe.com"
    stripe_endpoint_per_second: int = 25
    stripe_overall_per_second: int = 100
    checkout_origins: tuple[str, ...] = ("https://checkout.stripe.com",)
    smtp_url: str = ""
    mail_from: str = "Aubaine <no-reply@aubaine.example>"
    storage_url: str = ""
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    secret_key_fallbacks: tuple[str, ...] = ()
    customer_key: str = ""
    house_iban: str = ""
    ecb_rates: tuple[str, ...] = ()
    live_url: str = ""
    log_level: str = "INFO"
    metrics_port: int = 0
    embedded: bool = False
    outward_anywhere: bool = False
    closed_until: datetime | None = None


_URL_SCHEMES = {
    "database_url": ("postgresql", "postgresql+psycopg"),
    "redis_url": ("redis", "rediss", "valkey", "valkeys", "unix"),
    "public_url": ("http", "https"),
    "stripe_api_base": ("http", "https"),
    "smtp_url": ("smtp", "smtps", "capture"),
    "storage_url": ("file", "s3"),
    "live_url": ("http", "https"),
}


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read ``AUBAINE``'s settings from ``environment``; raises :class:`SettingsError` at the first wrong one."""
    found: dict[str, object] = {}
    for field in fields(Settings):
        name = field.name.upper()
        text = environment.get(name, "").strip()
        if text:
            found[field.name] = _parsed(field.name, str(field.type), text)
        elif field.name in _REQUIRED:
            message = (
                f"{name} is not set. Set it, or run `python3 dev.py up`, which brings its own."
            )
            raise SettingsError(message)
    settings = Settings(**found)  # type: ignore[arg-type]  # each value was parsed by its field's type
    _check(settings)
    return settings


_REQUIRED = (
    "database_url",
    "redis_url",
    "secret_key",
    "public_url",
    "stripe_api_key",
    "stripe_webhook_secret",
    "storage_url",
)


def _parsed(name: str, kind: str, text: str) -> object:
    if kind.startswith("tuple"):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind == "int":
        if not text.isdecimal() or int(text) > PORT_MAX:
            message = f"{name.upper()} must be a whole number from 0 to {PORT_MAX}, not {text!r}."
            raise SettingsError(message)
        return int(text)
    if kind == "bool":
        if text not in {"0", "1"}:
            message = f"{name.upper()} must be 0 or 1, not {text!r}."
            raise SettingsError(message)
        return text == "1"
    if kind.startswith("datetime"):
        return _instant(name, text)
    schemes = _URL_SCHEMES.get(name)
    if schemes and urlsplit(text).scheme not in schemes:
        message = f"{name.upper()} must begin with {' or '.join(s + '://' for s in schemes)}."
        raise SettingsError(message)
    return text


def _instant(name: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        message = (
            f"{name.upper()} must be an instant with its offset, such as 2026-03-05T06:30+01:00."
        )
        raise SettingsError(message)
    return found


def _check_paces(settings: Settings) -> None:
    """What Stripe permits at least, and what one stock of tokens can be counted with."""
    for name, least in _PACES_MIN.items():
        if not least <= getattr(settings, name) <= PACE_MAX:
            message = f"{name.upper()} must be a whole number from {least} to {PACE_MAX}."
            raise SettingsError(message)


def _check(settings: Settings) -> None:
    if len(settings.secret_key) < SECRET_KEY_LENGTH_MIN:
        message = f"SECRET_KEY must have at least {SECRET_KEY_LENGTH_MIN} characters."
        raise SettingsError(message)
    if settings.stripe_api_key.startswith("sk_live_") and settings.stripe_api_base.startswith(
        "http:"
    ):
        message = "A live Stripe key may only be used with an https STRIPE_API_BASE."
        raise SettingsError(message)
    _check_paces(settings)
    if settings.house_iban and not iban.is_valid(settings.house_iban):
        message = "HOUSE_IBAN is not an account number: look at its digits again."
        raise SettingsError(message)
    if settings.outward_anywhere and not settings.embedded:
        message = (
            "OUTWARD_ANYWHERE=1 lets a brand's addresses lead into the house: it is for tests on one"
            " machine, with EMBEDDED=1."
        )
        raise SettingsError(message)
