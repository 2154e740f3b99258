"""A sale from its draft to its schedule: guarded, versioned, approved as it stands."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from marketplace.domain.moments import AmbiguousHour, NoSuchHour
from marketplace.domain.money import Money
from marketplace.domain.preflight import Check
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.refusals import Invalid, NotFound, Stale
from marketplace.domain.sales import (
    DealNotAgreed,
    NotEnoughStock,
    NotInDeal,
    PriceBelowFloor,
    SaleFrozen,
    SaleNotReady,
    TerritoryNotAgreed,
    WindowRefused,
)
from marketplace.services import sales
from marketplace.services.sales import Asked, ItemsRefused
from tests import factories, sale_scenes

WHY = "the lorry stands in the snow"


@pytest.fixture
def at(database):
    """A desk with a deal of two variants, ten units of each accepted."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def house(at, tools):
    """The tools of the operator at that desk."""
    return at.operator(tools)


def test_a_draft_keeps_wall_times_zone_and_instants(at, house, database):
    plan = at.plan(opens_wall=datetime(2026, 10, 23, 7), closes_wall=datetime(2026, 10, 26, 7))

    ref = sales.draft(house, deal_id=at.deal_id, plan=plan)

    assert len(ref) == 8
    assert database.rows(
        "SELECT ref, state, currency, opens_wall::text, opens_at::text, closes_at::text, version FROM sales"
    ) == [
        (
            ref,
            "draft",
            "EUR",
            "2026-10-23 07:00:00",
            "2026-10-23 05:00:00+00",
            "2026-10-26 06:00:00+00",
            1,
        )
    ]
    assert sale_scenes.events(database) == ["sale.drafted"]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        (
            {"opens_wall": datetime(2027, 3, 28, 2, 30), "closes_wall": datetime(2027, 3, 30, 7)},
            NoSuchHour,
        ),
        (
            {"opens_wall": datetime(2026, 10, 25, 2, 30), "closes_wall": datetime(2026, 10, 27, 7)},
            AmbiguousHour,
        ),
        (
            {"opens_wall": datetime(2026, 10, 25, 7), "closes_wall": datetime(2026, 10, 24, 7)},
            WindowRefused,
        ),
        ({"territory": "DE"}, TerritoryNotAgreed),
        ({"title": "  "}, Invalid),
        ({"limit_per_member": 0}, Invalid),
        ({"manager_id": -1}, Invalid),
        ({"hero_photograph_id": -1}, Invalid),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_nothing_is_written(
    at, house, database, changed, refusal
):
    with pytest.raises(refusal):
        sales.draft(house, deal_id=at.deal_id, plan=at.plan(**changed))

    assert database.value("SELECT count(*) FROM sales") == 0
    assert sale_scenes.events(database) == []


def test_a_deal_that_is_not_agreed_has_no_sale(at, house, database):
    with database.session() as session:
        of = factories.brand(session)
        offered = factories.collection(session, of=of)
        talks = factories.deal(session, of=offered, variants=(), accepted=False)

    with pytest.raises(DealNotAgreed):
        sales.draft(house, deal_id=talks.id, plan=at.plan())

    assert database.value("SELECT count(*) FROM sales") == 0


def test_a_change_of_times_begins_a_new_generation_and_every_change_a_new_version(
    at, house, database
):
    ref = sales.draft(house, deal_id=at.deal_id, plan=at.plan())

    sales.change(house, ref=ref, version=1, plan=at.plan(title="The second title"))
    assert database.rows("SELECT title, version, generation FROM sales") == [
        ("The second title", 2, 1)
    ]

    sales.change(house, ref=ref, version=2, plan=at.plan(opens_in=timedelta(days=5)))
    assert database.rows("SELECT version, generation FROM sales") == [(3, 2)]


def test_an_edit_of_an_older_version_is_refused_and_names_the_newest(at, house, database):
    ref = sales.draft(house, deal_id=at.deal_id, plan=at.plan())
    sales.change(house, ref=ref, version=1, plan=at.plan(title="First come"))

    with pytest.raises(Stale) as refused:
        sales.change(house, ref=ref, version=1, plan=at.plan(title="Second come"))

    assert refused.value.facts == {"latest": 2}
    assert database.value("SELECT title FROM sales") == "First come"


