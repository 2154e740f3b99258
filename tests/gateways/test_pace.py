"""Stripe's endpoints are called no faster than it permits, by all processes together."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace import config
from marketplace.db.pacing import OVERALL
from marketplace.db.session import Vault, engine_for
from marketplace.domain import pacing
from marketplace.domain.pacing import ENDPOINT_TOKENS, OVERALL_TOKENS, Urgency
from marketplace.gateways import pace
from marketplace.local.stripe.limits import Limiter
from marketplace.toolbox import GateFull

CREATE, REFUND = "sessions.create", "refunds.create"
AGES = (
    "UPDATE call_tokens SET back_at = back_at - CAST(:span AS interval) WHERE back_at > '-infinity'"
)


@pytest.fixture
def impatient(vault) -> pace.Pace:
    return pace.Pace(vault, patience_ms=0)


def call(gate, endpoint=CREATE, urgency=Urgency.PERSON) -> bool:
    """Make a call that is answered at once; whether it was let through."""
    try:
        with gate.turn(endpoint, urgency):
            return True
    except GateFull:
        return False


def test_no_endpoint_is_called_more_often_than_it_has_tokens(impatient, database):
    assert [call(impatient) for _ in range(ENDPOINT_TOKENS + 3)] == [True] * 25 + [False] * 3
    assert call(impatient, REFUND)

    database.run(AGES, span=pacing.BACK_AFTER)

    assert call(impatient)


def test_all_endpoints_together_are_called_no_more_often_than_there_are_tokens(impatient):
    made = [call(impatient, f"endpoint-{number % 5}") for number in range(OVERALL_TOKENS + 20)]

    assert sum(made) == OVERALL_TOKENS


def test_what_nobody_waits_for_leaves_tokens_to_what_somebody_does(impatient):
    behind = [call(impatient, CREATE, Urgency.BACKGROUND) for _ in range(ENDPOINT_TOKENS)]
    people = [call(impatient, CREATE) for _ in range(ENDPOINT_TOKENS)]

    assert (sum(behind), sum(people)) == (20, 5)
    everything = [
        call(impatient, f"endpoint-{number % 9}", Urgency.BACKGROUND) for number in range(80)
    ]
    assert sum(everything) == OVERALL_TOKENS - 50 - 25


def test_a_token_is_away_while_its_call_is_under_way_and_a_second_longer(impatient, database):
    with impatient.turn(CREATE, Urgency.PERSON):
        database.run(AGES, span=timedelta(seconds=10))
        under_way = database.value(
            "SELECT count(*) FROM call_tokens WHERE back_at > clock_timestamp()"
        )

    assert under_way == 2
    assert database.rows(
        "SELECT endpoint, back_at - clock_timestamp() BETWEEN interval '0' AND interval '20 seconds'"
        " FROM call_tokens WHERE back_at > clock_timestamp() ORDER BY endpoint"
    ) == [(OVERALL, True), (CREATE, True)]


def test_the_token_of_a_caller_who_died_comes_back_and_is_not_given_back_by_the_dead(
    impatient, database
):
    with impatient.turn(CREATE, Urgency.PERSON):
        database.run(AGES, span=pacing.LEASE)
        for _ in range(ENDPOINT_TOKENS):
            assert call(impatient)

    assert not call(impatient), "the dead gave back what was somebody else's"


def test_a_worker_waits_for_its_token(vault, monkeypatch):
    waits: list[float] = []
    monkeypatch.setattr(pace.time, "sleep", waits.append)
    gate = pace.Pace(vault, patience_ms=600)
    for _ in range(ENDPOINT_TOKENS):
        call(gate)

    assert not call(gate)
    assert waits == [0.2, 0.2, 0.2]


def windows(calls: list[tuple[float, float]]) -> int:
    """The most requests that some second can have seen, if each arrived while its call was under way, at the worst."""
    ends = sorted(until for _, until in calls)
    starts = sorted(since for since, _ in calls)
    return max(
        sum(since < end + 1 for since in starts) - sum(other < end for other in ends)
        for end in ends
    )


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from((CREATE, REFUND)), st.integers(0, 8)), min_size=30, max_size=90
    ),
    st.sampled_from(list(Urgency)),
)
def test_no_second_sees_more_than_the_tokens_whoever_calls_and_however_long_it_takes(
    database, asked, urgency
):
    """Two processes' gates, slow wires and fast ones: every request is taken to arrive when it hurts most."""
    database.run("DELETE FROM call_tokens")
    engines = [engine_for(database.app_url, pool_size=8, application=f"t{n}") for n in range(2)]
    gates = [pace.Pace(Vault(engine), patience_ms=0) for engine in engines]
    made: dict[str, list[tuple[float, float]]] = {CREATE: [], REFUND: []}

    def one(numbered):
        number, (endpoint, dawdles_ms) = numbered
        try:
            with gates[number % 2].turn(endpoint, urgency):
                since = time.monotonic()
                time.sleep(dawdles_ms / 1_000)
                until = time.monotonic()
        except GateFull:
            return
        made[endpoint].append((since, until))

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(one, enumerate(asked)))
    for engine in engines:
        engine.dispose()

    for calls in made.values():
        assert len(calls) <= ENDPOINT_TOKENS
        assert not calls or windows(calls) <= ENDPOINT_TOKENS


