from __future__ import annotations

import pytest

from marketplace.domain.brands.checklist import (
    AnswerState,
    Gate,
    GateClosed,
    ItemKind,
    Owed,
    check_payout,
    check_submission,
    standing,
)
from marketplace.domain.brands.states import (
    BrandState,
    BrandStillOpen,
    BrandStopped,
    OpenMatters,
    check_may_leave,
)
from marketplace.domain.money import Money


def owed(*states, gate=Gate.SUBMISSION):
    return tuple(
        Owed(number, ItemKind.UPLOAD, gate, None, state) for number, state in enumerate(states)
    )


HALF = standing(
    (
        *owed(AnswerState.ACCEPTED, AnswerState.SUBMITTED, None),
        *owed(AnswerState.SENT_BACK, gate=Gate.PAYOUT),
    )
)
FIRST_GATE = standing(
    (*owed(AnswerState.ACCEPTED, AnswerState.WAIVED), *owed(None, gate=Gate.PAYOUT))
)
WHOLE = standing(owed(AnswerState.ACCEPTED, AnswerState.WAIVED))


def test_before_the_first_submission_what_is_missing_is_counted():
    with pytest.raises(GateClosed) as refused:
        check_submission(BrandState.ONBOARDING, HALF)

    assert refused.value.facts == {"reason": "submission", "missing": 2, "total": 3}


def test_only_the_items_of_the_first_gate_keep_a_collection_back():
    check_submission(BrandState.ONBOARDING, FIRST_GATE)


def test_a_brand_that_passed_the_gate_is_not_asked_again():
    check_submission(BrandState.READY, HALF)


@pytest.mark.parametrize("state", [BrandState.SUSPENDED, BrandState.TERMINATED])
def test_a_brand_that_was_stopped_begins_nothing(state):
    with pytest.raises(BrandStopped) as refused:
        check_submission(state, WHOLE)

    assert refused.value.facts == {"reason": str(state)}


def test_before_the_first_payout_everything_is_owed():
    with pytest.raises(GateClosed) as refused:
        check_payout(BrandState.READY, FIRST_GATE, paid_before=False)

    assert refused.value.facts == {"reason": "payout", "missing": 1, "total": 3}
    check_payout(BrandState.READY, WHOLE, paid_before=False)


def test_after_the_first_payout_and_while_suspended_what_is_owed_is_paid():
    check_payout(BrandState.READY, HALF, paid_before=True)
    check_payout(BrandState.SUSPENDED, WHOLE, paid_before=False)


@pytest.mark.parametrize(
    "matters",
    [
        OpenMatters(1, 0, 0, ()),
        OpenMatters(0, 1, 0, ()),
        OpenMatters(0, 0, 1, ()),
        OpenMatters(0, 0, 0, (Money(1, "EUR"),)),
    ],
)
def test_a_brand_does_not_leave_while_anything_is_open(matters):
    with pytest.raises(BrandStillOpen) as refused:
        check_may_leave(matters)

    assert refused.value.facts == {"matters": matters}
    check_may_leave(OpenMatters(0, 0, 0, ()))
