"""Stripe's rate limits: 25 a second for each endpoint, 100 over all."""

import time

import pytest
import stripe

from marketplace.local.stripe import limits
from marketplace.local.stripe.driver import Simulator
from tests.local.stripe import shop


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    with Simulator.started(tmp_path_factory.mktemp("stripe"), limits=True) as started:
        yield started


def test_the_26th_request_of_a_second_is_refused_and_told_why(limited):
    api = shop.client(limited.url).v1
    created = api.customers.create({})
    began = time.monotonic()

    results = shop.together(*[lambda: api.customers.retrieve(created.id)] * 40)

    refused = [each for each in results if isinstance(each, stripe.RateLimitError)]
    assert time.monotonic() - began < 1
    assert len(refused) == 15
    assert {each.http_status for each in refused} == {429}
    assert {each.error.code for each in refused} == {"rate_limit"}
    assert {each.headers["Stripe-Rate-Limited-Reason"] for each in refused} == {"endpoint-rate"}
    counted = limited.counters()["GET /v1/customers/{id}"]
    assert (counted["requests"], counted["200"], counted["429"]) == (40, 25, 15)


def test_a_refusal_for_haste_is_not_saved_under_the_key(limited):
    api = shop.client(limited.url).v1
    limited.limits(endpoint=0)

    with pytest.raises(stripe.RateLimitError):
        api.refunds.create({"charge": "ch_none"}, {"idempotency_key": "hasty"})
    limited.limits(endpoint=25)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.refunds.create({"charge": "ch_none"}, {"idempotency_key": "hasty"})

    assert refusal.value.code == "resource_missing"


def test_no_second_lets_more_through_whatever_its_beginning(monkeypatch):
    moments = range(0, 3_000_000_000, 7_000_000)  # every 7 ms for three seconds
    clock = iter(moments)
    monkeypatch.setattr(limits.time, "monotonic_ns", lambda: next(clock))
    limiter = limits.Limiter(on=True)

    passed = [moment for moment in moments if not limiter.refusal("GET /v1/charges")]

    assert len(passed) == 75
    assert all(passed[n + 25] - passed[n] >= 1_000_000_000 for n in range(50))


def test_all_endpoints_together_have_a_limit_of_their_own(monkeypatch):
    monkeypatch.setattr(limits.time, "monotonic_ns", lambda: 0)
    limiter = limits.Limiter(on=True)

    refusals = [limiter.refusal(f"GET /v1/{number % 5}") for number in range(125)]

    assert refusals.count("") == 100
    assert refusals.count("global-rate") == 25


def test_limits_can_be_left_off(monkeypatch):
    limiter = limits.Limiter(on=False)

    assert {limiter.refusal("GET /v1/charges") for _ in range(1_000)} == {""}
