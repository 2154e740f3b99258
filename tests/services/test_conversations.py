"""Threads: one on each thing, read by those it concerns, every question owed an answer by a date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.domain.conversations import (
    MessageEmpty,
    MessageTooLong,
    Subject,
    Visibility,
    VisibilityRefused,
    answer_due,
)
from marketplace.domain.doors import Door
from marketplace.domain.refusals import NotFound
from marketplace.queries import conversations as asked
from marketplace.services import conversations
from tests import factories, sale_scenes, scenes


@pytest.fixture
def at(database):
    """A desk with a deal."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def order(database):
    """A member's order that waits to be paid, and the member."""
    with database.session() as session:
        bag = scenes.bag_of(session)
        order_id = session.execute(
            factories.text(
                "INSERT INTO orders (ref, member_id, territory, currency, items_minor, shipping_minor, vat_minor,"
                " vat_bps, total_minor, address, promised_on, pay_by)"
                " VALUES ('o1', :m, 'FR', 'EUR', 6000, 590, 1098, 2000, 6590, '{}', '2026-12-01',"
                " house_now() + interval '30 minutes') RETURNING id"
            ),
            {"m": bag.member_id},
        ).scalar_one()
        hold = session.execute(factories.text("SELECT id FROM holds")).scalar_one()
        session.execute(
            factories.text(
                "INSERT INTO order_lines (order_id, brand_id, sale_id, sale_item_id, variant_id, hold_id, units,"
                " price_minor, vat_bps, commission_bps) SELECT :o, brand_id, sale_id, id, variant_id, :h, 1, 6000,"
                " 2000, 2500 FROM sale_items WHERE id = :i"
            ),
            {"o": order_id, "h": hold, "i": bag.item.id},
        )
    return order_id, bag.account_id


def about_deal(at):
    return {"subject": Subject.DEAL, "subject_id": at.deal_id}


@pytest.mark.parametrize(
    ("asked_at", "due_at"),
    [
        (datetime(2026, 11, 17, 9, tzinfo=UTC), datetime(2026, 11, 18, 17, tzinfo=UTC)),
        (datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 11, 23, 17, tzinfo=UTC)),
        (datetime(2026, 11, 22, 9, tzinfo=UTC), datetime(2026, 11, 23, 17, tzinfo=UTC)),
        (datetime(2026, 7, 13, 22, 30, tzinfo=UTC), datetime(2026, 7, 15, 16, tzinfo=UTC)),
    ],
)
def test_an_answer_is_due_at_six_in_paris_on_the_next_working_day(asked_at, due_at):
    assert answer_due(asked_at) == due_at


def test_a_brands_question_opens_the_thread_and_is_promised_an_answer(at, tools, database):
    written = conversations.write(
        at.brand(tools), **about_deal(at), body=" When are the goods due? ", key="k1"
    )

    assert database.rows("SELECT subject, subject_id, brand_id FROM threads") == [
        ("deal", at.deal_id, at.brand_id)
    ]
    assert database.rows("SELECT body, role, author_id FROM messages") == [
        ("When are the goods due?", "brand", at.brand_account_id)
    ]
    assert database.rows("SELECT kind, subject_type, due_at, kept_at FROM promises") == [
        ("answer", "message", written.answer_by, None)
    ]
    assert database.rows("SELECT name, subject_type, subject_id FROM events") == [
        ("conversation.message_written", "deal", at.deal_id)
    ]


def test_the_same_press_of_the_button_writes_once(at, tools, database):
    for _ in range(2):
        conversations.write(at.brand(tools), **about_deal(at), body="Once", key="k1")

    assert database.value("SELECT count(*) FROM messages") == 1
    assert database.value("SELECT count(*) FROM events") == 1


def test_a_second_question_waits_with_the_first_and_the_answer_keeps_the_promise(
    at, tools, database
):
    conversations.write(at.brand(tools), **about_deal(at), body="First", key="k1")
    conversations.write(at.brand(tools), **about_deal(at), body="Second", key="k2")
    assert database.value("SELECT count(*) FROM promises") == 1
    assert asked.inbox(at.operator(tools)).waiting == 1

    conversations.write(at.operator(tools), **about_deal(at), body="Here it is", key="k3")

    assert database.value("SELECT kept_at IS NOT NULL FROM promises") is True
    assert database.value("SELECT waiting_since FROM threads") is None
    assert asked.inbox(at.operator(tools)).waiting == 0


