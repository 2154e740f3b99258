"""A sale as a member sees it: nothing before the teaser, no price before the opening, words and no counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Phase, SaleState, StockWord
from marketplace.queries import product_page, sale_page, stock_words
from tests import factories


@pytest.fixture
def door(tools):
    """The tools at the members' door, where a statement may not read costs and floors."""
    return tools.at_door(Door.MEMBER)


@pytest.fixture
def member(database):
    """A member."""
    with database.session() as session:
        return factories.member(session)


def look(door, sale, **more):
    """The page of a sale."""
    return sale_page.look(door, ref=sale.ref, **more)


def a_sale(database, *, items=1, units=5, **more):
    """A sale and its items."""
    with database.session() as session:
        return factories.open_sale(session, items=items, units=units, **more)


def test_sixty_styles_cost_three_statements(database, door, member, statements):
    sale, _ = a_sale(database, items=60)

    with statements() as sent:
        page = look(door, sale)

    assert len(page.styles) == 60
    assert len(sent) == 3


def test_a_sale_of_more_styles_than_fit_has_pages(database, door, member):
    sale, _items = a_sale(database, items=62)

    first, second = look(door, sale), look(door, sale, page=2)

    assert (len(first.styles), len(second.styles), second.total) == (60, 2, 62)


@pytest.mark.parametrize(
    ("change", "phase"),
    [
        ({"opens_in": timedelta(days=2)}, Phase.TEASER),
        ({"opens_in": timedelta(days=-3)}, Phase.CLOSED),
        ({"state": SaleState.CLOSED}, Phase.CLOSED),
    ],
)
def test_no_style_and_no_price_outside_the_hours_of_a_sale(database, door, member, change, phase):
    sale, _ = a_sale(database, **change)

    page = look(door, sale)

    assert page.header.phase is phase
    assert (page.styles, page.sizes) == ((), ())


@pytest.mark.parametrize(
    "change",
    [
        {"opens_in": timedelta(days=4)},
        {"state": SaleState.DRAFT},
        {"state": SaleState.CANCELLED},
    ],
)
def test_what_is_not_announced_is_not_there(database, door, member, change):
    sale, _ = a_sale(database, **change)

    with pytest.raises(NotFound):
        look(door, sale)
    with pytest.raises(NotFound):
        stock_words.of_sale(door, ref=sale.ref)


def test_a_paused_sale_still_shows_what_it_holds(database, door, member):
    sale, _ = a_sale(database, state=SaleState.PAUSED)

    assert look(door, sale).header.phase is Phase.PAUSED
    assert len(look(door, sale).styles) == 1


def test_a_brand_that_stays_unnamed_is_named_only_at_the_opening(database, clock, door, member):
    sale, _ = a_sale(database, opens_in=timedelta(days=1), title="The winter house")
    database.run("UPDATE brands SET show_in_teaser = false")

    before = look(door, sale).header
    clock.turn(days=1)
    after = look(door, sale).header

    assert (before.brand, before.title, before.line, before.story, before.picture) == (
        None, "", "", "", None
    )  # fmt: skip
    assert before.seller == ""
    assert after.title == "The winter house"
    assert after.brand is not None


def test_a_comparison_is_shown_with_its_evidence_and_not_without(database, door, member):
    sale, (_item,) = a_sale(database)
    without = look(door, sale).styles[0].priced
    with database.session() as session:
        of = session.get_one(factories.Collection, database.value("SELECT id FROM collections"))
        seen = factories.evidence(session, of=of)
    database.run("UPDATE sale_items SET compare_minor = 12000, evidence_id = :id", id=seen.id)

    priced = look(door, sale).styles[0].priced

    assert (without.price, without.compare, without.evidence_kind) == (
        Money(6_000, "EUR"),
        None,
        None,
    )
    assert (priced.compare, priced.evidence_kind, priced.evidence_seen_on) == (
        Money(12_000, "EUR"),
        "price_list",
        seen.seen_on,
    )


def test_a_comparison_whose_evidence_is_stale_is_not_shown(database, clock, door, member):
    sale, _ = a_sale(database)
    with database.session() as session:
        of = session.get_one(factories.Collection, database.value("SELECT id FROM collections"))
        seen = factories.evidence(session, of=of)
    database.run("UPDATE rrp_evidence SET seen_on = (house_now() - interval '2 years')::date")
    database.run("UPDATE sale_items SET compare_minor = 12000, evidence_id = :id", id=seen.id)

    assert look(door, sale).styles[0].priced.compare is None


def test_a_style_with_several_prices_shows_the_lowest_as_a_beginning(database, door, member):
    sale, (_item,) = a_sale(database)
    with database.session() as session:
        style = session.get_one(factories.Style, database.value("SELECT id FROM styles"))
        large = factories.variant(session, of=style, size="L")
        factories.sale_item(session, of=sale, variant=large, price_minor=7_000)

    card = look(door, sale).styles[0]

    assert (card.priced.price, card.from_price) == (Money(6_000, "EUR"), True)
    assert card.sizes == ("L", "M")


