"""``python -m marketplace.local.demo``: fill an empty house on embedded stores, and write down how to come in."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace import bootstrap, config
from marketplace.domain.doors import Door
from marketplace.local.demo import acts, goods, people

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

POOL_SIZE = 2
OPENS_SOON = timedelta(seconds=2)
OPENS_NEXT = timedelta(minutes=2)


def main() -> int:
    """Fill the house once, or go on where that was broken off; refuse any but embedded stores."""
    settings = config.from_environment(os.environ)
    if not settings.embedded:
        sys.stderr.write("The demo fills embedded stores only; this is somebody's own database.\n")
        return 2
    bootstrap.configure_logs(settings, process="demo")
    tools = bootstrap.toolbox(settings, pool_size=POOL_SIZE, process="demo")
    if people.may_begin(tools):
        _fill(tools)
    told = {"sign_ins": people.sign_ins(goods.HOUSES)}
    Path(os.environ["DEMO_FILE"]).write_text(json.dumps(told), encoding="utf-8")
    return 0


def _fill(tools: Toolbox) -> None:
    cast = people.gathered(tools)
    house = tools.at_door(Door.OPERATOR, account_id=cast.operator_id)
    brands = []
    for of in goods.HOUSES:
        brand_id, person_id = people.brand(tools, of, manager_id=cast.operator_id)
        brands.append(tools.at_door(Door.BRAND, account_id=person_id, brand_id=brand_id))
    made = [
        _collected(brand, of, first_number=number * 100 + 1)
        for number, (brand, of) in enumerate(zip(brands, goods.HOUSES, strict=True))
    ]
    found = [acts.proposed(house, collection_id) for collection_id in made]
    verrier, sorel, _ = brands
    for brand, deal_id in zip((verrier, sorel), found, strict=False):
        acts.agreed(house, brand, deal_id)
    running = acts.scheduled(
        house,
        verrier,
        found[0],
        title="Maison Verrier, the winter knits",
        line="One workshop, one winter, no second delivery.",
        opens_at=acts.now(tools) + OPENS_SOON,
        days=3,
    )
    acts.bought(tools, running, cast.members)
    acts.scheduled(
        house,
        sorel,
        found[1],
        title="Atelier Sorel, the archive",
        line="Colours that will not be tanned again.",
        opens_at=acts.now(tools) + OPENS_NEXT,
        days=4,
    )


def _collected(brand: Toolbox, of: goods.House, *, first_number: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return acts.collected(brand, of, Path(folder), first_number=first_number)


if __name__ == "__main__":
    sys.exit(main())
