"""Exits: who may say what becomes of goods, until when, what silence means, and how notes add up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.deals import UnsoldRule
from marketplace.domain.exits import (
    LEAVES,
    ChoiceOver,
    ChoiceRefused,
    Derogation,
    ExitKind,
    ExitRefused,
    Figures,
    KeepDayRefused,
    LeftDayRefused,
    LineFigures,
    Plan,
    Pool,
    as_stored,
    check_choice,
    check_exit,
    check_keep_day,
    check_left_on,
    choose_by,
    from_stored,
    left_at,
    silent_kind,
    weighed,
)
from marketplace.domain.stock import Change, Count, CountRefused, Counts, check_left, counted

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LEAVE_BY = date(2027, 4, 15)
UNTIL = NOW + timedelta(days=10)


def plan(default=ExitKind.RETURN, *, keep_until=None, chosen=None) -> Plan:
    return Plan(default, UNTIL, LEAVE_BY, keep_until, chosen)


@pytest.mark.parametrize("rule", UnsoldRule)
def test_silence_is_the_signed_rule_and_what_was_kept_once_goes_home(rule):
    assert silent_kind(rule, number=1) == ExitKind(rule)
    assert silent_kind(rule, number=2) is ExitKind.RETURN


@pytest.mark.parametrize(
    ("leave_by", "until"),
    [
        (date(2027, 4, 15), NOW + timedelta(days=10)),
        (date(2027, 3, 15), datetime(2027, 3, 8, 22, 59, 59, tzinfo=UTC)),
        (date(2027, 3, 2), NOW + timedelta(days=2)),
        (date(2027, 1, 1), NOW + timedelta(days=2)),
    ],
)
def test_a_brand_has_ten_days_less_where_goods_must_be_packed_and_never_fewer_than_two(
    leave_by, until
):
    assert choose_by(NOW, leave_by) == until


def test_nothing_is_settled_before_the_brand_has_said_or_its_time_is_over():
    assert plan().settled(UNTIL) is None
    assert plan().settled(UNTIL + timedelta(seconds=1)) is ExitKind.RETURN
    assert plan(chosen=ExitKind.DONATE).settled(NOW) is ExitKind.DONATE


def test_only_the_brands_own_choice_moves_the_promised_day():
    kept = date(2027, 6, 1)

    assert plan(ExitKind.NEXT_SALE, keep_until=kept).day == LEAVE_BY
    assert plan(keep_until=kept, chosen=ExitKind.NEXT_SALE).day == kept
    assert plan(keep_until=kept, chosen=ExitKind.DONATE).day == LEAVE_BY
    assert plan(ExitKind.NEXT_SALE, chosen=ExitKind.NEXT_SALE).day == LEAVE_BY


def test_keeping_is_offered_where_it_was_signed_or_has_a_day():
    assert ExitKind.NEXT_SALE not in plan().choices
    assert ExitKind.NEXT_SALE in plan(ExitKind.NEXT_SALE).choices
    assert ExitKind.NEXT_SALE in plan(keep_until=date(2027, 6, 1)).choices


@pytest.mark.parametrize(
    ("kind", "derogation", "later", "has_left", "reason"),
    [
        (ExitKind.NEXT_SALE, None, 0, False, "not_offered"),
        (ExitKind.DESTROY, None, 0, False, "derogation_missing"),
        (ExitKind.RECYCLE, None, 0, False, "derogation_missing"),
        (ExitKind.DONATE, None, 0, True, "has_left"),
    ],
)
def test_a_choice_that_cannot_be_says_why(kind, derogation, later, has_left, reason):
    with pytest.raises(ChoiceRefused) as refused:
        check_choice(plan(), kind, derogation, now=NOW, has_left=has_left)

    assert refused.value.facts == {"reason": reason}


def test_a_choice_ends_with_its_time():
    check_choice(plan(), ExitKind.DESTROY, Derogation.DAMAGED, now=UNTIL, has_left=False)

    late = UNTIL + timedelta(seconds=1)
    with pytest.raises(ChoiceOver):
        check_choice(plan(), ExitKind.RETURN, None, now=late, has_left=False)


@given(
    kind=st.sampled_from(ExitKind), silent=st.sampled_from(UnsoldRule), pool=st.sampled_from(Pool)
)
def test_nothing_is_destroyed_by_silence(kind, silent, pool):
    settled = Plan(silent_kind(silent, number=1), UNTIL, LEAVE_BY).settled(
        UNTIL + timedelta(days=1)
    )
    try:
        check_exit(kind, [pool], settled)
    except ExitRefused:
        return

    assert kind in {ExitKind.RETURN, ExitKind.DONATE}


@pytest.mark.parametrize(
    ("kind", "pool", "settled", "reason"),
    [
        (ExitKind.NEXT_SALE, Pool.UNSOLD, ExitKind.NEXT_SALE, "stays"),
        (ExitKind.RETURN, Pool.UNSOLD, None, "undecided"),
        (ExitKind.RETURN, Pool.UNSOLD, ExitKind.NEXT_SALE, "not_chosen"),
        (ExitKind.RETURN, Pool.UNSOLD, ExitKind.DONATE, "not_chosen"),
        (ExitKind.DONATE, Pool.REJECTED, ExitKind.RETURN, "not_chosen"),
        (ExitKind.RETURN, Pool.UNSOLD, ExitKind.RETURN, None),
        (ExitKind.RETURN, Pool.REJECTED, None, None),
        (ExitKind.RETURN, Pool.REJECTED, ExitKind.DONATE, None),
        (ExitKind.RETURN, Pool.SENT_BACK, ExitKind.NEXT_SALE, None),
        (ExitKind.DONATE, Pool.SENT_BACK, ExitKind.DONATE, None),
    ],
)
def test_goods_leave_as_was_chosen_or_signed(kind, pool, settled, reason):
    if reason is None:
        check_exit(kind, [pool], settled)
        return
    with pytest.raises(ExitRefused) as refused:
        check_exit(kind, [pool], settled)

    assert refused.value.facts == {"reason": reason}


def test_days_of_keeping_and_of_leaving_have_their_bounds():
    check_keep_day(LEAVE_BY + timedelta(days=183), leave_by=LEAVE_BY)
    check_left_on(date(2027, 2, 15), today=date(2027, 3, 1))
    for day in (LEAVE_BY, LEAVE_BY + timedelta(days=184)):
        with pytest.raises(KeepDayRefused):
            check_keep_day(day, leave_by=LEAVE_BY)
    for day in (date(2027, 2, 14), date(2027, 3, 2)):
        with pytest.raises(LeftDayRefused):
            check_left_on(day, today=date(2027, 3, 1))


def test_goods_that_left_on_a_day_had_left_by_its_end_and_never_in_time_to_come():
    assert left_at(date(2027, 2, 28), now=NOW) == datetime(2027, 2, 28, 22, 59, 59, tzinfo=UTC)
    assert left_at(date(2027, 3, 1), now=NOW) == NOW


LINES = st.lists(
    st.builds(
        LineFigures,
        pool=st.sampled_from([str(pool) for pool in Pool]),
        style_code=st.just("K1"),
        style=st.just("Knit"),
        colour=st.just("Navy"),
        size=st.just("S"),
        sku=st.text(max_size=4),
        gtin=st.just(""),
        cn_code=st.sampled_from(["", "61099020"]),
        units=st.integers(1, 500),
        weight_g=st.none() | st.integers(0, 20_000),
    ),
    min_size=1,
    max_size=20,
)


@given(LINES, st.sampled_from(LEAVES))
def test_a_note_adds_up_and_reads_back_as_it_was_kept(lines, kind):
    units, grams, unweighed = weighed(lines)
    told = Figures(
        number=1,
        kind=str(kind),
        derogation=None,
        deal=1,
        collection="Winter",
        left_on="2027-03-01",
        recorded_on="2027-03-01",
        received_by="DPD",
        note="",
        units=units,
        weight_g=grams,
        unweighed=unweighed,
        lines=tuple(lines),
    )

    assert units == sum(line.units for line in lines)
    assert unweighed == sum(line.units for line in lines if line.weight_g is None)
    assert grams == sum(line.units * (line.weight_g or 0) for line in lines)
    assert from_stored(as_stored(told)) == told


@given(st.data())
def test_every_unit_is_in_one_place(data):
    """Accepted ones are free, in sales or gone; of what came in or came back nothing is lost or doubled."""
    accepted, rejected, sent_back = (data.draw(st.integers(0, 50)) for _ in range(3))
    allocated = data.draw(st.integers(0, accepted))
    exited = data.draw(st.integers(0, accepted - allocated))
    lot = Counts(
        offered=200,
        committed=200,
        received=accepted + rejected,
        accepted=accepted,
        rejected=rejected,
        allocated=allocated,
        exited=exited,
        rejected_exited=data.draw(st.integers(0, rejected)),
        sent_back=sent_back,
        sent_back_exited=data.draw(st.integers(0, sent_back)),
    )

    gone = lot.exited + lot.rejected_exited + lot.sent_back_exited
    waits = sum(lot.in_pool(pool) for pool in Pool)
    assert waits + gone + lot.allocated == lot.received + lot.sent_back
    assert lot.free == lot.in_pool(Pool.UNSOLD)


def test_a_new_count_takes_nothing_back_that_has_left():
    lot = Counts(50, 50, 50, 45, 5, 20, exited=20, rejected_exited=4)

    for count, least in ((Count(50, 39, 5), 40), (Count(50, 45, 3), 4)):
        with pytest.raises(CountRefused) as refused:
            counted(lot, count, reason="Torn.")
        assert refused.value.facts == {"reason": "already_left", "least": least}
    for change in (Change(0, -26, 0), Change(0, 0, -2)):
        with pytest.raises(CountRefused):
            check_left(lot, change)
