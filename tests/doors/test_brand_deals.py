"""A brand reads what the house proposes, what it would be paid, and answers: exactly the version that it read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from marketplace.db.brands import BrandUser
from marketplace.db.catalogue import CollectionState
from marketplace.domain.doors import BrandRole, Door
from marketplace.services import deals
from tests import factories
from tests.services.test_deals import TERMS, Talks, proposed


@dataclass(frozen=True)
class Table:
    """Talks about a collection of two sizes, ten units each at a floor of 30, and the brand's speaker at its door."""

    talks: Talks
    speaker: BrandUser

    @property
    def terms(self):
        """The form of a counter-proposal, as the page fills it in, with a lower commission."""
        small, large = self.talks.variant_ids
        return {
            "answers": "1",
            "mode": "consignment",
            "pay": "commission",
            "commission": "25",
            "payment_days": "30",
            "territories": "FR",
            "unsold_rule": "return",
            "exit_on": "2099-03-31",
            "valid_days": "14",
            "do": "send",
            f"line.{small}.units": "10",
            f"line.{small}.floor": "30.00",
            f"line.{large}.units": "8",
            f"line.{large}.floor": "35.00",
        }


@pytest.fixture
def table(database, tools) -> Table:
    with database.session() as session:
        of = factories.brand(session)
        speaker = factories.brand_user(session, of=of, name="Inès Marchand")
        person = factories.operator(session)
        offered = factories.collection(session, of=of, state=CollectionState.SUBMITTED)
        style = factories.style(session, of=offered)
        small, large = (factories.variant(session, of=style, size=size) for size in ("S", "L"))
    talks = Talks(
        offered.id,
        (small.id, large.id),
        tools.at_door(Door.OPERATOR, account_id=person.id),
        tools.at_door(Door.BRAND, account_id=speaker.account_id, brand_id=of.id),
    )
    return Table(talks, speaker)


@pytest.fixture
def client(brand_client, table):
    return brand_client(table.speaker)


@pytest.fixture
def deal_id(table) -> int:
    """The house's first proposal: it keeps 30 percent."""
    return proposed(table.talks).deal_id


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def versions(database):
    return database.rows("SELECT number, side FROM deal_versions ORDER BY number")


def test_the_brand_reads_the_proposal_with_who_must_answer(client, deal_id):
    page = words(client.get(f"/brand/deals/{deal_id}"))

    assert "The house waits for your answer" in page
    assert "Silence is not consent" in page
    assert "Version 1" in page
    assert "20 of the 20 units you offer" in page


def test_the_worked_example_says_what_comes_of_60_80_and_100_percent(client, deal_id):
    """Of 12 units at 30.00 with VAT of 20 %: 300.00 net, of which the house keeps 30 %."""
    page = words(client.get(f"/brand/deals/{deal_id}"))

    for told in (
        "60% 12 units €210.00 €252.00 with VAT",
        "80% 16 units €280.00 €336.00 with VAT",
        "100% 20 units €350.00 €420.00 with VAT",
    ):
        assert told in page


def test_accepting_asks_once_more_and_then_seals_the_version_that_was_read(
    client, deal_id, table, database
):
    asked = words(client.get(f"/brand/deals/{deal_id}/accept"))
    assert "Accept version 1?" in asked
    assert database.value("SELECT state FROM deals") == "open"

    done = client.post(f"/brand/deals/{deal_id}/accept", {"number": "1"})

    assert done.status_code == 303
    assert "was accepted by Inès Marchand" in words(client.get(f"/brand/deals/{deal_id}"))
    assert database.rows(
        "SELECT d.state, v.number, v.accepted_by_id FROM deals d"
        " JOIN deal_versions v ON v.id = d.accepted_version_id"
    ) == [("agreed", 1, table.speaker.account_id)]
    assert database.rows("SELECT committed FROM lots") == [(10,), (10,)]


def test_a_version_that_another_has_replaced_is_not_accepted(client, deal_id, table, database):
    deals.counter(
        table.talks.house, deal_id=deal_id, answers=1, terms=TERMS, lines=table.talks.lines
    )

    answer = client.post(f"/brand/deals/{deal_id}/accept", {"number": "1"})

    assert answer.status_code == 409
    assert "version 2" in words(answer).lower()
    assert database.rows("SELECT state FROM deals") == [("open",)]
    assert database.value("SELECT count(*) FROM lots") == 0


def test_a_counter_is_sent_as_the_next_version_and_is_the_houses_to_answer(
    client, deal_id, table, database
):
    sheet = words(client.get(f"/brand/deals/{deal_id}/counter"))
    assert "Propose other terms" in sheet

    sent = client.post(f"/brand/deals/{deal_id}/counter", table.terms)

    assert sent.status_code == 303, words(sent)
    assert versions(database) == [(1, "house"), (2, "brand")]
    assert database.rows(
        "SELECT v.terms ->> 'commission_bps', l.units, l.floor_minor FROM deal_versions v"
        " JOIN deal_lines l ON l.version_id = v.id WHERE v.number = 2 ORDER BY l.variant_id"
    ) == [("2500", 10, 3_000), ("2500", 8, 3_500)]
    page = words(client.get(f"/brand/deals/{deal_id}"))
    assert "With the house" in page
    assert f"/brand/deals/{deal_id}/accept" not in page


