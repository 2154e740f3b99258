"""Tells the live channel, through Valkey, that a sale changed; and hears it there.

Losing a word is harmless: live pages also look by the clock.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import redis
import redis.asyncio
import structlog

from marketplace.db.session import assert_outside_transaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from marketplace.config import Settings

CHANNEL = "aubaine.sales"
TIMEOUT_MS = 250
DEAF_SECONDS = 1
DEAF_SECONDS_MAX = 10

log = structlog.get_logger()


class ValkeyAnnouncer:
    """Publishes ids of sales that changed."""

    def __init__(self, url: str) -> None:
        """Connects at the first word, not at start: the shop opens without Valkey."""
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_MS / 1000,
            socket_connect_timeout=TIMEOUT_MS / 1000,
        )

    def sale_changed(self, sale_id: int) -> None:
        """Publish; a Valkey that is down is noted and otherwise ignored."""
        assert_outside_transaction("the live channel was told")
        try:
            self._client.publish(CHANNEL, str(sale_id))
        except redis.RedisError as trouble:
            log.warning("live_channel_unreachable", trouble=type(trouble).__name__)

    def answers(self) -> bool:
        """Whether Valkey answers."""
        assert_outside_transaction("Valkey was asked how it is")
        try:
            return bool(self._client.ping())
        except redis.RedisError:
            return False


def chosen(settings: Settings) -> ValkeyAnnouncer:
    """The announcer of this process."""
    return ValkeyAnnouncer(settings.redis_url)


async def heard(url: str) -> AsyncIterator[int]:
    """The ids of sales that change, as they are told; without end, and silent while Valkey is away."""
    wait = DEAF_SECONDS
    while True:
        try:
            async with redis.asyncio.Redis.from_url(url) as client, client.pubsub() as ear:
                await ear.subscribe(CHANNEL)
                wait = DEAF_SECONDS
                async for message in ear.listen():
                    if message["type"] == "message" and message["data"].isdigit():
                        yield int(message["data"])
        except (redis.RedisError, OSError) as trouble:
            log.warning("live_channel_deaf", trouble=type(trouble).__name__, seconds=wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, DEAF_SECONDS_MAX)