def test_units_put_into_a_sale_leave_the_free_stock_and_come_back(at, house, database):
    ref = sales.draft(house, deal_id=at.deal_id, plan=at.plan())
    small, medium = at.variant_ids

    done = sales.put_items(
        house, ref=ref, version=1, lines=(Asked(small, 4, 6_000), Asked(medium, 10, 5_000, 1))
    )
    assert (done.version, done.items, done.units) == (2, 2, 14)
    assert sale_scenes.lots(database) == [(10, 4), (10, 10)]

    done = sales.put_items(house, ref=ref, version=2, lines=(Asked(medium, 0, 0),))

    assert (done.items, done.units) == (1, 4)
    assert sale_scenes.lots(database) == [(10, 4), (10, 0)]
    assert database.rows(
        "SELECT movement, units FROM stock_movements WHERE sale_item_id IS NOT NULL ORDER BY id"
    ) == [("allocated", 4), ("allocated", 10), ("deallocated", -10)]


def test_the_comparison_follows_from_the_evidence(at, house, database):
    ref = sales.draft(house, deal_id=at.deal_id, plan=at.plan())
    small, medium = at.variant_ids

    sales.put_items(
        house, ref=ref, version=1, lines=(Asked(small, 1, 6_000), Asked(medium, 1, 12_000))
    )

    assert database.rows(
        "SELECT compare_minor, evidence_id IS NOT NULL FROM sale_items ORDER BY id"
    ) == [
        (12_000, True),
        (None, False),
    ]


def test_without_evidence_no_comparison_is_shown(database, tools):
    with database.session() as session:
        at = sale_scenes.desk(session, evidence=False)
    ref = sales.draft(at.operator(tools), deal_id=at.deal_id, plan=at.plan())

    sales.put_items(
        at.operator(tools), ref=ref, version=1, lines=(Asked(at.variant_ids[0], 1, 6_000),)
    )

    assert database.rows("SELECT compare_minor, evidence_id FROM sale_items") == [(None, None)]


def test_every_fault_of_a_table_is_named_and_no_line_is_written(at, house, database):
    ref = sales.draft(house, deal_id=at.deal_id, plan=at.plan())
    small, medium = at.variant_ids
    with database.session() as session:
        elsewhere = sale_scenes.desk(session).variant_ids[0]

    with pytest.raises(ItemsRefused) as refused:
        sales.put_items(
            house,
            ref=ref,
            version=1,
            lines=(Asked(small, 1, 2_999), Asked(medium, 11, 6_000), Asked(elsewhere, 1, 6_000)),
        )

    rows = refused.value.facts["rows"]
    assert isinstance(rows[small], PriceBelowFloor)
    assert rows[small].facts["floor"] == Money(3_000, "EUR")
    assert isinstance(rows[medium], NotEnoughStock)
    assert rows[medium].facts["free"] == 10
    assert isinstance(rows[elsewhere], NotInDeal)
    assert database.value("SELECT count(*) FROM sale_items") == 0
    assert database.value("SELECT version FROM sales") == 1


def test_units_in_one_sale_are_not_there_for_another(at, house, database):
    first = sales.draft(house, deal_id=at.deal_id, plan=at.plan())
    second = sales.draft(house, deal_id=at.deal_id, plan=at.plan(opens_in=timedelta(days=90)))
    small = at.variant_ids[0]
    sales.put_items(house, ref=first, version=1, lines=(Asked(small, 7, 6_000),))

    with pytest.raises(ItemsRefused) as refused:
        sales.put_items(house, ref=second, version=1, lines=(Asked(small, 4, 6_000),))

    assert refused.value.facts["rows"][small].facts["free"] == 3
    assert sale_scenes.lots(database)[0] == (10, 7)