def test_a_counter_is_worked_out_before_it_is_sent(client, deal_id, table, database):
    shown = client.post(f"/brand/deals/{deal_id}/counter", {**table.terms, "do": "show"})

    assert shown.status_code == 200
    assert "What you would receive" in words(shown)
    assert versions(database) == [(1, "house")]


def test_a_counter_of_nothing_is_shown_again_with_its_reason(client, deal_id, table, database):
    none = {name: "0" if name.endswith(".units") else value for name, value in table.terms.items()}

    answer = client.post(f"/brand/deals/{deal_id}/counter", none)

    assert answer.status_code == 422
    assert versions(database) == [(1, "house")]


def test_the_brand_cannot_accept_what_it_proposed_itself(client, deal_id, table, database):
    client.post(f"/brand/deals/{deal_id}/counter", table.terms)

    asked = client.get(f"/brand/deals/{deal_id}/accept")
    forced = client.post(f"/brand/deals/{deal_id}/accept", {"number": "2"})

    assert asked.headers["Location"].endswith(f"/brand/deals/{deal_id}")
    assert forced.status_code == 409
    assert database.value("SELECT state FROM deals") == "open"


def test_a_counter_from_an_old_tab_is_refused_and_says_which_version_stands(
    client, deal_id, table, database
):
    client.post(f"/brand/deals/{deal_id}/counter", table.terms)

    second = client.post(f"/brand/deals/{deal_id}/counter", {**table.terms, "commission": "20"})

    assert second.status_code == 422
    assert "version 2" in words(second).lower()
    assert versions(database) == [(1, "house"), (2, "brand")]


def test_accepting_in_two_tabs_is_one_agreement(client, deal_id, database):
    answers = [
        client.post(f"/brand/deals/{deal_id}/accept", {"number": "1"}).status_code for _ in range(2)
    ]

    assert answers == [303, 303]
    assert database.value("SELECT count(*) FROM events WHERE name = 'deal.accepted'") == 1
    assert database.value("SELECT sum(committed)::bigint FROM lots") == 20


def test_accepting_in_one_tab_what_was_countered_in_the_other_is_refused(
    client, deal_id, table, database
):
    read = client.get(f"/brand/deals/{deal_id}/accept")
    client.post(f"/brand/deals/{deal_id}/counter", table.terms)

    answer = client.post(f"/brand/deals/{deal_id}/accept", {"number": "1"})

    assert 'name="number" value="1"' in read.get_data(as_text=True)
    assert answer.status_code == 409
    assert database.rows("SELECT state, accepted_version_id FROM deals") == [("open", None)]


def test_declining_needs_a_reason_and_ends_the_talks(client, deal_id, database):
    mute = client.post(f"/brand/deals/{deal_id}/decline", {"number": "1", "reason": " "})
    assert mute.status_code == 422
    assert database.value("SELECT state FROM deals") == "open"

    client.post(f"/brand/deals/{deal_id}/decline", {"number": "1", "reason": "Too low"})

    assert database.value("SELECT state FROM deals") == "ended"
    assert "Too low" in words(client.get(f"/brand/deals/{deal_id}"))


@pytest.mark.parametrize("path", ["", "/accept", "/decline", "/counter"])
def test_the_deal_of_another_brand_is_not_there(brand_client, deal_id, table, database, path):
    with database.session() as session:
        somebody = factories.brand_user(session, of=factories.brand(session))
    stranger = brand_client(somebody)
    forms = {
        "/accept": {"number": "1"},
        "/decline": {"number": "1", "reason": "mine"},
        "/counter": table.terms,
    }

    assert stranger.get(f"/brand/deals/{deal_id}{path}").status_code == 404
    if path:
        sent = stranger.post(f"/brand/deals/{deal_id}{path}", forms[path])
        assert sent.status_code == 404
    assert database.rows("SELECT state, latest FROM deals") == [("open", 1)]


def test_who_only_looks_reads_the_deal_and_cannot_answer(brand_client, deal_id, table, database):
    with database.session() as session:
        of = session.get_one(factories.Brand, table.speaker.brand_id)
        somebody = factories.brand_user(session, of=of, role=BrandRole.VIEWER)
    viewer = brand_client(somebody)

    page = viewer.get(f"/brand/deals/{deal_id}")
    refused = viewer.post(f"/brand/deals/{deal_id}/accept", {"number": "1"})

    assert page.status_code == 200
    assert f"/brand/deals/{deal_id}/accept" not in page.get_data(as_text=True)
    assert refused.status_code == 403
    assert database.value("SELECT state FROM deals") == "open"