def test_a_note_for_the_house_answers_nobody_and_is_read_by_nobody_else(at, tools, database):
    conversations.write(at.brand(tools), **about_deal(at), body="May we?", key="k1")
    conversations.write(
        at.operator(tools),
        **about_deal(at),
        body="They always ask this.",
        key="k2",
        visibility=Visibility.STAFF,
    )

    to_brand = asked.thread(at.brand(tools), **about_deal(at))
    to_house = asked.thread(at.operator(tools), **about_deal(at))

    assert [said.body for said in to_brand.said] == ["May we?"]
    assert to_brand.total == 1
    assert [said.body for said in to_house.said] == ["May we?", "They always ask this."]
    assert database.value("SELECT kept_at FROM promises") is None
    assert to_brand.answer_by is not None


def test_a_brands_own_note_is_not_read_by_the_house(at, tools):
    conversations.write(
        at.brand(tools), **about_deal(at), body="Among us", key="k1", visibility=Visibility.SIDE
    )

    assert asked.thread(at.operator(tools), **about_deal(at)).said == ()
    assert [said.mine for said in asked.thread(at.brand(tools), **about_deal(at)).said] == [True]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"body": " \n "}, MessageEmpty),
        ({"body": "x" * 4_001}, MessageTooLong),
        ({"body": "For the house", "visibility": Visibility.STAFF}, VisibilityRefused),
    ],
)
def test_what_cannot_be_written_is_refused_and_opens_no_thread(at, tools, database, words, refusal):
    with pytest.raises(refusal):
        conversations.write(at.brand(tools), **about_deal(at), key="k1", **words)

    assert database.value("SELECT count(*) FROM threads") == 0


def test_another_brand_finds_neither_the_thread_nor_the_deal(at, tools, database):
    conversations.write(at.brand(tools), **about_deal(at), body="Secret", key="k1")
    with database.session() as session:
        other = sale_scenes.desk(session)

    with pytest.raises(NotFound):
        asked.thread(other.brand(tools), **about_deal(at))
    with pytest.raises(NotFound):
        conversations.write(other.brand(tools), **about_deal(at), body="Hello", key="k2")

    assert database.value("SELECT count(*) FROM messages") == 1


def test_a_member_writes_about_an_own_order_and_nobody_elses(order, tools, database):
    order_id, account_id = order
    with database.session() as session:
        stranger = factories.member(session)
    about = {"subject": Subject.ORDER, "subject_id": order_id}
    mine = tools.at_door(Door.MEMBER, account_id=account_id)
    theirs = tools.at_door(Door.MEMBER, account_id=stranger.account_id)

    conversations.write(mine, **about, body="Can it come on Friday?", key="k1")
    with pytest.raises(NotFound):
        conversations.write(theirs, **about, body="Mine too", key="k2")
    with pytest.raises(NotFound):
        asked.thread(theirs, **about)

    assert [said.body for said in asked.thread(mine, **about).said] == ["Can it come on Friday?"]
    assert database.rows("SELECT account_id, realm FROM promises") == [(account_id, "member")]


def test_a_member_has_no_part_in_deals_and_sales_and_a_brand_none_in_orders(at, order, tools):
    member = tools.at_door(Door.MEMBER, account_id=order[1])

    with pytest.raises(NotFound):
        asked.thread(member, **about_deal(at))
    with pytest.raises(NotFound):
        asked.thread(at.brand(tools), subject=Subject.ORDER, subject_id=order[0])
    with pytest.raises(NotFound):
        conversations.write(
            at.brand(tools), subject=Subject.ORDER, subject_id=order[0], body="Who?", key="k"
        )


def test_a_named_person_answers_before_anything_was_written(at, tools, database):
    database.run(
        "UPDATE brands SET account_manager_id = :who WHERE id = :id",
        who=at.operator_id,
        id=at.brand_id,
    )
    name = database.value("SELECT name FROM accounts WHERE id = :id", id=at.operator_id)

    talk = asked.thread(at.brand(tools), **about_deal(at))

    assert (talk.host, talk.said, talk.answer_by) == (name, (), None)
    assert database.value("SELECT count(*) FROM threads") == 0


def test_a_thing_that_is_not_there_has_no_thread(at, tools):
    with pytest.raises(NotFound):
        asked.thread(at.operator(tools), subject=Subject.SALE, subject_id=999_999)


def test_the_list_puts_the_longest_waiting_first(at, tools, database, clock):
    with database.session() as session:
        other = sale_scenes.desk(session)
    conversations.write(other.brand(tools), **about_deal(other), body="Older", key="k1")
    clock.turn(minutes=5)
    conversations.write(at.brand(tools), **about_deal(at), body="Newer", key="k2")

    found = asked.inbox(at.operator(tools))

    assert [line.subject_id for line in found.threads] == [other.deal_id, at.deal_id]
    assert (found.waiting, found.total) == (2, 2)