def test_filling_prices_everything_under_its_public_price_and_never_below_the_floor(
    at, house, database
):
    ref = sales.draft(house, deal_id=at.deal_id, plan=at.plan())

    done = sales.fill(house, ref=ref, version=1, saving_bps=6_000)
    assert (done.items, done.units, done.unpriced) == (2, 20, 0)
    assert database.rows("SELECT price_minor, units FROM sale_items") == [(4_800, 10), (4_800, 10)]

    sales.fill(house, ref=ref, version=2, saving_bps=9_000)

    assert database.rows("SELECT price_minor, units FROM sale_items") == [(3_000, 10), (3_000, 10)]
    assert sale_scenes.lots(database) == [(10, 10), (10, 10)]


def test_a_ready_sale_is_scheduled_and_its_opening_promised(at, house, tools, database):
    ref = sale_scenes.ready(tools, at)

    sales.schedule(house, ref=ref, version=2)

    assert sale_scenes.state(database) == "scheduled"
    assert sale_scenes.events(database)[-1] == "sale.scheduled"
    assert database.rows(
        "SELECT p.kind, p.due_at = s.opens_at, p.void_at, p.kept_at FROM promises p, sales s"
    ) == [("opening", True, None, None)]


def test_a_sale_that_is_not_ready_names_its_blocking_rows(at, house, database):
    ref = sales.draft(house, deal_id=at.deal_id, plan=at.plan(manager_id=None))

    with pytest.raises(SaleNotReady) as refused:
        sales.schedule(house, ref=ref, version=1)

    blocked = [row.check for row in refused.value.facts["rows"]]
    assert blocked == [Check.ITEMS, Check.STOCK, Check.APPROVAL, Check.MANAGER]
    assert sale_scenes.state(database) == "draft"
    assert sale_scenes.events(database) == ["sale.drafted"]


def test_what_the_brand_approved_is_exactly_one_version(at, house, tools, database):
    ref = sale_scenes.ready(tools, at)
    sales.change(house, ref=ref, version=2, plan=at.plan(title="Another title"))

    with pytest.raises(SaleNotReady) as refused:
        sales.schedule(house, ref=ref, version=3)
    assert [row.reason for row in refused.value.facts["rows"]] == ["approved_earlier"]

    with pytest.raises(Stale):
        sales.approve(at.brand(tools), ref=ref, version=2)
    sales.approve(at.brand(tools), ref=ref, version=3)
    sales.schedule(house, ref=ref, version=3)
    assert sale_scenes.state(database) == "scheduled"


def test_another_brand_cannot_even_find_the_sale_to_approve(at, tools, database):
    ref = sale_scenes.ready(tools, at)
    with database.session() as session:
        other = sale_scenes.desk(session)

    with pytest.raises(NotFound):
        sales.approve(other.brand(tools), ref=ref, version=2)


def test_a_scheduled_sale_is_changed_only_after_it_was_taken_back(at, house, tools, database):
    ref = sale_scenes.scheduled(tools, at)

    with pytest.raises(SaleFrozen):
        sales.change(house, ref=ref, version=2, plan=at.plan(title="Too late"))
    with pytest.raises(SaleFrozen):
        sales.put_items(house, ref=ref, version=2, lines=(Asked(at.variant_ids[0], 1, 6_000),))

    sales.unschedule(house, ref=ref, reason=WHY)
    assert sale_scenes.state(database) == "draft"
    assert database.value("SELECT void_at IS NOT NULL FROM promises") is True
    assert database.value("SELECT reason FROM events ORDER BY id DESC LIMIT 1") == WHY
    sales.schedule(house, ref=ref, version=2)
    assert database.rows("SELECT void_at, kept_at FROM promises") == [(None, None)]


@pytest.mark.parametrize("deed", [sales.unschedule, sales.cancel, sales.pause, sales.end_now])
def test_what_members_feel_needs_a_reason(at, house, tools, database, deed):
    ref = sale_scenes.scheduled(tools, at)

    with pytest.raises(ReasonMissing):
        deed(house, ref=ref, reason=" ")

    assert sale_scenes.state(database) == "scheduled"
