"""Asks that are decided together are answered as if each had been asked alone, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.db.session import Each
from tests import factories

EXAMPLES = 120
MEMBERS, KEYS = 3, 4
UNITS = (1, 2, 5)
ITEMS = len(UNITS)
ITEM_LIMIT, SALE_LIMIT = 3, 4
NOWHERE = 999_999
TAKE = Each(
    text(
        "SELECT outcome, hold_id, expires_at, price_minor, next_release_at, next_release_units, most, sold_out_at, "
        "opens_at FROM take_holds(CAST(:members AS bigint[]), CAST(:items AS bigint[]), CAST(:units AS integer[]), "
        "CAST(:keys AS uuid[])) ORDER BY place"
    ),
    ("members", "items", "units", "keys"),
)
COUNTERS = text("SELECT available, held, sold_out_at IS NULL FROM sale_items ORDER BY id")
MOVED = text(
    "SELECT sum(units) FROM stock_movements WHERE hold_id IS NOT NULL GROUP BY sale_item_id ORDER BY 1"
)
SIGNALS = text(
    "SELECT sale_item_id, member_id, sum(times), max(units) FROM demand_signals GROUP BY 1, 2 ORDER BY 1, 2"
)


@dataclass(frozen=True)
class Wish:
    """A member (by place) who wants units of an item (by place; the last is of no sale) under a key."""

    member: int
    item: int
    units: int
    key: int


WISHES = st.lists(
    st.builds(
        Wish,
        member=st.integers(0, MEMBERS - 1),
        item=st.integers(0, ITEMS),
        units=st.integers(1, 3),
        key=st.integers(0, KEYS - 1),
    ),
    min_size=1,
    max_size=14,
)


def test_together_is_as_one_after_the_other(database):
    with database.session() as session:
        sale, _ = factories.open_sale(session, items=0, limit_per_member=SALE_LIMIT)
        offered = [
            factories.sale_item(session, of=sale, units=units, limit_per_member=ITEM_LIMIT)
            for units in UNITS
        ]
        members = [factories.member(session).id for _ in range(MEMBERS)]
    items = [*(item.id for item in offered), NOWHERE]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(WISHES, st.integers(0, 14))
    def decided(wishes, cut):
        asked = [
            (members[each.member], items[each.item], each.units, UUID(int=each.key + 1))
            for each in wishes
        ]
        with Session(database.owner) as session:
            together = world(session, [asked])
            halves = world(session, [half for half in (asked[:cut], asked[cut:]) if half])
            one_by_one = world(session, [[each] for each in asked])
        assert together == one_by_one
        assert halves == one_by_one

    decided()


def world(session, journeys):
    """What is answered and what the tables say after these journeys; nothing of it stays."""
    answers = [
        row for asked in journeys for row in session.execute(TAKE.statement, TAKE.told(asked))
    ]
    first_told = {row.hold_id: place for place, row in reversed(list(enumerate(answers)))}
    told = [
        (row.outcome, row.price_minor, row.most, comes_back(row), first_told[row.hold_id])
        for row in answers
    ]
    tables = [[tuple(row) for row in session.execute(each)] for each in (COUNTERS, MOVED, SIGNALS)]
    session.rollback()
    return told, tables


def comes_back(row):
    """Units that come back first, where nothing was left to grant afterwards: later grants come back as well."""
    return row.next_release_units if row.outcome == "all_in_bags" else None
