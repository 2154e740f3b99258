"""What tests of use cases share: a payment service that is asked only once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.bootstrap import wall_clock
from marketplace.gateways.payments import StripePayments, ungated
from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET


@pytest.fixture
def impatient(paying, simulator):
    """Tools whose SDK asks only once, so that a lost reply is felt."""
    gateway = StripePayments(
        API_KEY,
        base=simulator.url,
        secrets=(WEBHOOK_SECRET,),
        now=wall_clock,
        turn=ungated,
        retries=0,
    )
    return replace(paying, payments=gateway)
