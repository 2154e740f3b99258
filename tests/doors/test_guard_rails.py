"""Guard-rails as people meet them: set by a brand's own people, kept on every page that members open."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from marketplace.domain.doors import BrandRole
from marketplace.queries.sale_page import Picture
from marketplace.services import photographs as photographs_drawn
from marketplace.web import photographs
from tests import factories, photograph_scenes

PAGE = "/brand/guard-rails"
SET = {"show_in_teaser": "1", "days_apart": "45", "a_year": "3", "avoided": "Maison Rivale\nAlba"}


@pytest.fixture
def coming(database):
    """A sale that members may know of, three hours before it opens."""
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, opens_in=timedelta(hours=3))
        owner = factories.brand_user(session, of=session.get(factories.Brand, sale.brand_id))
        return sale, item, owner, factories.member(session)


def test_an_owner_sets_them_and_reads_them_again(coming, brand_client):
    _, _, owner, _ = coming
    browser = brand_client(owner)

    answer = browser.post(PAGE, SET, follow_redirects=True)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'value="45"' in page
    assert "Alba\nMaison Rivale" in page
    assert page.count("checked") == 1


@pytest.mark.parametrize("role", [BrandRole.VIEWER, BrandRole.CONTENT, BrandRole.FINANCE])
def test_the_others_read_them_and_set_nothing(coming, brand_client, database, role):
    sale, *_ = coming
    with database.session() as session:
        brand = session.get(factories.Brand, sale.brand_id)
        person = factories.brand_user(session, of=brand, role=role)
    browser = brand_client(person)

    page = browser.get(PAGE).get_data(as_text=True)

    assert "An owner or somebody commercial sets them." in page
    assert browser.post(PAGE, SET).status_code == 403
    assert database.value("SELECT count(*) FROM avoided_brands") == 0


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("days_apart", "366", "Choose a number from 1 to 365."),
        ("a_year", "often", "This is not a whole number."),
        ("avoided", "x" * 121, "A name is longer than 120 characters."),
    ],
)
def test_what_cannot_be_taken_is_said_on_its_field(coming, brand_client, field, typed, said):
    _, _, owner, _ = coming

    answer = brand_client(owner).post(PAGE, {**SET, field: typed})

    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_a_sale_that_is_not_told_ahead_is_nowhere_until_it_opens(
    coming, member_client, brand_client, database, clock
):
    sale, item, owner, member = coming
    brand_client(owner).post(PAGE, {"a_year": "3"})
    browser = member_client(member)
    addresses = [f"/sales/{sale.ref}", f"/sales/{sale.ref}/stock"]

    assert [browser.get(each).status_code for each in addresses] == [404, 404]
    for page in ("/", "/calendar.ics"):
        assert sale.ref not in browser.get(page).get_data(as_text=True)

    clock.turn(hours=3)

    assert [browser.get(each).status_code for each in addresses] == [200, 200]
    assert sale.ref in browser.get("/").get_data(as_text=True)
    assert item.id


def test_no_price_piece_or_size_is_told_before_the_opening(coming, member_client, database):
    sale, item, _, member = coming
    style, name, size = database.rows(
        "SELECT t.id, t.name, v.size FROM styles t JOIN variants v ON v.style_id = t.id"
    )[0]
    browser = member_client(member)

    told = [
        browser.get(each).get_data(as_text=True)
        for each in ("/", "/calendar.ics", f"/sales/{sale.ref}", f"/sales/{sale.ref}/stock")
    ]

    assert item.price_minor == 6_000
    assert not any("60.00" in page or "€60" in page or name in page for page in told)
    assert not any(f">{size}<" in page for page in told)
    assert browser.get(f"/sales/{sale.ref}/styles/{style}").status_code == 404
    assert 'property="og:' not in told[2]


def test_what_is_not_perfect_about_a_piece_stands_on_its_page(
    database, brand_client, member_client
):
    with database.session() as session:
        sale, (item,) = factories.open_sale(session)
        owner = factories.brand_user(session, of=session.get(factories.Brand, sale.brand_id))
        member = factories.member(session)
        style = session.get(factories.Variant, item.variant_id).style_id
    said = {"condition": "second choice", "defects": "A pulled thread at the left cuff"}

    kept = brand_client(owner).post(f"/brand/styles/{style}", said)

    page = member_client(member).get(f"/sales/{sale.ref}/styles/{style}").get_data(as_text=True)
    assert kept.status_code == 303
    assert "A pulled thread at the left cuff" in page
    assert "Second choice" in page


def test_past_its_last_day_no_photograph_is_shown_to_members(
    app, database, brand_client, member_client, tools, clock
):
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, length=timedelta(days=6))
        owner = factories.brand_user(session, of=session.get(factories.Brand, sale.brand_id))
        member = factories.member(session)
        style = session.get(factories.Variant, item.variant_id).style_id
        photo = factories.photograph(session, of=session.get(factories.Style, style))
        until = factories.house_now(session).date()
    for key in photo.widths.values():
        tools.files.put(key, b"\xff\xd8\xff picture")
    database.run(
        "UPDATE deal_versions SET terms = terms || "
        f"jsonb_build_object('photographs_until', '{until.isoformat()}')"
    )

    def seen(browser):
        with app.test_request_context("/"):
            address = photographs.shown_url(Picture(photo.id, 1200, 1600, "", ""), 800)
        pages = ("/", f"/sales/{sale.ref}", f"/sales/{sale.ref}/styles/{style}")
        shown = ["/photographs/" in browser.get(each).get_data(as_text=True) for each in pages]
        return shown, browser.get(address).status_code

    assert seen(member_client(member)) == ([True, True, True], 200)

    clock.turn(days=2)

    assert seen(member_client(member)) == ([False, False, False], 404)
    with app.test_request_context("/"):
        address = photographs.url(photo.id, 800)
    assert brand_client(owner).get(address).status_code == 200
    assert member_client(member).get(address).status_code == 404


def test_before_its_first_day_no_photograph_is_shown_to_members(
    database, brand_client, member_client
):
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, length=timedelta(days=6))
        member = factories.member(session)
        style = session.get(factories.Variant, item.variant_id).style_id
        factories.photograph(session, of=session.get(factories.Style, style))
    browser = member_client(member)
    pages = ("/", f"/sales/{sale.ref}", f"/sales/{sale.ref}/styles/{style}")

    def shown(day):
        database.run(
            "UPDATE deal_versions SET terms = terms || jsonb_build_object('photographs_from',"
            f" (house_instant() AT TIME ZONE 'Europe/Paris')::date + {day})"
        )
        return ["/photographs/" in browser.get(each).get_data(as_text=True) for each in pages]

    assert shown(1) == [False, False, False]
    assert shown(0) == [True, True, True]


def test_with_a_watermark_members_meet_no_photograph_without_it(
    app, database, tools, brand_client, member_client
):
    scene = photograph_scenes.brand_with_photographs(database, tools)
    browser, owner = member_client(scene.member), brand_client(scene.owner)
    pages = ("/", f"/sales/{scene.ref}", f"/sales/{scene.ref}/styles/{scene.style_id}")
    sources = re.compile(r"/photographs/[^ \"]+")

    def addresses():
        found = (browser.get(each).get_data(as_text=True) for each in pages)
        return [frozenset(sources.findall(page)) for page in found]

    before = addresses()
    owner.post(PAGE, {**SET, "watermark": "1", "watermark_text": "Atelier Nord"})
    between = addresses()
    old = browser.get(min(before[0]))
    photographs_drawn.mark_some(tools)
    after = addresses()
    again = browser.get(min(before[0]))

    assert all(before)
    assert between == [frozenset()] * 3
    assert old.status_code == 404
    assert all(after)
    assert not frozenset().union(*before) & frozenset().union(*after)
    for each in frozenset().union(*after):
        fresh = browser.get(each)
        assert not photograph_scenes.is_plain(fresh.data)
        assert fresh.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert not photograph_scenes.is_plain(again.data)
    assert again.headers["Cache-Control"] == "no-store"
    with app.test_request_context("/"):
        own = photographs.url(scene.photographs[0], 480)
    assert photograph_scenes.is_plain(owner.get(own).data)
    assert browser.get(own).status_code == 404


def test_a_brand_reads_how_many_of_its_photographs_are_drawn(database, tools, brand_client):
    scene = photograph_scenes.brand_with_photographs(database, tools)
    owner = brand_client(scene.owner)
    asked = {**SET, "watermark": "1"}

    owner.post(PAGE, asked)
    waiting = owner.get(PAGE).get_data(as_text=True)
    photographs_drawn.mark_some(tools)
    drawn = owner.get(f"{PAGE}/marks").get_data(as_text=True)
    wrong = owner.post(PAGE, {**asked, "watermark_text": "\u041c\u0438\u0440"})

    name = database.value("SELECT name FROM brands WHERE id = :id", id=scene.brand_id)
    assert "0 of 2 drawn" in waiting
    assert f'value="{name}"' in waiting
    assert "2 of 2 drawn" in drawn
    assert "hx-get" not in drawn
    assert wrong.status_code == 422
    assert "A letter of this text cannot be drawn." in wrong.get_data(as_text=True)


def test_a_sale_is_approved_with_the_photographs_that_members_will_see(
    database, tools, brand_client
):
    scene = photograph_scenes.brand_with_photographs(database, tools, watermark="")
    owner = brand_client(scene.owner)
    page = f"/brand/sales/{scene.ref}"
    photographs_drawn.mark_some(tools)

    found = re.findall(r"/photographs/[^ \"]+", owner.get(page).get_data(as_text=True))

    assert len(found) == 2
    assert not any(photograph_scenes.is_plain(owner.get(each).data) for each in found)
