"""What a person may put in the place of an embedded part, and the questions asked of it first.

Each part is asked once, before anything starts, and has three seconds to answer. What empties or
fills stores (`reset`, `test`, demo data) refuses to run while any of these is set.
"""

from __future__ import annotations

import base64
import os
import smtplib
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import obstore
import psycopg
import redis
from obstore.exceptions import BaseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SECONDS_MAX = 3
NAMES = (
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "REDIS_URL",
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_BASE",
    "SMTP_URL",
    "STORAGE_URL",
)


class OutsideError(Exception):
    """A part that stands outside cannot be used; the text is one sentence for whoever set it."""


def named(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return which of :data:`NAMES` are set."""
    return tuple(name for name in NAMES if environment.get(name, "").strip())


def refuse(environment: Mapping[str, str], command: str) -> None:
    """Raise :class:`OutsideError` if anything outside is named: ``command`` is not for that."""
    found = named(environment)
    if found:
        raise OutsideError(
            f"`{command}` touches embedded stores only, and {' and '.join(found)} "
            f"{'is' if len(found) == 1 else 'are'} set: unset first. Nothing was changed."
        )


def check(environment: Mapping[str, str]) -> None:
    """Ask every part that is named; raises :class:`OutsideError` for the first that is no use."""
    _check_pairs(environment)
    answers: dict[str, str | None] = {}
    asked = [
        threading.Thread(target=_ask, args=(name, question, environment, answers), daemon=True)
        for name, question in _QUESTIONS.items()
        if environment.get(name, "").strip()
    ]
    for thread in asked:
        thread.start()
    for thread in asked:
        thread.join(SECONDS_MAX + 0.5)
    for name in _QUESTIONS:
        if environment.get(name, "").strip():
            trouble = answers.get(name, f"did not answer within {SECONDS_MAX} seconds")
            if trouble is not None:
                raise OutsideError(f"{name} cannot be used: {_shown(environment[name])} {trouble}.")


def _check_pairs(environment: Mapping[str, str]) -> None:
    """Refuse half of a pair: one half alone would start and fail at the first payment."""
    found = named(environment)
    if "MIGRATION_DATABASE_URL" in found and "DATABASE_URL" not in found:
        raise OutsideError("MIGRATION_DATABASE_URL is set and DATABASE_URL is not: set both.")
    stripe = {"STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"}
    missing = stripe - set(found)
    if missing and (missing != stripe or "STRIPE_API_BASE" in found):
        raise OutsideError(
            f"Stripe is set in part only: {' and '.join(sorted(missing))} "
            f"{'is' if len(missing) == 1 else 'are'} missing."
        )


def _ask(
    name: str,
    question: Callable[[str, Mapping[str, str]], str | None],
    environment: Mapping[str, str],
    answers: dict[str, str | None],
) -> None:
    try:
        answers[name] = question(environment[name].strip(), environment)
    except Exception as trouble:  # noqa: BLE001  # an address may be wrong in any way there is
        answers[name] = f"answered with {_first_line(trouble)}"


# The questions. Each returns None, or what is wrong, to stand after the part's address.


def _database(url: str, _environment: Mapping[str, str]) -> str | None:
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgresql+psycopg"}:
        return "does not begin with postgresql://"
    try:
        plain = url.replace("postgresql+psycopg:", "postgresql:", 1)
        with psycopg.connect(plain, connect_timeout=SECONDS_MAX) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as trouble:
        return f"does not answer ({_first_line(trouble)})"
    return None


def _redis(url: str, _environment: Mapping[str, str]) -> str | None:
    try:
        client = redis.Redis.from_url(
            url, socket_timeout=SECONDS_MAX, socket_connect_timeout=SECONDS_MAX
        )
        client.ping()
    except (redis.RedisError, ValueError, OSError) as trouble:
        return f"does not answer ({_first_line(trouble)})"
    return None


def _stripe(key: str, environment: Mapping[str, str]) -> str | None:
    base = environment.get("STRIPE_API_BASE", "").strip() or "https://api.stripe.com"
    if urlsplit(base).scheme not in {"http", "https"}:
        return f"has nobody to go to: STRIPE_API_BASE {base} does not begin with https://"
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    request = urllib.request.Request(  # noqa: S310  # the scheme was looked at above
        f"{base.rstrip('/')}/v1/balance", headers={"Authorization": f"Basic {credentials}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_MAX):  # noqa: S310
            return None
    except urllib.error.HTTPError as answer:
        known = {401: "is not accepted", 403: "may not read the balance"}
        return f"{known.get(answer.code, f'was answered with {answer.code}')} by {base}"
    except OSError as trouble:
        return f"could not be tried: {base} does not answer ({_first_line(trouble)})"


def _smtp(url: str, _environment: Mapping[str, str]) -> str | None:
    parts = urlsplit(url)
    if parts.scheme == "capture":
        return None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        return "does not begin with smtp:// or smtps:// and a host"
    secure = parts.scheme == "smtps"
    kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
    try:
        with kind(parts.hostname, parts.port or (465 if secure else 25), timeout=SECONDS_MAX) as to:
            if parts.username:
                to.login(unquote(parts.username), unquote(parts.password or ""))
            to.noop()
    except (OSError, smtplib.SMTPException) as trouble:
        return f"does not take mail ({_first_line(trouble)})"
    return None


def _storage(url: str, _environment: Mapping[str, str]) -> str | None:
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        usable = folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
        return None if usable else "is not a folder that can be written to"
    if parts.scheme != "s3":
        return "does not begin with file:// or s3://"
    try:
        store = obstore.store.from_url(
            url,
            client_options={"timeout": f"{SECONDS_MAX}s", "connect_timeout": f"{SECONDS_MAX}s"},
            retry_config={"max_retries": 0},
        )
        next(iter(obstore.list(store, chunk_size=1)), None)
    except (BaseError, OSError) as trouble:
        return f"cannot be read ({_first_line(trouble)})"
    return None


_QUESTIONS: Mapping[str, Callable[[str, Mapping[str, str]], str | None]] = {
    "DATABASE_URL": _database,
    "MIGRATION_DATABASE_URL": _database,
    "REDIS_URL": _redis,
    "STRIPE_API_KEY": _stripe,
    "SMTP_URL": _smtp,
    "STORAGE_URL": _storage,
}


def _shown(address: str) -> str:
    """Return ``address`` without what is secret in it."""
    parts = urlsplit(address)
    if not parts.scheme:
        return f"{address[:8]}…"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _first_line(trouble: BaseException) -> str:
    return (str(trouble) or type(trouble).__name__).strip().splitlines()[0].rstrip(".")


if __name__ == "__main__":
    try:
        refuse(os.environ, sys.argv[1])
    except OutsideError as no:
        sys.exit(str(no))