def test_the_size_filter_keeps_styles_of_that_size_and_speaks_of_it_alone(database, door, member):
    sale, _items = a_sale(database, items=2, units=9)
    with database.session() as session:
        style = session.get_one(factories.Style, database.value("SELECT min(id) FROM styles"))
        large = factories.variant(session, of=style, size="L")
        factories.sale_item(session, of=sale, variant=large, units=2)

    page = look(door, sale, sizes=["L"])

    assert [card.style_id for card in page.styles] == [style.id]
    assert page.styles[0].word is StockWord.FEW_LEFT
    assert page.sizes == ("L", "M")
    assert page.total == 1


def test_a_members_own_sizes_are_those_they_have_held(database, door, member):
    _, (item,) = a_sale(database)
    with database.session() as session:
        factories.hold(session, by=member, on=item)
        other = factories.member(session)

    assert sale_page.own_sizes(door, member_id=member.id) == ("M",)
    assert sale_page.own_sizes(door, member_id=other.id) == ()


def test_words_follow_the_shelf_and_lapsed_holds_are_free(database, clock, door, member):
    sale, (item,) = a_sale(database, units=2)
    key, style = f"item-{item.id}", f"style-{database.value('SELECT id FROM styles')}"

    def words():
        found = stock_words.of_sale(door, ref=sale.ref)
        return found.words[key], found.words[style], found.fingerprint

    few = words()
    with database.session() as session:
        factories.hold(session, by=member, on=item, units=2)
    bags = words()
    clock.turn(minutes=10)
    free = words()

    assert few[:2] == (StockWord.FEW_LEFT, StockWord.FEW_LEFT)
    assert bags[:2] == (StockWord.ALL_IN_BAGS, StockWord.ALL_IN_BAGS)
    assert free == few
    assert bags[2] != few[2]


def test_a_stopped_item_does_not_speak_for_its_style(database, door, member):
    sale, (first,) = a_sale(database, units=9)
    with database.session() as session:
        style = session.get_one(factories.Style, database.value("SELECT id FROM styles"))
        large = factories.variant(session, of=style, size="L")
        second = factories.sale_item(session, of=sale, variant=large, units=1)
    database.run("UPDATE sale_items SET stopped_at = house_now() WHERE id = :id", id=first.id)

    words = stock_words.of_sale(door, ref=sale.ref).words

    assert words == {
        f"item-{first.id}": StockWord.STOPPED,
        f"item-{second.id}": StockWord.FEW_LEFT,
        f"style-{style.id}": StockWord.FEW_LEFT,
    }


def test_two_hundred_variants_are_one_statement_of_the_grid(database, door, member, statements):
    sale, _ = a_sale(database)
    with database.session() as session:
        style = session.get_one(factories.Style, database.value("SELECT id FROM styles"))
        for number in range(199):
            each = factories.variant(
                session, of=style, size=str(number % 20), colour=f"c{number // 20}"
            )
            factories.sale_item(session, of=sale, variant=each, units=1)

    with statements() as sent:
        product = product_page.look(door, ref=sale.ref, style_id=style.id, member_id=member.id)

    assert sum(len(colour.cells) for colour in product.colours) == 200
    assert len(sent) == 4


def test_a_product_tells_who_makes_it_who_sells_it_and_by_when_it_comes(database, door, member):
    sale, (item,) = a_sale(database)
    with database.session() as session:
        hold = factories.hold(session, by=member, on=item)
        until = session.get_one(factories.Hold, hold).expires_at
    style_id = database.value("SELECT id FROM styles")

    product = product_page.look(door, ref=sale.ref, style_id=style_id, member_id=member.id)

    (cell,) = product.colours[0].cells
    assert (product.facts.composition, product.facts.origin) == ("100% wool", "PT")
    assert product.facts.maker == "Maison SAS, 3 quai de la Loire, 44000 Nantes"
    assert product.facts.seller == database.value("SELECT legal_name FROM brands")
    assert (cell.own_units, cell.own_until) == (1, until)
    assert (product.delivered_by - sale.closes_at.date()).days >= 12
    assert product.word is StockWord.AVAILABLE


def test_a_style_that_is_not_in_the_sale_is_not_there(database, door, member):
    sale, _ = a_sale(database)
    _other, _ = a_sale(database)
    foreign = database.value("SELECT max(id) FROM styles")

    for style_id in (foreign, 0):
        with pytest.raises(NotFound):
            product_page.look(door, ref=sale.ref, style_id=style_id, member_id=member.id)


def test_a_style_is_not_shown_before_its_sale_opens(database, clock, door, member):
    sale, _ = a_sale(database, opens_in=timedelta(hours=1))
    style_id = database.value("SELECT id FROM styles")

    with pytest.raises(NotFound):
        product_page.look(door, ref=sale.ref, style_id=style_id, member_id=member.id)
    clock.turn(hours=1)

    assert (
        product_page.look(door, ref=sale.ref, style_id=style_id, member_id=member.id).style_id
        == style_id
    )
