from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.domain import deliveries as rules

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_a_signature_says_when_and_is_made_by_every_secret():
    body = b'{"id":"msg_1"}'

    said = rules.signature(body, at=AT, by=("whsec_new", "whsec_old"))

    second = int(AT.timestamp())
    expected = [
        hmac.new(secret, f"{second}.".encode() + body, hashlib.sha256).hexdigest()
        for secret in (b"whsec_new", b"whsec_old")
    ]
    assert said == f"t={second},v1={expected[0]},v1={expected[1]}"


def test_pauses_grow_until_nothing_more_is_tried():
    pauses = [rules.pause_after(tries) for tries in range(1, rules.TRIES_MAX + 1)]

    assert pauses[-1] is None
    assert pauses[:-1] == sorted(pauses[:-1])
    assert sum(pauses[:-1], timedelta()) == timedelta(hours=20, minutes=36, seconds=10)


@pytest.mark.parametrize(
    ("status", "arrived"),
    [(199, False), (200, True), (204, True), (299, True), (301, False), (500, False)],
)
def test_only_two_hundreds_say_that_it_arrived(status, arrived):
    assert rules.is_arrived(status) is arrived
