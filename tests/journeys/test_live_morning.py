"""The morning of its sale on the brand's page: figures that move by themselves, agree wherever they are read, and a
release in one press."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from marketplace.domain.doors import Door
from marketplace.services import stock
from tests import factories, morning_scenes
from tests.journeys import figures, looking
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

BRAND = "Maison Aube"
HARD_STOP = 12
FRESH_MS_MAX = 15_000
"""A figure on an open page is never older than this."""
SHOES = morning_scenes.Offer("SHOE", "Leather loafer", "Black", (3, 3), sizes=("40", "41"))


@pytest.fixture
def sale(place):
    """A sale that has been open for twenty minutes: two coats are paid, and seven more may be released."""
    with place.house.session() as session:
        of = factories.brand(session, name=BRAND)
        opens_at = factories.house_now(session) - timedelta(minutes=20)
        scene = morning_scenes.set_out(
            session, of=of, offers=(morning_scenes.COAT, SHOES), opens_at=opens_at
        )
        morning_scenes.may_release(session, scene.item(), hard_stop=HARD_STOP)
        morning_scenes.buy(session, scene.item(), units=2)
        return SimpleNamespace(
            scene=scene,
            speaks=place.brand_user(session, of=of).account_id,
            works=place.operator(session).id,
            live=f"/brand/sales/{scene.ref}/live",
        )


def test_a_brand_follows_its_sale_and_releases_more(meet, place, sale, sees):
    brand, plain = meet("the brand"), meet("the brand, plain", scripts=False)
    for person in (brand, plain):
        place.lets_in(person, sale.speaks)

    brand.goes(sale.live)
    expect(brand.page.locator("#chart-paid .uplot")).to_be_visible()
    assert brand.page.locator("#chart-paid table tbody tr").count() > 1
    _the_page_moves_by_itself(brand, place, sale)
    sees(brand, "the live page")
    assert looking.faults_in_the_dark(brand, "the live page") == []
    brand.keeps_a_picture("live")
    _every_file_says_the_same(brand, sale)
    _more_is_released_in_one_press(brand, place, sale)
    _without_scripts_the_page_says_the_same(plain, sale)
    assert place.house.broken() == []


def _the_page_moves_by_itself(brand, place, sale):
    """Three more are bought, one is held and one is wanted in vain; nobody touches the page."""
    assert figures.figure(brand, "Pieces paid") == "2"
    brand.page.evaluate("window.untouched = true")
    with place.house.session() as session:
        morning_scenes.buy(session, sale.scene.item(), units=3)
        morning_scenes.buy(session, sale.scene.item("40", "SHOE", "Black"))
        morning_scenes.hold(session, sale.scene.item("S"))
        morning_scenes.want(session, sale.scene.item())

    shown = brand.page.locator(".figure", has_text="Pieces paid").locator(".figure-value").first
    expect(shown).to_have_text("6", timeout=FRESH_MS_MAX)
    assert brand.page.evaluate("window.untouched")
    assert figures.figure(brand, "In bags now") == "1"
    assert figures.figure(brand, "Refused adds") == "1"
    brand.reads("broken since")


def _every_file_says_the_same(brand, sale):
    paid, gross = (
        figures.figure(brand, "Pieces paid"),
        figures.minor(figures.figure(brand, "Sales with VAT, gross")),
    )

    def file(ending):
        return brand.context.request.get(f"/brand/sales/{sale.scene.ref}/figures.{ending}")

    lines = list(csv.DictReader(io.StringIO(file("csv").body().decode("utf-8-sig")), delimiter=";"))
    whole = file("json").json()["whole"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(file("xlsx").body()))
    sums = {line[0]: line[1] for line in book.get_sheet_by_name("Figures").to_python()}

    assert paid == "6"
    assert [sum(int(line["Pieces paid"]) for line in lines), whole["paid"]] == [6, 6]
    assert sums["Pieces paid"] == 6
    assert (gross, whole["gross_minor"]) == (36_000, 36_000)


def _more_is_released_in_one_press(brand, place, sale):
    """What the hard stop leaves is given in one press, counted in by the house, and on sale without another."""
    brand.presses("Release 7")
    brand.reads("7 units released", "on sale as soon as the house has counted them in")
    house, item = place.house, sale.scene.item()
    assert house.rows("SELECT units, placed FROM releases WHERE sale_item_id = :i", i=item) == [
        (7, 0)
    ]
    deal_id = house.value("SELECT deal_id FROM sales WHERE id = :id", id=sale.scene.sale_id)
    desk = place.tools.at_door(Door.OPERATOR, account_id=sale.works)
    stock.accept_as_committed(desk, deal_id=deal_id)

    units = "SELECT units FROM sale_items WHERE id = :i"
    house.until(lambda: house.value(units, i=item) == HARD_STOP, what="the release")
    expect(brand.page.locator("#grid-1")).to_contain_text(f"5/{HARD_STOP}", timeout=FRESH_MS_MAX)


def _without_scripts_the_page_says_the_same(plain, sale):
    plain.goes(sale.live)
    assert figures.figure(plain, "Pieces paid") == "6"
    assert plain.page.locator("#chart-paid svg").is_visible()
    plain.page.locator("#chart-paid summary").click()
    assert plain.page.locator("#chart-paid table").is_visible()
    plain.follows("Refresh the figures")
    assert figures.figure(plain, "Pieces paid") == "6"
