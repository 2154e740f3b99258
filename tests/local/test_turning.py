"""The clock of a house that plays its past: turned back only where nobody lives and all stores are our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from marketplace.db import migrate
from marketplace.local import turning

DEFINED = "SELECT pg_get_functiondef('house_now'::regproc) || pg_get_functiondef('house_instant'::regproc)"
MONTHS = timedelta(days=82)


@dataclass(frozen=True)
class Told:
    """All that the clock reads of the settings."""

    embedded: bool


@pytest.fixture
def url(stores):
    made = stores.postgres.create_database("turned")
    migrate.upgrade(made)
    yield made
    stores.postgres.drop_database("turned")


def value(url, statement):
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        return connection.execute(text(statement)).scalar()


def test_the_clock_is_turned_back_goes_forward_and_is_set_right_for_good(url):
    before, clock = value(url, DEFINED), turning.Clock(Told(embedded=True), url)

    clock.turn_back(MONTHS)
    turned = value(url, "SELECT date_trunc('day', clock_timestamp() - house_instant())")
    clock.forward_to(value(url, "SELECT clock_timestamp() - interval '90 days'"))
    never_back = clock.back()
    clock.forward_to(value(url, "SELECT clock_timestamp() - interval '7 days'"))
    forward = clock.back()
    clock.set_right()

    assert (turned, never_back.days, round(forward.total_seconds() / 86_400)) == (MONTHS, 82, 7)
    assert clock.back() == timedelta()
    assert value(url, DEFINED) == before


def test_the_clock_never_goes_beyond_what_it_truly_is(url):
    before, clock = value(url, DEFINED), turning.Clock(Told(embedded=True), url)
    clock.turn_back(MONTHS)

    clock.forward_to(value(url, "SELECT clock_timestamp() + interval '1 day'"))

    assert value(url, DEFINED) == before


def test_a_store_that_is_somebody_s_own_keeps_its_clock(url):
    before = value(url, DEFINED)

    with pytest.raises(turning.NotOurs):
        turning.Clock(Told(embedded=False), url)

    assert value(url, DEFINED) == before


def test_a_house_in_which_somebody_lives_keeps_its_clock(url):
    before = value(url, DEFINED)
    value(
        url,
        "INSERT INTO accounts (realm, email, email_key, name, password_hash, locale)"
        " VALUES ('member', 'a@example.org', 'a@example.org', 'A', 'x', 'en') RETURNING id",
    )

    with pytest.raises(turning.NotOurs):
        turning.Clock(Told(embedded=True), url).turn_back(MONTHS)

    assert value(url, DEFINED) == before
