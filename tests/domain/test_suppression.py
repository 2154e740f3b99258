"""Own customers kept out: what is read of a list, and what may be told of it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.brands.suppression import (
    ENTRIES_MAX,
    Forgone,
    Rates,
    SuppressionRefused,
    digest_of,
    forgone,
    may_tell_again,
    read,
    told,
)

ADA = hashlib.sha256(b"ada@example.com").hexdigest()
BOB = hashlib.sha256(b"bob@example.com").hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        f"{ADA}\n{BOB}\n",
        f"{ADA.upper()};{BOB}",
        "ada@example.com\r\nbob@example.com\r\n",
        ' "Ada@Example.com" , BOB@example.com',
        f"\ufeffADA@EXAMPLE.COM\n{BOB}",
    ],
)
def test_hashes_and_addresses_come_to_the_same(content):
    assert read(content.encode()).digests == {ADA, BOB}


def test_an_address_is_hashed_as_brands_hash_it():
    assert digest_of("  Ada@Example.COM ") == ADA


def test_what_is_neither_is_counted():
    assert read(f"email\n{ADA}\nnobody@\n{ADA[:-1]}\n".encode()).unread == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"email\nname\n", "empty"),
        (b"\xff\xfe\x00a", "unreadable"),
        ("\n".join(f"{n:064x}" for n in range(ENTRIES_MAX + 1)).encode(), "too_many"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(content, reason):
    with pytest.raises(SuppressionRefused) as no:
        read(content)

    assert no.value.facts["reason"] == reason


@given(st.integers(0, 500), st.integers(0, 2**32 - 1))
def test_what_is_told_is_tens_near_the_truth_and_nothing_of_few(matched, draw):
    said = told(matched, draw=draw)

    assert said is not None or matched < 20
    assert said is None or (matched >= 10 and said % 10 == 0 and abs(said - matched) < 10)


@given(st.integers(0, 400))
def test_one_member_more_never_tips_the_figure_for_certain(matched):
    """A list sent again with one address more: some of what fewer members may be told is told of more too."""
    fewer = {told(matched, draw=draw) for draw in range(100)}
    more = {told(matched + 1, draw=draw) for draw in range(100)}

    assert fewer & more


def test_the_figure_is_right_on_the_whole():
    said = [told(237, draw=draw) for draw in range(100)]

    assert sum(said) == 100 * 237


def test_it_is_counted_anew_after_a_week():
    at = datetime(2027, 3, 1, 8, tzinfo=UTC)

    assert may_tell_again(None, at)
    assert not may_tell_again(at, at + timedelta(days=6, hours=23))
    assert may_tell_again(at, at + timedelta(days=7))


def test_what_is_forgone_follows_the_houses_rates():
    assert forgone(240, Rates(5, 20_000, 50_000, 81_000)) == Forgone(5, 12, 19)


@pytest.mark.parametrize(
    ("members", "rates"), [(None, Rates(9, 1, 2, 3)), (240, None), (240, Rates(4, 1, 2, 3))]
)
def test_what_rests_on_too_little_is_not_estimated(members, rates):
    assert forgone(members, rates) is None