CLAUSES = {
    "tier.1.from_share": "60",
    "tier.1.rate": "20",
    "minimum": "250.00",
    "discounts_by": "both",
    "returns_by": "both",
    "return_fee": "4.50",
    "freight_by": "brand",
    "freight": "30.00",
    "reserve": "10",
    "charge_damaged": "1.50",
    "exclusive_scope": "territories",
    "exclusive_until": "",
    "deliver_by": "2099-01-10",
    "deliver_to": "8 rue des Magasins, Roubaix",
    "photographs_from": "2026-12-01",
    "photographs_until": "2099-12-31",
    "data_shared": "live",
    "blackout.1.first": "2099-01-08",
    "blackout.1.last": "",
}


def test_every_clause_is_typed_kept_and_read_again(client, deal_id, table, database):
    plain = {**table.terms, **CLAUSES, "exclusive_scope": ""}

    sent = client.post(f"/brand/deals/{deal_id}/counter", plain)

    assert sent.status_code == 303, words(sent)
    kept = database.value("SELECT terms FROM deal_versions WHERE number = 2")
    assert kept["tiers"] == [{"from_bps": 6_000, "commission_bps": 2_000}]
    assert (kept["minimum_minor"], kept["return_minor"], kept["freight_minor"]) == (
        25_000,
        450,
        3_000,
    )
    assert kept["chargebacks"] == [{"reason": "damaged", "minor": 150}]
    assert kept["blackouts"] == [{"first": "2099-01-08", "last": "2099-01-08"}]
    assert (kept["exclusivity"], kept["data_shared"]) == (None, ["live"])
    page = words(client.get(f"/brand/deals/{deal_id}"))
    for told in (
        "20% on what sells past 60% of the units",
        "€250.00 without VAT, whatever sells",
        "The brand, €30.00 in all",
        "None: the brand sells elsewhere as it likes",
        "8 rue des Magasins, Roubaix",
    ):
        assert told in page
    again = client.get(f"/brand/deals/{deal_id}/counter").get_data(as_text=True)
    assert 'name="tier.1.rate" type="text" value="20"' in again
    assert 'name="blackout.1.first" type="date" value="2099-01-08"' in again


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"exclusive_scope": "everywhere"}, "An exclusivity needs both"),
        ({"tier.1.rate": ""}, "A tier needs both"),
        ({"tier.1.rate": "40"}, "A later tier takes no more"),
        ({"blackout.1.first": "", "blackout.1.last": "2099-01-09"}, "need their first day"),
        ({"reserve": "31"}, "At most 30% of what is due"),
    ],
)
def test_a_clause_that_cannot_be_kept_says_so_at_its_place(
    client, deal_id, table, database, changed, told
):
    answer = client.post(
        f"/brand/deals/{deal_id}/counter",
        {**table.terms, **CLAUSES, "exclusive_scope": "", **changed},
    )

    assert answer.status_code == 422
    assert told in words(answer)
    assert versions(database) == [(1, "house")]


def test_prices_changed_by_rule_show_their_effect_and_send_nothing(
    client, deal_id, table, database
):
    small, large = table.talks.variant_ids
    plain = {
        **table.terms,
        f"line.{small}.target": "60.00",
        f"line.{large}.target": "60.00",
        "price_change": "-10",
        "price_ending": "90",
        "do": "reprice",
    }

    shown = client.post(f"/brand/deals/{deal_id}/counter", plain)

    assert shown.status_code == 200, words(shown)
    page = shown.get_data(as_text=True)
    assert f'name="line.{small}.target" value="53.90"' in page
    assert "What the new target prices change" in words(shown)
    assert "100% €675.00 €606.37 €225.00 €202.13" in words(shown)
    assert versions(database) == [(1, "house")]


def test_the_brand_cannot_rewrite_the_houses_answers(client, deal_id, table, database):
    answer = client.post(
        f"/brand/deals/{deal_id}/counter", {**table.terms, "problem_answer": "We pay double."}
    )

    assert answer.status_code == 422
    assert versions(database) == [(1, "house")]


def test_the_page_that_asks_once_more_shows_the_sums_and_what_follows(client, deal_id):
    page = words(client.get(f"/brand/deals/{deal_id}/accept"))

    assert "100% 20 units €350.00 €420.00 with VAT" in page
    assert "Floor, target and public prices include VAT" in page
    assert "The brand proves its right to sell these goods" in page


def test_the_signed_paper_is_taken_away_by_the_brand(client, deal_id, database):
    client.post(f"/brand/deals/{deal_id}/accept", {"number": "1"})

    paper = client.get(f"/brand/deals/{deal_id}/paper")

    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert paper.data.startswith(b"%PDF-")
    assert client.get(f"/brand/deals/{deal_id}/paper").data == paper.data
    assert database.value("SELECT count(*) FROM deal_papers") == 2


def test_a_comment_is_written_beside_its_clause(client, deal_id):
    said = {"number": "1", "clause": "exit_on", "said": "A week sooner?"}

    assert client.post(f"/brand/deals/{deal_id}/comments", said).status_code == 303
    assert "A week sooner?" in words(client.get(f"/brand/deals/{deal_id}"))