class Careless(pace.Pace):
    """The gate with its guard off: it looks how many tokens are free, and takes one in a second step."""

    def _wait(self, endpoint, urgency):
        (row,) = self._vault.call(LOOK, {"endpoint": endpoint})
        time.sleep(0.01)
        if not row.id:
            raise GateFull
        (taken,) = self._vault.call(WRITE, {"id": row.id})
        return pace._Taken(taken.id, taken.id, taken.back_at)


LOOK = pace.TAKE.__class__(
    "SELECT coalesce((SELECT id FROM public.call_tokens_seen(:endpoint)), 0) AS id"
)
WRITE = pace.TAKE.__class__("SELECT id, back_at FROM public.call_token_written(:id)")
SEEN = """
CREATE FUNCTION call_tokens_seen(wanted text) RETURNS TABLE (id bigint) LANGUAGE sql SECURITY DEFINER AS
$$ SELECT t.id FROM call_tokens t WHERE endpoint = wanted AND back_at <= clock_timestamp()
   ORDER BY random() LIMIT 1 $$
"""
WRITTEN = """
CREATE FUNCTION call_token_written(wanted bigint) RETURNS TABLE (id bigint, back_at timestamptz)
LANGUAGE sql SECURITY DEFINER AS
$$ UPDATE call_tokens t SET back_at = clock_timestamp() + interval '30 seconds' WHERE t.id = wanted
   RETURNING t.id, t.back_at $$
"""


def rushed(gate) -> int:
    """Sixty callers at once before a service that counts; how many it refused."""
    counting, barrier = Limiter(on=True), threading.Barrier(20)
    refused = []

    def one(_):
        barrier.wait(timeout=10)
        for _again in range(3):
            try:
                with gate.turn(CREATE, Urgency.PERSON):
                    refused.append(bool(counting.refusal(CREATE)))
            except GateFull:
                continue

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(one, range(20)))
    return sum(refused)


def test_a_rush_before_a_service_that_counts_is_never_refused(impatient):
    assert rushed(impatient) == 0


def test_a_gate_that_looks_before_it_takes_is_refused(impatient, database, vault):
    call(impatient)
    database.run(SEEN)
    database.run(WRITTEN)
    database.run("UPDATE call_tokens SET back_at = '-infinity'")

    assert rushed(Careless(vault, patience_ms=0)) > 0


def test_an_account_that_is_permitted_more_calls_more_often(vault):
    gate = pace.Pace(vault, patience_ms=0, each_most=40)

    assert [call(gate) for _ in range(42)] == [True] * 40 + [False] * 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_ENDPOINT_PER_SECOND", "24"),
        ("STRIPE_OVERALL_PER_SECOND", "99"),
        ("STRIPE_OVERALL_PER_SECOND", "1001"),
    ],
)
def test_a_pace_below_what_everybody_has_is_a_mistake(name, value):
    given = {
        "DATABASE_URL": "postgresql://house/aubaine",
        "REDIS_URL": "redis://house",
        "SECRET_KEY": "s" * 32,
        "PUBLIC_URL": "https://house.example",
        "STRIPE_API_KEY": "sk_test_house",
        "STRIPE_WEBHOOK_SECRET": "whsec_house",
        "STORAGE_URL": "file:///files",
    }

    with pytest.raises(config.SettingsError, match=name):
        config.from_environment({**given, name: value})
    assert config.from_environment(given).stripe_endpoint_per_second == ENDPOINT_TOKENS
