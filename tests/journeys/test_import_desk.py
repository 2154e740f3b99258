"""Lists as brands really send them: sizes side by side that nobody lays out by hand, and wrong rows mended alone."""

from __future__ import annotations

import csv
import io

import pytest

from tests import factories
from tests.journeys import acts
from tests.journeys.conftest import SHARED
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

MATRIX = """Réf;Désignation;Coloris;34;36;38;PVC
R1;Robe;Noir;1;;0;99,00
R1;Robe;Bleu;2;3;4;99,00
TOTAL;;;3;3;4;
"""
LONG = """Style code;Style name;Colour;Size;SKU;Units;RRP;Origin;Season
K1;Knit;Navy;S;K1-NS;4;120,00;PT;FW25
K1;Knit;Navy;M;K1-NM;many;120,00;PT;FW25
K2;Coat;Camel;M;K2-CM;3;480,00;IT;FW25
"""
VARIANTS = "SELECT v.sku, v.units_offered FROM variants v WHERE v.brand_id = :b ORDER BY v.sku"


@pytest.fixture
def brand(place, meet):
    """Somebody who speaks for a brand, and which."""
    with place.house.session() as session:
        of = factories.brand(session)
        speaks = place.brand_user(session, of=of).account_id
    person = meet("the brand")
    place.lets_in(person, speaks)
    return person, of.id


@pytest.fixture
def matrix(tmp_path):
    """A French house's list with its sizes side by side; one of our own where the real one is absent."""
    real = SHARED / "lot-size-matrix-fr.xlsx"
    if real.is_file():
        return real
    own = tmp_path / "matrix.csv"
    own.write_text(MATRIX, encoding="utf-8")
    return own


def _sends(person, sheet):
    person.says({"Your list": sheet})
    person.presses("Read the file")
    acts.import_comes_to(person, person.word(acts.MAPPED))


def _checks(person):
    person.presses("Check all rows")
    acts.import_comes_to(person, "Nothing has entered your collection yet.")


def _lets_in(person):
    person.page.get_by_role("button", name="in", exact=False).filter(has_text="Let ").click()
    acts.import_comes_to(person, "To the collection")


def test_sizes_side_by_side_come_in_unaided(brand, matrix, place, sees):
    person, brand_id = brand
    acts.brand_makes_a_collection(person, "Sizes side by side")
    sees(person, "send a file")

    _sends(person, matrix)
    person.reads("sizes side by side", "Each filled cell becomes a row of its own")
    person.keeps_a_picture("matrix-mapping")
    sees(person, "sizes laid out")
    assert person.tables_that_scroll_on_a_phone() == []
    _checks(person)
    person.keeps_a_picture("matrix-preview")
    sees(person, "a preview")
    _lets_in(person)

    variants = "SELECT count(*) FROM variants WHERE brand_id = :b"
    assert place.house.value(variants, b=brand_id) >= 5
    assert place.house.broken() == []


SIDE = """Style code;K1;K1;K2
Style name;Knit;Knit;Coat
Colour;Navy;Navy;Camel
Size;S;M;M
SKU;K1-NS;K1-NM;K2-CM
Units;4;6;3
Wholesale price;52,00;52,00;210,00
RRP;120,00;120,00;480,00
"""


def test_a_list_on_its_side_is_turned_before_its_eyes(brand, place, sees, tmp_path):
    person, brand_id = brand
    acts.brand_makes_a_collection(person, "A list on its side")
    sent = tmp_path / "side.csv"
    sent.write_text(SIDE, encoding="utf-8")
    _sends(person, sent)
    person.reads("Your list, turned", "one article in each column")
    person.keeps_a_picture("turned-mapping")
    sees(person, "a list turned")
    assert person.tables_that_scroll_on_a_phone() == []

    person.presses("Read it as it stands, one article in each row")
    acts.import_comes_to(person, "One article stands in each column of this list")
    sees(person, "a list as it stands")
    person.page.get_by_text("One article stands in each column of this list").click()
    person.presses("Turn the list")
    acts.import_comes_to(person, "Your list, turned")
    _checks(person)
    _lets_in(person)

    assert place.house.rows(VARIANTS, b=brand_id) == [("K1-NM", 6), ("K1-NS", 4), ("K2-CM", 3)]


def test_wrong_rows_are_taken_along_mended_and_sent_alone(brand, place, sees, tmp_path):
    person, brand_id = brand
    acts.brand_makes_a_collection(person, "A list with a fault")
    sent = tmp_path / "lot.csv"
    sent.write_text(LONG, encoding="utf-8")
    _sends(person, sent)
    _checks(person)
    person.reads("Take the refused rows along, in your own layout, with what is wrong")
    sees(person, "a preview with a refused row")
    with person.page.expect_download() as coming:
        person.page.get_by_role("link", name="Take the refused rows along").click()
    taken = coming.value.path().read_text(encoding="utf-8-sig")
    _lets_in(person)
    assert place.house.rows(VARIANTS, b=brand_id) == [("K1-NS", 4), ("K2-CM", 3)]

    rows = list(csv.reader(io.StringIO(taken), delimiter=";"))
    assert [row[4] for row in rows] == ["SKU", "K1-NM"]
    assert rows[1][-1].startswith("Units: The quantity cannot be read as a whole number.")
    mended = tmp_path / "mended.csv"
    mended.write_text(taken.replace(";many;", ";6;"), encoding="utf-8-sig")
    person.follows("Send a file")
    _sends(person, mended)
    _checks(person)
    _lets_in(person)
    assert place.house.rows(VARIANTS, b=brand_id) == [("K1-NM", 6), ("K1-NS", 4), ("K2-CM", 3)]
    _what_differs_is_shown_by_field(person, place, brand_id, tmp_path, sees)


def _what_differs_is_shown_by_field(person, place, brand_id, folder, sees):
    """The whole list again, with another number: one row is changed, two are the same; then it is taken back."""
    again = folder / "again.csv"
    again.write_text(LONG.replace("many", "9"), encoding="utf-8")
    person.follows("Send a file")
    _sends(person, again)
    _checks(person)
    person.page.locator('a[href*="verdict=changed"]').first.click()
    person.reads("6", "9")
    person.keeps_a_picture("what-differs")
    sees(person, "rows that differ")
    person.page.go_back()
    _lets_in(person)
    assert ("K1-NM", 9) in place.house.rows(VARIANTS, b=brand_id)
    person.follows("Take the file back")
    person.page.locator("dialog[open]").get_by_role("button").first.click()
    acts.import_comes_to(person, "This file was taken back: what it changed is as it was before.")
    assert ("K1-NM", 6) in place.house.rows(VARIANTS, b=brand_id)
