"""What may be proposed, who may answer, and what a seal covers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from marketplace.domain import deals
from marketplace.domain.deals import (
    Bearer,
    Brief,
    Charge,
    ChargeReason,
    DataShared,
    Days,
    Exclusivity,
    Line,
    Mode,
    ModeNotOffered,
    Offer,
    OwnProposal,
    Scope,
    Side,
    Superseded,
    Terms,
    TermsRefused,
    Tier,
    UnsoldRule,
)
from marketplace.domain.territories import UnknownTerritory

TERMS = Terms(
    mode=Mode.CONSIGNMENT,
    currency="EUR",
    territories=("FR", "BE"),
    commission_bps=3_000,
    payment_days=30,
    unsold_rule=UnsoldRule.RETURN,
    exit_on=date(2027, 3, 31),
    note="The whole lot.",
)
LINES = (Line(1, 40, 2_500), Line(2, 10, 3_000))


def test_sound_terms_pass():
    deals.check_terms(TERMS, LINES)


def test_a_conditional_deal_is_carried_out_and_delivered_after_its_sale():
    conditional = replace(TERMS, mode=Mode.CONDITIONAL)
    deals.check_terms(conditional, LINES)

    with pytest.raises(TermsRefused) as no:
        deals.check_terms(replace(conditional, deliver_by=date(2027, 1, 10)), LINES)

    assert no.value.facts == {"field": "deliver_by", "reason": "delivered_after_order"}


@pytest.mark.parametrize("mode", [Mode.FIRM, Mode.CONNECTED])
def test_a_contract_that_is_not_carried_out_yet_is_named_and_refused(mode):
    with pytest.raises(ModeNotOffered) as no:
        deals.check_terms(replace(TERMS, mode=mode), LINES)

    assert no.value.facts == {"mode": str(mode)}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"territories": ()}, "no_territory"),
        ({"currency": "XYZ"}, "currency_unknown"),
        ({"currency": "GBP"}, "currency_of_territory"),
        ({"payment_days": 0}, "payment_days_range"),
        ({"payment_days": 46}, "payment_days_range"),
        ({"commission_bps": 7_501}, "commission_range"),
        ({"commission_bps": -1}, "commission_range"),
        ({"commission_bps": None}, "unit_cost_missing"),
        ({"reserve_bps": 3_001}, "reserve_range"),
        ({"tiers": (Tier(6_000, 3_100),)}, "tiers_rise"),
        ({"tiers": (Tier(6_000, 2_500), Tier(5_000, 2_000))}, "tiers_order"),
        ({"tiers": (Tier(0, 2_500),)}, "tiers_order"),
        ({"tiers": (Tier(10_000, 2_500),)}, "tiers_order"),
        ({"tiers": tuple(Tier(at, 0) for at in (1, 2, 3, 4, 5))}, "tiers_too_many"),
        ({"chargebacks": (Charge(ChargeReason.SHORT, 0),)}, "charge_range"),
        ({"chargebacks": (Charge(ChargeReason.SHORT, 50_001),)}, "charge_range"),
        (
            {"chargebacks": (Charge(ChargeReason.SHORT, 1), Charge(ChargeReason.SHORT, 2))},
            "charge_twice",
        ),
    ],
)
def test_a_term_outside_what_can_be_kept_is_refused_by_name(changed, reason):
    with pytest.raises(TermsRefused) as no:
        deals.check_terms(replace(TERMS, **changed), LINES)

    assert no.value.facts["reason"] == reason


def test_a_territory_nobody_delivers_to_is_refused():
    with pytest.raises(UnknownTerritory):
        deals.check_terms(replace(TERMS, territories=("FR", "US")), LINES)


@pytest.mark.parametrize(("lines", "reason"), [((), "no_lines"), ((Line(1, 0, 0),), "no_units")])
def test_a_proposal_about_nothing_is_refused(lines, reason):
    with pytest.raises(TermsRefused) as no:
        deals.check_terms(TERMS, lines)

    assert no.value.facts["reason"] == reason


def test_a_line_takes_no_more_than_was_offered():
    with pytest.raises(TermsRefused) as no:
        deals.check_lines([Line(1, 41, 2_500)], {1: Offer(40)}, by=Side.HOUSE)

    assert no.value.facts == {
        "field": "units",
        "reason": "more_than_offered",
        "variant": 1,
        "offered": 40,
    }


def test_an_unknown_quantity_is_not_a_quantity_to_commit():
    with pytest.raises(TermsRefused) as no:
        deals.check_lines([Line(1, 1, 2_500)], {1: Offer(None)}, by=Side.HOUSE)

    assert no.value.facts["reason"] == "more_than_offered"


def test_the_house_never_proposes_below_the_brands_own_floor():
    with pytest.raises(TermsRefused) as no:
        deals.check_lines([Line(1, 1, 2_499)], {1: Offer(40, 2_500)}, by=Side.HOUSE)

    assert no.value.facts["reason"] == "below_brands_floor"


def test_the_brand_may_lower_its_own_floor():
    deals.check_lines([Line(1, 1, 2_499)], {1: Offer(40, 2_500)}, by=Side.BRAND)


@pytest.mark.parametrize("lines", [[Line(9, 1, 1)], [Line(1, 1, 1), Line(1, 1, 1)]])
def test_a_variant_of_elsewhere_and_one_named_twice_are_refused(lines):
    with pytest.raises(TermsRefused) as no:
        deals.check_lines(lines, {1: Offer(40)}, by=Side.BRAND)

    assert no.value.facts["reason"] == "unknown_variant"


def test_tiers_are_of_a_commission():
    by_cost = tuple(replace(line, unit_cost_minor=900) for line in LINES)

    with pytest.raises(TermsRefused) as no:
        deals.check_terms(replace(TERMS, commission_bps=None, tiers=(Tier(6_000, 0),)), by_cost)

    assert no.value.facts["reason"] == "tiers_without_commission"


@pytest.mark.parametrize("hard_stop", [39, 61])
def test_a_hard_stop_lies_between_what_is_committed_and_what_is_offered(hard_stop):
    line = Line(1, 40, 2_500, hard_stop=hard_stop)

    with pytest.raises(TermsRefused) as no:
        deals.check_lines([line], {1: Offer(60)}, by=Side.HOUSE)

    assert no.value.facts["reason"] == "hard_stop_range"
    deals.check_lines([replace(line, hard_stop=60)], {1: Offer(60)}, by=Side.HOUSE)
    assert replace(line, hard_stop=60).releasable == 20
    assert replace(line, hard_stop=None).releasable == 0


def test_a_target_is_not_below_its_floor():
    with pytest.raises(TermsRefused) as no:
        deals.check_lines([Line(1, 1, 2_500, target_minor=2_499)], {1: Offer(9)}, by=Side.BRAND)

    assert no.value.facts["reason"] == "target_below_floor"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"deliver_by": date(2026, 11, 21)}, "deliver_by"),
        ({"deliver_by": date(2027, 3, 31)}, "deliver_by"),
        ({"photographs_until": date(2026, 11, 21)}, "photographs_until"),
        (
            {"photographs_from": date(2027, 7, 1), "photographs_until": date(2027, 6, 30)},
            "photographs_from",
        ),
        ({"blackouts": (Days(date(2027, 1, 2), date(2027, 1, 1)),)}, "blackouts"),
        ({"blackouts": (Days(date(2027, 1, 1), date(2027, 1, 1)),) * 13}, "blackouts"),
        ({"exclusivity": Exclusivity(Scope.EVERYWHERE, date(2026, 11, 22))}, "exclusive_until"),
        ({"exclusivity": Exclusivity(Scope.EVERYWHERE, date(2027, 5, 25))}, "exclusive_until"),
    ],
)
def test_days_that_cannot_be_kept_are_refused_by_name(changed, field):
    with pytest.raises(TermsRefused) as no:
        deals.check_days(replace(TERMS, **changed), today=date(2026, 11, 22))

    assert no.value.facts["field"] == field


def test_nothing_is_exclusive_unless_it_is_said_with_scope_and_end():
    assert TERMS.exclusivity is None
    deals.check_days(
        replace(TERMS, exclusivity=Exclusivity(Scope.TERRITORIES, date(2027, 5, 24))),
        today=date(2026, 11, 22),
    )


BRIEF = Brief("Empty the warehouse.", date(2027, 3, 31), "No marketplaces.")
ANSWERED = replace(TERMS, problem_answer="We take all of it.", never_answer="None is used.")


def test_the_house_answers_each_point_of_the_brief():
    deals.check_answers(ANSWERED, BRIEF, by=Side.HOUSE)
    deals.check_answers(TERMS, BRIEF, by=Side.BRAND)
    deals.check_answers(TERMS, Brief("", None, ""), by=Side.HOUSE)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"problem_answer": ""}, "problem_answer"),
        ({"never_answer": ""}, "never_answer"),
        ({"exit_on": date(2027, 4, 1)}, "deadline_answer"),
    ],
)
def test_a_point_without_its_answer_is_named(changed, field):
    with pytest.raises(TermsRefused) as no:
        deals.check_answers(replace(ANSWERED, **changed), BRIEF, by=Side.HOUSE)

    assert no.value.facts["field"] == field


def test_an_exit_date_lies_ahead():
    deals.check_days(TERMS, today=date(2027, 3, 30))

    with pytest.raises(TermsRefused):
        deals.check_days(TERMS, today=date(2027, 3, 31))


def test_only_the_newest_version_is_answered():
    with pytest.raises(Superseded) as no:
        deals.check_answer(number=1, latest=2, proposed_by=Side.HOUSE, by=Side.BRAND)

    assert no.value.facts == {"number": 1, "latest": 2}


def test_only_the_other_side_answers():
    with pytest.raises(OwnProposal):
        deals.check_answer(number=2, latest=2, proposed_by=Side.BRAND, by=Side.BRAND)

    deals.check_answer(number=2, latest=2, proposed_by=Side.BRAND, by=Side.HOUSE)


def test_stored_terms_come_back_unchanged_and_keep_their_seal():
    back = deals.terms_from(deals.terms_as_plain(TERMS))

    assert back == TERMS
    assert deals.sealed(back, LINES) == deals.sealed(TERMS, tuple(reversed(LINES)))


FULL = replace(
    ANSWERED,
    tiers=(Tier(6_000, 2_500), Tier(8_000, 2_000)),
    minimum_minor=100_000,
    discounts_by=Bearer.HOUSE,
    returns_by=Bearer.BOTH,
    return_minor=450,
    freight_by=Bearer.BRAND,
    freight_minor=30_000,
    reserve_bps=1_500,
    chargebacks=(Charge(ChargeReason.DAMAGED, 150),),
    deliver_by=date(2027, 1, 10),
    exclusivity=Exclusivity(Scope.TERRITORIES, date(2027, 3, 1)),
    blackouts=(Days(date(2027, 1, 8), date(2027, 1, 20)),),
    photographs_from=date(2027, 1, 4),
    photographs_until=date(2027, 6, 30),
    data_shared=(DataShared.HOURLY,),
)


def test_every_term_comes_back_from_what_is_stored():
    assert deals.terms_from(json.loads(json.dumps(deals.terms_as_plain(FULL)))) == FULL


def test_a_version_stored_before_a_term_existed_keeps_its_seal_and_has_the_default():
    stored = {
        "mode": "consignment",
        "currency": "EUR",
        "territories": ["FR"],
        "commission_bps": 2_800,
        "payment_days": 30,
        "unsold_rule": "return",
        "exit_on": "2027-03-31",
        "note": "",
    }
    seal = "ba0fafd137debf7c4fb2bed6842479ecc5846733a4205c504bb7364d5a9eaee3"

    terms = deals.terms_from(stored)

    assert deals.sealed_as_stored(stored, LINES) == seal
    assert (terms.tiers, terms.exclusivity, terms.discounts_by) == ((), None, Bearer.BRAND)
    assert terms.data_shared == (DataShared.HOURLY, DataShared.LIVE)


@pytest.mark.parametrize(
    ("terms", "lines"),
    [
        (replace(TERMS, commission_bps=3_001), LINES),
        (replace(TERMS, note="The whole lot"), LINES),
        (TERMS, (Line(1, 40, 2_500), Line(2, 11, 3_000))),
        (TERMS, (Line(1, 40, 2_499), Line(2, 10, 3_000))),
        (TERMS, (Line(1, 40, 2_500, hard_stop=41), Line(2, 10, 3_000))),
        (replace(TERMS, tiers=(Tier(6_000, 2_000),)), LINES),
    ],
)
def test_a_seal_breaks_with_any_change(terms, lines):
    assert deals.sealed(terms, lines) != deals.sealed(TERMS, LINES)


def test_changes_between_versions_are_named():
    after = replace(TERMS, commission_bps=2_800, payment_days=20)

    assert deals.changed_terms(TERMS, after) == ("commission_bps", "payment_days")
    assert deals.changed_lines(LINES, (Line(1, 40, 2_600), Line(3, 1, 1))) == {1, 2, 3}
    assert deals.changed_lines(LINES, LINES) == frozenset()
