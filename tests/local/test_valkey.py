"""The embedded Valkey: keeps what it was given, forgets nothing, and wants a password."""

from __future__ import annotations

import os
import signal

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from marketplace.local import valkey


def test_what_it_was_given_is_there_after_a_kill(tmp_path):
    folder = tmp_path / 'a "quoted" folder'
    with valkey.running(folder, durable=True) as server:
        client = redis.Redis.from_url(server.url(), decode_responses=True)
        client.set("job", "waiting")
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
        client.close()

    with (
        valkey.running(folder, durable=True) as server,
        redis.Redis.from_url(server.url(), decode_responses=True) as client,
    ):
        assert client.get("job") == "waiting"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_a_stranger_without_the_password_is_refused(tmp_path):
    with (
        valkey.running(tmp_path, durable=False) as server,
        redis.Redis(port=server.port, retry=Retry(NoBackoff(), 0)) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_the_password_stands_in_no_command_line(tmp_path):
    store = valkey.prepare(tmp_path, durable=True)

    child = store.child(6379)

    assert store.password not in " ".join(child.command)
    assert (tmp_path / "valkey.conf").stat().st_mode & 0o777 == 0o600
