"""A brand of the demo that sells from files as a brand really sent them, with their photographs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.domain.catalogue import Fact
from marketplace.domain.doors import Door
from marketplace.local import lists
from marketplace.local.demo import acts, people, talks
from marketplace.local.demo.houses import House

if TYPE_CHECKING:
    from pathlib import Path

    from marketplace.toolbox import Toolbox

OPENS = timedelta(seconds=2)
DAYS = 5


@dataclass(frozen=True, slots=True)
class Sender:
    """A brand, and what it sends."""

    house: House
    sheet: Path
    images: Path


def senders(folder: Path) -> tuple[Sender, ...]:
    """A brand for each list in ``folder`` that has photographs."""
    return tuple(Sender(_house(sheet), sheet, images) for sheet, images in lists.found_in(folder))


def _house(sheet: Path) -> House:
    word = sheet.stem.replace("-", " ").title()
    mail = f"{sheet.stem}@brand.example"
    address = "3 rue du Port, 29000 Quimper"
    return House(
        name=word,
        legal_name=f"{word} SAS",
        address=address,
        email=mail,
        person="Bruno Port",
        story="",
        collection=word,
        problem="A season to clear before the next one fills the shelves.",
        never="Never below the floor.",
        cost_total=40_000,
        facts=(
            (Fact.COMPOSITION, "100 % cotton"),
            (Fact.MANUFACTURER, f"{word} SAS, {address}, France, {mail}"),
            (Fact.ORIGIN, "PT"),
            (Fact.CONDITION, "new_with_tags"),
        ),
    )


def sold(tools: Toolbox, sender: Sender, cast: people.Cast) -> None:
    """Read, agreed, taken in, approved and open: the whole way of such a file."""
    of = sender.house
    house = tools.at_door(Door.OPERATOR, account_id=cast.operator_id)
    brand_id, person_id = people.brand(tools, of, manager_id=cast.operator_id)
    brand = tools.at_door(Door.BRAND, account_id=person_id, brand_id=brand_id)
    collection_id = acts.collected(brand, of, lambda: (sender.sheet, sender.images))
    talks.proved(house, brand, of, collection_id)
    deal_id = talks.proposed(house, of, collection_id)
    acts.agreed(house, brand, deal_id)
    acts.scheduled(
        house,
        brand,
        deal_id,
        title=of.collection,
        line="As the brand sent it.",
        opens=lambda: acts.now(tools) + OPENS,
        days=DAYS,
    )
