"""The walls hold in the database itself, whatever the application above it forgets."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.db.ledger import Book, Cause, Posting, PostingLine
from marketplace.domain.doors import Door
from marketplace.services import orders, reports, sales
from tests import factories
from tests.scenes import bag_of, paid_order


def test_a_brand_without_context_sees_no_row_of_any_brand(database, vault):
    with database.session() as session:
        factories.open_sale(session)

    with vault.reading(Door.BRAND) as session:
        seen = session.execute(text("SELECT count(*) FROM sales")).scalar_one()

    assert seen == 0


def test_a_brand_sees_its_own_sales_and_not_another_brands(database, vault):
    with database.session() as session:
        mine, _ = factories.open_sale(session)
        factories.open_sale(session)

    with vault.reading(Door.BRAND, brand_id=mine.brand_id) as session:
        seen = session.execute(text("SELECT id FROM sales")).scalars().all()

    assert seen == [mine.id]


def test_a_brand_cannot_read_who_bought(database, vault):
    with database.session() as session:
        mine, _ = factories.open_sale(session)

    with (
        pytest.raises(DBAPIError, match="permission denied"),
        vault.reading(Door.BRAND, brand_id=mine.brand_id) as s,
    ):
        s.execute(text("SELECT member_id FROM holds"))


def test_a_posting_that_does_not_balance_is_refused_at_commit(database):
    with database.session() as session:
        posting = Posting(cause=Cause.PAYMENT, cause_id=1, kind="paid")
        session.add(posting)
        session.flush()
        for book, amount in ((Book.STRIPE, 100), (Book.COMMISSION, -99)):
            session.add(
                PostingLine(posting_id=posting.id, book=book, currency="EUR", amount_minor=amount)
            )
        session.flush()
        with pytest.raises(DBAPIError, match="out of balance"):
            session.commit()
        session.rollback()

    assert database.value("SELECT count(*) FROM postings") == 0


BOOKS = (
    "events",
    "stock_movements",
    "postings",
    "posting_lines",
    "reports",
    "deal_lines",
    "line_returns",
)


@pytest.mark.parametrize("deed", ["UPDATE {} SET id = -id", "DELETE FROM {}"])
def test_no_row_of_the_books_is_changed_even_by_the_superuser(database, paying, simulator, deed):
    """The scene leaves a row in each book; a book without one would prove nothing."""
    with database.session() as session:
        bag = bag_of(session)
    order = paid_order(paying, simulator, bag)
    orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)
    sale_id = database.value("SELECT id FROM sales")
    sales.record_due_transitions(paying, limit=10)
    database.run("UPDATE sales SET state = 'closed', closed_at = house_now()")
    reports.take_closing(paying, sale_id=sale_id)

    for book in BOOKS:
        before = database.value(f"SELECT count(*) FROM {book}")
        with pytest.raises(DBAPIError, match="only grows"):
            database.run(deed.format(book))
        assert before > 0
        assert database.value(f"SELECT count(*) FROM {book}") == before


@pytest.mark.parametrize("book", BOOKS)
def test_no_book_is_emptied_even_by_the_superuser(database, book):
    with pytest.raises(DBAPIError, match="only grows"):
        database.run(f"TRUNCATE {book} CASCADE")


def test_a_hold_taken_is_a_row_and_a_movement(database):
    with database.session() as session:
        _, (item,) = factories.open_sale(session, units=3)
        member = factories.member(session)
        factories.hold(session, by=member, on=item, units=2)

    assert database.rows("SELECT available, held, sold FROM sale_items") == [(1, 2, 0)]
