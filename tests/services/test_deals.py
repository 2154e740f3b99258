"""Deals.

Proposed, countered, accepted by the other side only, and nothing written when the answer is no.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from marketplace.db.catalogue import CollectionState
from marketplace.domain.deals import (
    Line,
    Mode,
    ModeNotOffered,
    OwnProposal,
    ProposalExpired,
    Superseded,
    Terms,
    TermsRefused,
    UnsoldRule,
    sealed,
)
from marketplace.domain.doors import Door
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.refusals import NotFound
from marketplace.services import deals
from marketplace.toolbox import Toolbox
from tests import factories

TERMS = Terms(
    mode=Mode.CONSIGNMENT,
    currency="EUR",
    territories=("FR",),
    commission_bps=3_000,
    payment_days=30,
    unsold_rule=UnsoldRule.RETURN,
    exit_on=date(2099, 3, 31),
)


@dataclass(frozen=True)
class Talks:
    """A submitted collection with two variants, and both sides at the table."""

    collection_id: int
    variant_ids: tuple[int, int]
    house: Toolbox
    brand: Toolbox

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(Line(each, 10, 3_000) for each in self.variant_ids)


@pytest.fixture
def talks(database, tools) -> Talks:
    with database.session() as session:
        of = factories.brand(session)
        speaker = factories.brand_user(session, of=of)
        person = factories.operator(session)
        offered = factories.collection(session, of=of, state=CollectionState.SUBMITTED)
        style = factories.style(session, of=offered)
        small, large = (factories.variant(session, of=style, size=size) for size in ("S", "L"))
    return Talks(
        offered.id,
        (small.id, large.id),
        tools.at_door(Door.OPERATOR, account_id=person.id),
        tools.at_door(Door.BRAND, account_id=speaker.account_id, brand_id=of.id),
    )


def proposed(talks: Talks, **changes) -> deals.Proposed:
    return deals.propose(
        talks.house,
        collection_id=talks.collection_id,
        terms=replace(TERMS, **changes),
        lines=talks.lines,
    )


def test_a_proposal_is_the_first_numbered_version_with_its_seal(database, talks):
    made = proposed(talks)

    assert made.number == 1
    assert database.rows("SELECT state, latest, accepted_version_id FROM deals") == [
        ("open", 1, None)
    ]
    assert database.rows("SELECT number, side, sha256 FROM deal_versions") == [
        (1, "house", sealed(TERMS, talks.lines))
    ]
    assert database.rows("SELECT units, floor_minor FROM deal_lines") == [(10, 3_000)] * 2
    assert database.value("SELECT name FROM events") == "deal.proposed"


def test_a_collection_that_is_not_submitted_gets_no_proposal(database, talks):
    database.run("UPDATE collections SET state = 'draft'")

    with pytest.raises(deals.CollectionNotSubmitted):
        proposed(talks)

    assert database.value("SELECT count(*) FROM deals") == 0


def test_a_collection_has_one_deal(database, talks):
    proposed(talks)

    with pytest.raises(deals.DealExists):
        proposed(talks)

    assert database.value("SELECT count(*) FROM deal_versions") == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"mode": Mode.FIRM}, ModeNotOffered),
        ({"commission_bps": 9_000}, TermsRefused),
        ({"exit_on": date(2020, 1, 1)}, TermsRefused),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(database, talks, changes, refusal):
    with pytest.raises(refusal):
        proposed(talks, **changes)

    assert database.value("SELECT count(*) FROM deals") == 0


def test_more_units_than_offered_are_refused(database, talks):
    lines = (Line(talks.variant_ids[0], 11, 3_000),)

    with pytest.raises(TermsRefused):
        deals.propose(talks.house, collection_id=talks.collection_id, terms=TERMS, lines=lines)

    assert database.value("SELECT count(*) FROM deals") == 0


def test_the_brand_counters_and_the_house_accepts(database, talks):
    first = proposed(talks)

    second = deals.counter(
        talks.brand,
        deal_id=first.deal_id,
        answers=1,
        terms=replace(TERMS, commission_bps=2_500),
        lines=talks.lines,
        note="Twenty-five, as last year.",
    )
    agreement = deals.accept(talks.house, deal_id=first.deal_id, number=second.number)

    assert (second.number, agreement.units) == (2, 20)
    assert database.rows("SELECT number, side, note FROM deal_versions ORDER BY number") == [
        (1, "house", ""),
        (2, "brand", "Twenty-five, as last year."),
    ]
    assert database.rows("SELECT state, latest FROM deals") == [("agreed", 2)]


def test_acceptance_freezes_the_seal_and_commits_the_units(database, talks):
    made = proposed(talks)

    agreement = deals.accept(talks.brand, deal_id=made.deal_id, number=1)

    assert agreement == deals.Agreement(made.deal_id, 1, sealed(TERMS, talks.lines), 20)
    assert database.rows("SELECT offered, committed, received FROM lots") == [(10, 10, 0)] * 2
    assert database.rows("SELECT movement, units FROM stock_movements") == [("committed", 10)] * 2
    who = talks.brand.actor.account_id
    assert database.rows(
        "SELECT v.accepted_by_id, v.accepted_at IS NOT NULL FROM deal_versions v"
    ) == [(who, True)]
    assert database.rows("SELECT name FROM events ORDER BY id") == [
        ("deal.proposed",),
        ("stock.committed",),
        ("deal.accepted",),
    ]


def test_acceptance_promises_the_day_of_exit_and_of_the_last_payment(database, talks):
    made = proposed(talks)

    deals.accept(talks.brand, deal_id=made.deal_id, number=1)

    promised = database.rows(
        "SELECT kind, (due_at AT TIME ZONE 'Europe/Paris')::text FROM promises ORDER BY kind"
    )
    assert promised == [
        ("exit_of_stock", "2099-03-31 23:59:59"),
        ("payout", "2099-06-14 23:59:59"),
    ]


def test_accepting_twice_commits_once(database, talks):
    made = proposed(talks)

    first = deals.accept(talks.brand, deal_id=made.deal_id, number=1)
    second = deals.accept(talks.brand, deal_id=made.deal_id, number=1)

    assert first == second
    assert database.value("SELECT sum(committed) FROM lots") == 20


def test_nobody_accepts_the_own_proposal(database, talks):
    made = proposed(talks)

    with pytest.raises(OwnProposal):
        deals.accept(talks.house, deal_id=made.deal_id, number=1)

    assert database.value("SELECT state FROM deals") == "open"
    assert database.value("SELECT count(*) FROM lots") == 0


def test_a_superseded_version_is_not_accepted(database, talks):
    made = proposed(talks)
    deals.counter(talks.house, deal_id=made.deal_id, answers=1, terms=TERMS, lines=talks.lines[:1])

    with pytest.raises(Superseded) as no:
        deals.accept(talks.brand, deal_id=made.deal_id, number=1)

    assert no.value.facts["latest"] == 2
    assert database.value("SELECT count(*) FROM lots") == 0


def test_a_counter_answers_the_newest_version_only(database, talks):
    made = proposed(talks)
    deals.counter(talks.brand, deal_id=made.deal_id, answers=1, terms=TERMS, lines=talks.lines)

    with pytest.raises(Superseded):
        deals.counter(talks.house, deal_id=made.deal_id, answers=1, terms=TERMS, lines=talks.lines)

    assert database.value("SELECT latest FROM deals") == 2


def test_an_expired_proposal_is_not_accepted(database, talks, clock):
    made = proposed(talks)
    clock.turn(days=14)

    with pytest.raises(ProposalExpired):
        deals.accept(talks.brand, deal_id=made.deal_id, number=1)

    assert database.value("SELECT count(*) FROM lots") == 0


def test_units_that_are_no_longer_offered_are_not_committed(database, talks):
    made = proposed(talks)
    database.run("UPDATE variants SET units_offered = 4")

    with pytest.raises(TermsRefused) as no:
        deals.accept(talks.brand, deal_id=made.deal_id, number=1)

    assert no.value.facts["reason"] == "more_than_offered"
    assert database.value("SELECT state FROM deals") == "open"


def test_a_version_changed_behind_the_houses_back_is_never_accepted(database, talks):
    made = proposed(talks)
    database.run(
        "UPDATE deal_versions SET terms = jsonb_set(terms, '{commission_bps}', '100'::jsonb)"
    )

    with pytest.raises(AssertionError, match="was changed"):
        deals.accept(talks.brand, deal_id=made.deal_id, number=1)

    assert database.value("SELECT state FROM deals") == "open"


def test_declining_ends_the_talks_with_its_reason(database, talks):
    made = proposed(talks)

    deals.decline(talks.brand, deal_id=made.deal_id, number=1, reason="The floor is too low.")

    assert database.value("SELECT state FROM deals") == "ended"
    assert database.value("SELECT reason FROM events WHERE name = 'deal.declined'") == (
        "The floor is too low."
    )
    with pytest.raises(IllegalMove):
        deals.accept(talks.brand, deal_id=made.deal_id, number=1)


def test_a_side_may_leave_while_its_own_version_is_on_the_table(database, talks):
    made = proposed(talks)
    deals.counter(talks.brand, deal_id=made.deal_id, answers=1, terms=TERMS, lines=talks.lines)

    with pytest.raises(Superseded):
        deals.decline(talks.brand, deal_id=made.deal_id, number=1, reason="Too late to say so.")
    deals.decline(talks.brand, deal_id=made.deal_id, number=2, reason="We sell it ourselves.")

    assert database.rows("SELECT state FROM deals") == [("ended",)]
    assert database.value("SELECT count(*) FROM lots") == 0


def test_another_brand_finds_no_deal(database, tools, talks):
    made = proposed(talks)
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session))
    stranger = tools.at_door(Door.BRAND, account_id=other.account_id, brand_id=other.brand_id)

    with pytest.raises(NotFound):
        deals.accept(stranger, deal_id=made.deal_id, number=1)
    with pytest.raises(NotFound):
        deals.decline(stranger, deal_id=made.deal_id, number=1, reason="")

    assert database.value("SELECT state FROM deals") == "open"
