"""What the simulator reads from its environment, once, at the start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PORT_MAX = 65_535


class SettingsError(Exception):
    """A setting the simulator cannot start with; its text is for the person who starts it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The simulator's settings; each is an environment variable described in the docs."""

    folder: Path
    port: int
    api_key: str
    webhook_secret: str
    webhook_url: str
    limits: bool
    control: bool
    leash: bool


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings; raises :class:`SettingsError` at the first one that is missing or wrong."""
    folder = _required(environment, "SIMULATOR_STATE")
    webhook_url = environment.get("SIMULATOR_WEBHOOK_URL", "").strip()
    secrets = [part.strip() for part in environment.get("STRIPE_WEBHOOK_SECRET", "").split(",")]
    if webhook_url and not secrets[0]:
        message = "SIMULATOR_WEBHOOK_URL needs STRIPE_WEBHOOK_SECRET to sign what is sent there."
        raise SettingsError(message)
    if webhook_url and not webhook_url.startswith(("http://", "https://")):
        message = "SIMULATOR_WEBHOOK_URL must begin with http:// or https://."
        raise SettingsError(message)
    return Settings(
        folder=Path(folder),
        port=_port(environment.get("SIMULATOR_PORT", "0").strip()),
        api_key=_required(environment, "STRIPE_API_KEY"),
        webhook_secret=secrets[0],
        webhook_url=webhook_url,
        limits=_switch(environment, "SIMULATOR_LIMITS", default=True),
        control=_switch(environment, "SIMULATOR_CONTROL", default=False),
        leash=_switch(environment, "SIMULATOR_LEASH", default=False),
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "").strip()
    if not text:
        message = f"{name} is not set."
        raise SettingsError(message)
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > PORT_MAX:
        message = f"SIMULATOR_PORT must be a whole number from 0 to {PORT_MAX}, not {text!r}."
        raise SettingsError(message)
    return int(text)


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environment.get(name, "").strip()
    if text not in {"", "0", "1"}:
        message = f"{name} must be 0 or 1, not {text!r}."
        raise SettingsError(message)
    return default if not text else text == "1"
