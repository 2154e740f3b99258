"""Tells the live channel, through Valkey, that a sale changed. Losing a word is harmless: pages also ask by clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import redis
import structlog

from marketplace.db.session import assert_outside_transaction

if TYPE_CHECKING:
    from marketplace.config import Settings

CHANNEL = "aubaine.sales"
TIMEOUT_MS = 250

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
