"""What may be proposed, who may answer, and what a seal covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace.domain import deals
from marketplace.domain.deals import (
    Line,
    Mode,
    ModeNotOffered,
    Offer,
    OwnProposal,
    Side,
    Superseded,
    Terms,
    TermsRefused,
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


@pytest.mark.parametrize("mode", [Mode.FIRM, Mode.CONDITIONAL, Mode.CONNECTED])
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


def test_an_exit_date_lies_ahead():
    deals.check_exit(TERMS, today=date(2027, 3, 30))

    with pytest.raises(TermsRefused):
        deals.check_exit(TERMS, today=date(2027, 3, 31))


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


@pytest.mark.parametrize(
    ("terms", "lines"),
    [
        (replace(TERMS, commission_bps=3_001), LINES),
        (replace(TERMS, note="The whole lot"), LINES),
        (TERMS, (Line(1, 40, 2_500), Line(2, 11, 3_000))),
        (TERMS, (Line(1, 40, 2_499), Line(2, 10, 3_000))),
    ],
)
def test_a_seal_breaks_with_any_change(terms, lines):
    assert deals.sealed(terms, lines) != deals.sealed(TERMS, LINES)


def test_changes_between_versions_are_named():
    after = replace(TERMS, commission_bps=2_800, payment_days=20)

    assert deals.changed_terms(TERMS, after) == ("commission_bps", "payment_days")
    assert deals.changed_lines(LINES, (Line(1, 40, 2_600), Line(3, 1, 1))) == {1, 2, 3}
    assert deals.changed_lines(LINES, LINES) == frozenset()
