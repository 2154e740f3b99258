"""``python -m marketplace.local.demo``: fill an empty house on embedded stores, and write down how to come in."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace import bootstrap, config
from marketplace.domain.doors import Door
from marketplace.local.demo import acts, goods, houses, past, people, sent, talks
from marketplace.local.turning import Clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from marketplace.toolbox import Toolbox

SENDING_AT_ONCE = 3
"""So that one brand's photographs are drawn while the worker is at another's."""
POOL_SIZE = SENDING_AT_ONCE + 1
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
    files = os.environ.get("DEMO_FILES")
    senders = sent.senders(Path(files)) if files else ()
    if people.may_begin(tools):
        clock = Clock(settings, os.environ["MIGRATION_DATABASE_URL"])
        past.begin(tools, clock)
        cast = people.gathered(tools)
        with tempfile.TemporaryDirectory() as folder:
            past.played(tools, clock, cast, Path(folder))
        _fill(tools, cast)
        for sender in senders:
            sent.sold(tools, sender, cast)
    told = {"sign_ins": people.sign_ins((*houses.HOUSES, *(each.house for each in senders)))}
    Path(os.environ["DEMO_FILE"]).write_text(json.dumps(told), encoding="utf-8")
    return 0


def _fill(tools: Toolbox, cast: people.Cast) -> None:
    house = tools.at_door(Door.OPERATOR, account_id=cast.operator_id)
    people.newcomer(tools, manager_id=cast.operator_id)
    brands = []
    for of in houses.HOUSES:
        brand_id, person_id = people.brand(tools, of, manager_id=cast.operator_id)
        brands.append(tools.at_door(Door.BRAND, account_id=person_id, brand_id=brand_id))
    with ThreadPoolExecutor(SENDING_AT_ONCE) as sending:
        numbers = range(1, len(brands) * 100, 100)
        made = list(sending.map(_collected, brands, houses.HOUSES, numbers))
    for brand, of, collection_id in zip(brands, houses.HOUSES, made, strict=True):
        talks.proved(house, brand, of, collection_id)
    deals = [
        talks.proposed(house, of, collection_id)
        for of, collection_id in zip(houses.HOUSES, made, strict=True)
    ]
    agreed = list(zip(brands, deals, strict=True))[:-1]
    for brand, deal_id in agreed:
        acts.agreed(house, brand, deal_id)
    _sales(tools, house, agreed, cast)


def _sales(
    tools: Toolbox, house: Toolbox, agreed: Sequence[tuple[Toolbox, int]], cast: people.Cast
) -> None:
    """One that has ended with its report, one that is open and bought from, one in minutes, one tomorrow."""
    verrier, sorel, rivage, ardoise = agreed

    def soon() -> datetime:
        return acts.now(tools) + OPENS_SOON

    ended = acts.scheduled(
        house,
        *ardoise,
        title="Maison Ardoise, the last firing",
        line="A glaze whose mineral is exhausted.",
        opens=soon,
        days=2,
    )
    running = acts.scheduled(
        house,
        *verrier,
        title="Maison Verrier, the winter knits",
        line="One workshop, one winter, no second delivery.",
        opens=soon,
        days=3,
    )
    acts.bought(tools, ended, cast.members[:1])
    acts.ended(house, ended, reason="Everything the morning was for is sold.")
    acts.ordered(tools)
    acts.bought(tools, running, cast.members)
    acts.scheduled(
        house,
        *sorel,
        title="Atelier Sorel, the archive",
        line="Colours that will not be tanned again.",
        opens=lambda: acts.now(tools) + OPENS_NEXT,
        days=4,
    )
    acts.scheduled(
        house,
        *rivage,
        title="Rivage, a summer kept back",
        line="An order that a department store did not take.",
        opens=lambda: acts.next_morning(acts.now(tools)),
        days=3,
    )


def _collected(brand: Toolbox, of: houses.House, first_number: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        write = partial(goods.write, of, Path(folder), first_number=first_number)
        return acts.collected(brand, of, write)


if __name__ == "__main__":
    sys.exit(main())
