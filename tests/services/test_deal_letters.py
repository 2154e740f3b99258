"""Letters about deals: a brand learns of what waits for it, of what lapses soon, and of what is agreed. Once."""

from __future__ import annotations

import pytest

from marketplace.queries import letters
from marketplace.services import deals
from marketplace.words.letters import rendered
from tests.services.test_deals import TERMS, Talks, proposed, talks

__all__ = ("Talks", "talks")


def written(database) -> list[str]:
    return [kind for (kind,) in database.rows("SELECT kind FROM letters ORDER BY id")]


def test_a_proposal_of_the_house_is_told_once(database, tools, talks):
    made = proposed(talks)

    deals.tell(tools, deal_id=made.deal_id)
    deals.tell(tools, deal_id=made.deal_id)

    assert written(database) == ["deal_proposed"]


def test_a_counter_of_the_brand_itself_is_not_told_to_it(database, tools, talks):
    made = proposed(talks)
    deals.counter(talks.brand, deal_id=made.deal_id, answers=1, terms=TERMS, lines=talks.lines)

    deals.tell(tools, deal_id=made.deal_id)

    assert written(database) == []


def test_acceptance_is_told(database, tools, talks):
    made = proposed(talks)
    deals.accept(talks.brand, deal_id=made.deal_id, number=1)

    deals.tell(tools, deal_id=made.deal_id)

    assert written(database) == ["deal_accepted"]


def test_a_proposal_about_to_lapse_is_recalled_once(database, tools, talks, clock):
    proposed(talks)
    clock.turn(days=10)
    assert deals.remind(tools) == 0

    clock.turn(days=1, minutes=1)
    assert (deals.remind(tools), deals.remind(tools)) == (1, 0)
    assert written(database) == ["deal_expiring"]


def test_nothing_is_recalled_once_it_has_lapsed_or_was_answered(database, tools, talks, clock):
    made = proposed(talks)
    deals.decline(talks.brand, deal_id=made.deal_id, number=1, reason="No.")
    clock.turn(days=12)
    assert deals.remind(tools) == 0
    assert written(database) == []


@pytest.mark.parametrize(
    ("may_name", "subject"),
    [
        ("false", "A proposal waits for your answer"),
        ("true", "A proposal for {} waits for your answer"),
    ],
)
def test_a_subject_names_the_brand_only_where_it_wishes(database, tools, talks, may_name, subject):
    database.run(f"UPDATE brands SET name_in_subject = {may_name}")
    made = proposed(talks)
    deals.tell(tools, deal_id=made.deal_id)

    found = letters.composed(tools, letter_id=database.value("SELECT id FROM letters"))
    said = rendered(found.kind, locale="en", facts=found.facts)

    assert said.subject == subject.format(database.value("SELECT name FROM brands"))
    assert f"/brand/deals/{made.deal_id}" in said.text
    assert "leaving costs nothing" in said.text
