"""The operator's side of a deal: proposes first, answers a counter, and never accepts what the house proposed."""

from __future__ import annotations

import pytest

from marketplace.db.accounts import Account
from marketplace.db.catalogue import CollectionState
from marketplace.domain.doors import Door
from marketplace.services import deals
from tests import factories
from tests.services.test_deals import TERMS, Talks, proposed


@pytest.fixture
def talks(database, tools) -> Talks:
    """A submitted collection of two sizes, ten units each."""
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


@pytest.fixture
def desk(database, talks, operator_client):
    with database.session() as session:
        return operator_client(session.get_one(Account, talks.house.actor.account_id))


def sheet(talks, *, answers: int, **more) -> dict[str, str]:
    small, large = talks.variant_ids
    return {
        "answers": str(answers),
        "mode": "consignment",
        "pay": "commission",
        "commission": "30",
        "payment_days": "30",
        "territories": "FR",
        "unsold_rule": "return",
        "exit_on": "2099-03-31",
        "valid_days": "14",
        "do": "send",
        f"line.{small}.units": "10",
        f"line.{small}.floor": "30.00",
        f"line.{large}.units": "10",
        f"line.{large}.floor": "30.00",
        **more,
    }


def countered(talks) -> int:
    """The brand has answered the house's first version; returns the deal."""
    made = proposed(talks)
    deals.counter(talks.brand, deal_id=made.deal_id, answers=1, terms=TERMS, lines=talks.lines)
    return made.deal_id


def test_a_proposal_is_thought_over_then_worked_out_then_sent(desk, talks, database):
    path = f"/admin/collections/{talks.collection_id}/proposal"
    assert f'action="{path}"' in desk.get(path).get_data(as_text=True)

    shown = desk.post(path, sheet(talks, answers=0, do="show"))
    assert (shown.status_code, database.value("SELECT count(*) FROM deals")) == (200, 0)
    assert "€350.00" in shown.get_data(as_text=True)

    sent = desk.post(path, sheet(talks, answers=0))

    assert sent.headers["Location"].endswith(
        f"/admin/deals/{database.value('SELECT id FROM deals')}"
    )
    assert database.rows("SELECT number, side FROM deal_versions") == [(1, "house")]
    assert "Version 1 is with the brand." in desk.get(sent.headers["Location"]).get_data(
        as_text=True
    )


def test_terms_that_cannot_be_kept_come_back_with_their_field(desk, talks, database):
    path = f"/admin/collections/{talks.collection_id}/proposal"

    answer = desk.post(path, sheet(talks, answers=0, payment_days="90"))

    assert answer.status_code == 422
    assert "f-payment_days-error" in answer.get_data(as_text=True)
    assert database.value("SELECT count(*) FROM deals") == 0


def test_the_brands_counter_is_accepted_as_it_was_read(desk, talks, database):
    deal_id = countered(talks)
    assert 'name="number" value="2"' in desk.get(f"/admin/deals/{deal_id}/accept").get_data(
        as_text=True
    )

    desk.post(f"/admin/deals/{deal_id}/accept", {"number": "2"})

    assert database.rows("SELECT state FROM deals") == [("agreed",)]
    assert database.rows("SELECT committed FROM lots") == [(10,), (10,)]


def test_the_house_answers_a_counter_with_another(desk, talks, database):
    deal_id = countered(talks)
    assert desk.get(f"/admin/deals/{deal_id}/counter").status_code == 200

    desk.post(f"/admin/deals/{deal_id}/counter", sheet(talks, answers=2, commission="28"))

    assert database.rows("SELECT number, side FROM deal_versions ORDER BY number DESC LIMIT 1") == [
        (3, "house")
    ]


def test_the_house_does_not_accept_its_own_version(desk, talks, database):
    deal_id = proposed(talks).deal_id

    asked = desk.get(f"/admin/deals/{deal_id}/accept")
    forced = desk.post(f"/admin/deals/{deal_id}/accept", {"number": "1"})

    assert asked.headers["Location"].endswith(f"/admin/deals/{deal_id}")
    assert forced.status_code == 409
    assert database.rows("SELECT state FROM deals") == [("open",)]


def test_ending_the_talks_needs_a_reason_that_the_brand_reads(desk, talks, database):
    deal_id = countered(talks)
    mute = desk.post(f"/admin/deals/{deal_id}/decline", {"number": "2", "reason": ""})
    assert (mute.status_code, database.value("SELECT state FROM deals")) == (422, "open")

    desk.post(f"/admin/deals/{deal_id}/decline", {"number": "2", "reason": "Too dear for us"})

    assert database.value("SELECT state FROM deals") == "ended"
    assert "Too dear for us" in desk.get(f"/admin/deals/{deal_id}").get_data(as_text=True)


def test_unit_costs_are_filled_from_what_shops_pay(desk, talks, database):
    small, large = talks.variant_ids
    database.run("UPDATE variants SET wholesale_minor = 4810 WHERE id = :id", id=small)
    path = f"/admin/collections/{talks.collection_id}/proposal"
    assert "€48.10" in desk.get(path).get_data(as_text=True)

    shown = desk.post(
        path, sheet(talks, answers=0, do="fill", pay="unit_cost", cost_of_wholesale="45")
    ).get_data(as_text=True)

    assert f'name="line.{small}.cost" value="21.65"' in shown
    assert f'name="line.{large}.cost" value=""' in shown
    assert database.value("SELECT count(*) FROM deals") == 0


def test_a_commission_fills_in_no_unit_cost(desk, talks, database):
    small, _ = talks.variant_ids
    database.run("UPDATE variants SET wholesale_minor = 4810 WHERE id = :id", id=small)
    path = f"/admin/collections/{talks.collection_id}/proposal"

    shown = desk.post(
        path, sheet(talks, answers=0, do="fill", pay="commission", cost_of_wholesale="45")
    ).get_data(as_text=True)

    assert f'name="line.{small}.cost" value=""' in shown
