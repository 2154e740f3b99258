"""How a brand's file becomes a sale that is about to open: what every morning begins with."""

import io
from dataclasses import dataclass

from python_calamine import CalamineWorkbook

from tests.journeys import acts

TITLE = "The end of winter"
PRICE = "29.00"
UNITS = 2
PLENTY_UNITS = 5


@dataclass(frozen=True)
class Names:
    """What one morning in a house calls its brand and its people, so that another finds none of its own there."""

    place: str

    @property
    def brand(self):
        return f"Maison {self.place}"

    @property
    def collection(self):
        return f"{self.place}, end of line"

    @property
    def speaker(self):
        return self.email("bruno")

    def email(self, who):
        return f"{who}@{self.place.lower()}.example"


def the_brand_comes_in(house, operator, brand, names):
    acts.operator_comes_in(operator, house, names.email("odile"), "Odile Marchand")
    acts.operator_makes_a_brand(operator, names.brand, names.speaker, "Bruno Port")
    acts.brand_comes_in(brand, names.speaker)
    acts.brand_lets_its_name_be_read_ahead(brand)
    brand.reads(names.brand)
    brand.keeps_a_picture("brand-home-empty")


def the_file_becomes_a_collection(brand, files, names):
    acts.brand_makes_a_collection(brand, names.collection)
    acts.brand_sends(brand, files)
    acts.brand_confirms_the_import(brand, files)
    at_the_desk = brand.path
    acts.import_comes_to(brand, "photographs")
    # While the photographs are drawn, the brand goes on with what the house will ask.
    brand.goes("/brand/collections")
    brand.follows(names.collection)
    acts.brand_completes_what_the_law_asks(brand)
    acts.brand_states_its_brief(brand)
    acts.brand_evidences_its_public_prices(brand)
    brand.goes(at_the_desk)
    acts.import_comes_to(brand, f"{files.variants} variants of this file are in your collection.")
    brand.keeps_a_picture("import-finished")
    brand.follows("To the collection")
    brand.presses("Submit to the house")
    brand.reads("The house answers with a proposal")
    brand.keeps_a_picture("collection")


def the_deal_is_made_and_the_goods_are_in(operator, brand, names):
    """How long the longest page of the operator takes here."""
    acts.operator_proposes(operator, names.collection)
    acts.brand_accepts(brand, names.collection)
    acts.brand_proves_its_right(brand, names.collection)
    acts.operator_accepts_the_proof(operator, names.collection)
    return acts.seconds_of(acts.operator_takes_the_goods_in, operator, names.brand)


def the_sale_is_scheduled(operator, brand, files, names, pace):
    opens = acts.next_opening(3 * pace)
    ref = acts.operator_drafts_a_sale(operator, names.collection, TITLE, opens)
    lines = [(files.scarce, UNITS, PRICE), (files.plenty, PLENTY_UNITS, PRICE)]
    acts.operator_fills_it(operator, lines)
    operator.reads("2 items with 7 units are in the sale.")
    acts.brand_approves(brand, TITLE)
    acts.operator_schedules(operator, ref)
    operator.reads("The sale is scheduled. It opens by itself at its time.")
    operator.keeps_a_picture("operator-sale")
    return ref, opens


def workbook(person):
    """The attached workbook's columns of its variants by their headers."""
    href = person.page.get_by_role("link", name=".xlsx").get_attribute("href")
    content = person.context.request.get(href).body()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = {}
    for name in book.sheet_names:
        header, *rows = book.get_sheet_by_name(name).to_python()
        found |= {label: [row[place] for row in rows] for place, label in enumerate(header)}
    return found
