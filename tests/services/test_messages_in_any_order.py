"""What the payment service says, in a thousand orders, doubled, late, and between all that the house does itself.

One beginning is arranged and kept; each ending is a part of a transaction that is undone (tests/services/undone.py).
Services and jobs are the real ones, and so are the messages: the simulator's. `MESSAGE_ORDERS` names another number of
orders than the suite has time for; `-n 2` lets two processes share them.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from sqlalchemy import create_engine

from marketplace.services.payments import receiving, settling
from tests.services.messages import Remembered, World, bodies, set_in
from tests.services.undone import Undone

ORDERS = int(os.environ.get("MESSAGE_ORDERS", "160"))
SHARES = 4
FATES = ["refunded", *["paid"] * 3, "cancelled", "cancelled", "lapsed", "cancelled"]


@pytest.fixture
def world(database, paying, simulator, clock):
    refs = set_in(database, paying, simulator, clock)
    engine = create_engine(database.owner_url)
    vault = Undone(engine)
    remembered = Remembered(paying.payments, simulator)
    for ref in refs:
        remembered.look_up(ref)
    tools = replace(paying, vault=vault, payments=remembered)
    yield World(tools, vault, remembered, clock, bodies(simulator, refs))
    vault.close()
    engine.dispose()


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("share", range(SHARES))
def test_messages_in_any_order_any_number_and_any_delay_end_in_one_state(world, share):
    expected = world.ends_in_order()

    apart = [seed for seed in range(share, ORDERS, SHARES) if world.ends(seed) != expected]

    assert apart == []
    assert [state for _, state, *_ in expected["orders"]] == FATES
    assert [state for _, state, *_ in expected["refunds"]] == ["succeeded", "succeeded", "failed"]
    assert expected["stock"] == [(1, 1, 0, 0, 1), *[(n, 5, 4, 0, 1) for n in (2, 3)]] + [
        (n, 5, 5, 0, 0) for n in (4, 5, 6, 7)
    ]
    assert not expected["runs"]
    assert not expected["unexplained"]


def test_a_handler_without_its_guard_ends_in_several_states(world, monkeypatch):
    """The twin: who does not ask whether a payment is known already gives the money back for the second message."""

    def settle(tools, *, answer):
        with tools.transaction() as session:
            payment = settling._locked(session, answer)
            if not answer.paid:
                return settling._not_paid(payment, answer)
            return settling.paid(tools, session, payment, intent_ref=answer.intent_ref)

    monkeypatch.setattr(receiving, "settle", settle)

    endings = {str(sorted(world.ends(seed).items())) for seed in range(1, 12)}

    assert len(endings) > 1
