"""What is past its time goes, what is younger stays, and the books that only grow are not touched."""

from __future__ import annotations

import pytest

from marketplace.services import holds, legal_pages, payments
from tests.scenes import Bag, bag_of, paid_order, signed, stripe_event

BOOKS = ("events", "stock_movements", "postings", "posting_lines", "reports", "deal_lines")


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session, units=1, stock=1)


def _count(database, table):
    return database.value(f"SELECT count(*) FROM {table}")


def _books(database):
    return {table: _count(database, table) for table in BOOKS}


def _wish(database, bag, at):
    database.run(
        "INSERT INTO demand_signals (brand_id, sale_id, sale_item_id, member_id, signal, minute, units, last_at)"
        " SELECT brand_id, sale_id, id, :member, 'refused_sold_out', 1, 1, house_now() - CAST(:at AS interval)"
        " FROM sale_items WHERE id = :item",
        member=bag.member_id,
        item=bag.item.id,
        at=at,
    )


def test_a_hold_that_lapsed_three_years_ago_goes_and_the_count_of_it_stays(
    database, tools, bag, clock
):
    clock.turn(minutes=11)
    holds.sweep(tools, most=10)
    clock.turn(days=3 * 365)
    assert legal_pages.forget_past(tools) == 0
    books = _books(database)

    clock.turn(days=2)

    assert [legal_pages.forget_past(tools) for _ in range(2)] == [1, 0]
    assert _count(database, "holds") == 0
    assert _books(database) == books
    assert database.rows(
        "SELECT movement, units FROM stock_movements WHERE hold_id IS NOT NULL ORDER BY id DESC LIMIT 1"
    ) == [("expired", -1)]


def test_what_was_bought_stays_with_its_order(database, paying, bag, simulator, clock):
    paid_order(paying, simulator, bag)
    clock.turn(days=4 * 365)

    legal_pages.forget_past(paying)

    assert database.rows("SELECT state FROM holds") == [("sold",)]
    assert database.value("SELECT address ->> 'recipient' FROM orders") == "Camille Laurent"


def test_after_ten_years_an_order_names_nobody_and_its_sums_stay(
    database, paying, bag, simulator, clock
):
    paid_order(paying, simulator, bag)
    names = database.value("SELECT count(*) FROM orders, jsonb_object_keys(address)")
    clock.turn(days=3_654)

    legal_pages.forget_past(paying)

    assert database.rows(
        "SELECT total_minor, (SELECT string_agg(value, '') FROM jsonb_each_text(address)) FROM orders"
    ) == [(6_590, "")]
    assert database.value("SELECT count(*) FROM orders, jsonb_object_keys(address)") == names
    assert legal_pages.forget_past(paying) == 0


def test_a_wish_in_vain_is_kept_three_years(database, tools, bag):
    _wish(database, bag, "3 years 1 day")
    assert legal_pages.forget_past(tools) == 1

    _wish(database, bag, "2 years 364 days")

    assert legal_pages.forget_past(tools) == 0
    assert _count(database, "demand_signals") == 1


def test_letters_go_three_years_after_they_were_sent_and_what_still_waits_does_not(database, tools):
    database.run(
        "INSERT INTO letters (key, kind, transactional, state, created_at) VALUES"
        " ('old', 'order_paid', true, 'sent', house_now() - interval '3 years 1 day'),"
        " ('young', 'order_paid', true, 'sent', house_now() - interval '2 years'),"
        " ('waiting', 'order_paid', true, 'written', house_now() - interval '3 years 1 day')"
    )
    database.run(
        "INSERT INTO captured_mails (letter_id, to_address, subject, text, html, created_at)"
        " SELECT id, 'camille@example.org', '', '', '', created_at FROM letters WHERE key <> 'waiting'"
    )

    assert legal_pages.forget_past(tools) == 2

    assert database.rows("SELECT key FROM letters ORDER BY key") == [("waiting",), ("young",)]
    assert _count(database, "captured_mails") == 1


def test_a_talk_about_an_order_goes_three_years_after_its_last_word(database, tools, bag):
    database.run(
        "INSERT INTO threads (subject, subject_id, last_message_at) VALUES"
        " ('order', 1, house_now() - interval '3 years 1 day'), ('order', 2, house_now()),"
        " ('deal', 3, house_now() - interval '3 years 1 day')"
    )
    database.run(
        "INSERT INTO messages (thread_id, author_id, role, visibility, body, key, created_at)"
        " SELECT id, :author, 'member', 'all', 'A word', 'k', house_now() - interval '3 years 1 day' FROM threads",
        author=bag.account_id,
    )

    assert legal_pages.forget_past(tools) == 1

    assert database.rows(
        "SELECT t.subject, t.subject_id FROM messages m JOIN threads t ON t.id = m.thread_id ORDER BY 2"
    ) == [("order", 2), ("deal", 3)]


def test_what_the_payment_service_said_is_emptied_and_that_it_said_it_is_known_for_good(
    database, paying, clock
):
    body = stripe_event(1, "charge.succeeded", {"receipt_email": "camille@example.org"})
    payments.receive(paying, body=body, signature=signed(body))
    payments.handle(paying, message_id=database.value("SELECT id FROM inbox"))
    clock.turn(days=91)

    assert [legal_pages.forget_past(paying) for _ in range(2)] == [1, 0]

    assert database.rows("SELECT message_id, body FROM inbox") == [("evt_1", {})]


def test_the_night_staff_can_delete_nothing_younger_by_themselves(database, tools, bag, clock):
    """The periods stand in the database: without its function a worker may not delete a hold or a wish at all."""
    privileges = database.rows(
        "SELECT t, has_table_privilege('aubaine_worker', t, 'DELETE')"
        " FROM unnest(ARRAY['holds', 'demand_signals', 'letters', 'messages', 'inbox', 'orders']) t"
    )

    assert {may for _, may in privileges} == {False}


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_the_privacy_page_says_the_periods_that_are_carried_out(database, locale):
    page = database.value(
        "SELECT body FROM legal_pages WHERE slug = 'privacy' AND locale = :locale ORDER BY id DESC LIMIT 1",
        locale=locale,
    )

    said = {
        "en": (
            "three years, then only counted",
            "three years after the last word",
            "ninety days",
            "ten years",
        ),
        "fr": ("trois ans, puis de simples nombres", "trois ans après le dernier mot", "dix ans"),
    }
    assert all(words in page for words in said[locale])
