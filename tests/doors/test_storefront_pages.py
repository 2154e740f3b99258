"""What a member sees of sales before, while and after they are open; and what nobody else sees at all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from marketplace.domain.sales import SaleState
from tests import factories


@pytest.fixture
def hung():
    """The members' door alone."""
    return ("marketplace.storefront",)


@pytest.fixture
def member(database):
    """A member in Paris."""
    with database.session() as session:
        return factories.member(session, name="Camille")


@pytest.fixture
def client(member_client, member):
    """The member's browser."""
    return member_client(member)


def a_sale(database, *, items=1, units=5, **more):
    """A sale of a brand with photographs."""
    with database.session() as session:
        sale, offered = factories.open_sale(session, items=items, units=units, **more)
        for item in offered:
            style_id = session.get_one(factories.Variant, item.variant_id).style_id
            shot = factories.photograph(session, of=session.get_one(factories.Style, style_id))
        sale.hero_photograph_id = shot.id
        return sale, offered


def brand_of(database, sale):
    """The name of a sale's brand."""
    return database.value("SELECT name FROM brands WHERE id = :id", id=sale.brand_id)


def words(answer):
    """The answer without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_today_greets_and_counts_down_by_the_servers_clock(database, clock, client):
    sale, _ = a_sale(database, opens_in=timedelta(hours=2))

    page = client.get("/")

    body = page.get_data(as_text=True)
    assert "Camille" in words(page)
    assert f'data-deadline="{sale.opens_at.isoformat()}"' in body
    assert 'data-at-zero="reload"' in body
    assert brand_of(database, sale) in words(page)
    assert "€" not in words(page)


def test_an_open_sale_says_when_it_closes_and_how_much_is_left(database, client):
    a_sale(database)

    page = client.get("/")

    assert re.search(r"Closes (today|tomorrow|on \w+ \d+ \w+) at \d\d:\d\d", words(page))
    assert "More than half is left" in words(page)


def test_the_week_is_a_list_of_days(database, client):
    a_sale(database, opens_in=timedelta(hours=2))
    later, _ = a_sale(database, opens_in=timedelta(days=2))

    page = client.get("/")

    assert "The coming week" in words(page)
    assert f'datetime="{later.opens_at.isoformat()}"' in page.get_data(as_text=True)


def test_a_brand_that_stays_unnamed_is_nowhere_on_its_teaser(database, client):
    sale, _ = a_sale(database, opens_in=timedelta(hours=2), line="Knitwear from the Loire")
    database.run("UPDATE brands SET show_in_teaser = false, story = 'A mill by the Loire.'")

    pages = [
        client.get(url).get_data(as_text=True)
        for url in ("/", f"/sales/{sale.ref}", "/calendar.ics")
    ]

    for secret in (brand_of(database, sale), "Loire", "The winter house", "/photographs/"):
        assert [secret in page for page in pages] == [False, False, False], secret
    assert ["A brand named at the opening" in page for page in pages] == [True, True, True]


def test_without_any_sale_the_page_says_so(client):
    assert "No sale is announced at this moment." in words(client.get("/"))


def test_a_sale_before_its_opening_shows_no_piece_and_no_price(database, client):
    sale, _ = a_sale(database, opens_in=timedelta(hours=2))

    page = client.get(f"/sales/{sale.ref}")

    assert page.status_code == 200
    assert "€" not in words(page)
    assert "Knit" not in words(page)
    assert "to every member at the same moment" in words(page)


def test_an_open_sale_shows_its_pieces_with_words_and_no_counts(database, client):
    sale, _items = a_sale(database, items=3, units=2)

    page = client.get(f"/sales/{sale.ref}")

    assert words(page).count("Few left") == 3
    assert words(page).count("€60") == 3
    assert 'data-phase="open"' in page.get_data(as_text=True)
    assert f'data-poll="/sales/{sale.ref}/stock"' in page.get_data(as_text=True)


def test_the_size_filter_works_by_its_address(database, client, member):
    sale, (_item,) = a_sale(database)
    with database.session() as session:
        other = factories.sale_item(session, of=sale, units=1)
        style = session.get_one(factories.Variant, other.variant_id)
        style.size = "L"
        factories.hold(session, by=member, on=other)

    everything = client.get(f"/sales/{sale.ref}")
    large = client.get(f"/sales/{sale.ref}?size=L")
    own = client.get(f"/sales/{sale.ref}?size=mine")
    nothing = client.get(f"/sales/{sale.ref}?size=XXS")

    counts = [words(page).count("€60") for page in (everything, large, own, nothing)]
    assert counts == [2, 1, 1, 0]
    assert "In my size" in words(everything)
    assert "Nothing of this sale comes in that size." in words(nothing)
    assert "All in bags" in words(large)


def test_a_paused_sale_says_so_and_offers_no_button(database, client):
    sale, _ = a_sale(database, state=SaleState.PAUSED)
    style_id = database.value("SELECT id FROM styles")

    page = client.get(f"/sales/{sale.ref}")
    piece = client.get(f"/sales/{sale.ref}/styles/{style_id}")

    assert "This sale is paused" in words(page)
    assert "Hold for 10 minutes" not in words(piece)


def test_a_closed_sale_says_when_it_closed_and_leads_to_the_bag(database, client):
    sale, _ = a_sale(database, opens_in=timedelta(days=-3))
    style_id = database.value("SELECT id FROM styles")

    page = client.get(f"/sales/{sale.ref}")

    assert "This sale has closed" in words(page)
    assert "€" not in words(page)
    assert client.get(f"/sales/{sale.ref}/styles/{style_id}").status_code == 404


def test_a_piece_tells_what_its_sizes_are_called_elsewhere(database, client):
    sale, _ = a_sale(database)
    style_id = database.value("SELECT id FROM styles")
    database.run("UPDATE styles SET gender = 'Femme', category = 'Robes'")
    database.run("UPDATE variants SET size = 'M'")

    page = words(client.get(f"/sales/{sale.ref}/styles/{style_id}"))

    assert "M is FR 38, IT 42, DE 36, ES 38, UK 10, US 6" in page


def test_a_piece_tells_what_a_careful_buyer_asks(database, client):
    sale, _ = a_sale(database)
    style_id = database.value("SELECT id FROM styles")

    page = words(client.get(f"/sales/{sale.ref}/styles/{style_id}"))

    for said in (
        "100% wool",
        "New, with its tags",
        "Portugal",
        "in France",
        "Within 14 days of delivery",
        "Maison SAS, 3 quai de la Loire, 44000 Nantes",
        "Aubaine, in its own name; consigned by",
        "Each member can have 4 pieces of this sale, and 2 of one size and colour.",
        "VAT included",
    ):
        assert said in page


def test_a_comparison_says_what_it_rests_on(database, client):
    sale, _ = a_sale(database)
    with database.session() as session:
        of = session.get_one(factories.Collection, database.value("SELECT id FROM collections"))
        seen = factories.evidence(session, of=of)
    database.run("UPDATE sale_items SET compare_minor = 12000, evidence_id = :id", id=seen.id)

    page = words(client.get(f"/sales/{sale.ref}"))

    assert "€120" in page
    assert "RRP, evidence of March 2026" in page


def test_words_are_told_as_codes_and_not_twice(database, client, member):
    sale, (item,) = a_sale(database, units=2)
    style_id = database.value("SELECT id FROM styles")

    first = client.get(f"/sales/{sale.ref}/stock")
    same = client.get(f"/sales/{sale.ref}/stock", headers={"If-None-Match": first.headers["ETag"]})
    with database.session() as session:
        factories.hold(session, by=member, on=item, units=2)
    changed = client.get(
        f"/sales/{sale.ref}/stock", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert first.json == {"phase": "open", f"item-{item.id}": "few", f"style-{style_id}": "few"}
    assert (same.status_code, same.data) == (304, b"")
    assert changed.json[f"item-{item.id}"] == "held"
    assert first.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "url",
    ["/", "/sales/{ref}", "/sales/{ref}/stock", "/sales/{ref}/styles/1", "/bag", "/calendar.ics"],
)
def test_nobody_sees_anything_without_signing_in(database, anonymous, url):
    sale, _ = a_sale(database)

    answer = anonymous.get(url.format(ref=sale.ref))
    nowhere = anonymous.get("/nowhere")

    same = re.compile(r'(nonce|value)="[^"]*"')
    assert answer.status_code == 404
    assert same.sub("", answer.get_data(as_text=True)) == same.sub(
        "", nowhere.get_data(as_text=True)
    )


@pytest.mark.parametrize("ref", ["draft", "cancelled", "later", "nothing"])
def test_what_may_not_be_spoken_of_is_not_there(database, client, ref):
    a_sale(database, ref="draft", state=SaleState.DRAFT)
    a_sale(database, ref="cancelled", state=SaleState.CANCELLED)
    a_sale(database, ref="later", opens_in=timedelta(days=4))

    assert client.get(f"/sales/{ref}").status_code == 404
    assert client.get(f"/sales/{ref}/stock").status_code == 404


@pytest.mark.parametrize("query", ["page=0", "page=x", "colour=red", "size=" + "x" * 41])
def test_an_address_that_means_nothing_is_refused(database, client, query):
    sale, _ = a_sale(database)

    assert client.get(f"/sales/{sale.ref}?{query}").status_code == 422


def test_a_calendar_program_reads_the_openings_under_the_members_own_address(
    database, client, anonymous
):
    sale, _ = a_sale(database, opens_in=timedelta(hours=2))
    address = re.search(
        r'href="(/calendar\.ics\?member=[^"]+)"', client.get("/").get_data(as_text=True)
    )[1]

    feed = anonymous.get(address)
    forged = anonymous.get(address[:-2])
    database.run("UPDATE accounts SET state = 'disabled'")
    closed = anonymous.get(address)

    text = feed.get_data(as_text=True)
    assert feed.content_type == "text/calendar; charset=utf-8"
    assert f"DTSTART:{sale.opens_at:%Y%m%dT%H%M%SZ}\r\n" in text
    assert f"SUMMARY:Opens: {brand_of(database, sale)}\r\n" in text
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert (forged.status_code, closed.status_code) == (404, 404)


def test_the_pages_speak_french(database, client, member):
    sale, _ = a_sale(database, units=2)
    style_id = database.value("SELECT id FROM styles")
    database.run("UPDATE accounts SET locale = 'fr' WHERE id = :id", id=member.account_id)

    today, page, piece = (
        client.get(url)
        for url in ("/", f"/sales/{sale.ref}", f"/sales/{sale.ref}/styles/{style_id}")
    )

    assert "Ouvert en ce moment" in words(today)
    assert "60\xa0€" in page.get_data(as_text=True)
    assert "Réserver 10 minutes" in words(piece)
