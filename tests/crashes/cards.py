"""The path of an order that a saved card pays for: pressed, taken, charged behind, told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jobs.contacts import SEND_LETTERS
from marketplace.domain.doors import Door
from marketplace.services import orders, payments
from tests import card_scenes
from tests.crashes.paths import ROAD, Path, Scene, _nothing_happened, _order_stands, staff
from tests.jobs.stage import Stage
from tests.scenes import bag_of


def _with_a_card(stage: Stage) -> Scene:
    with stage.database.session() as session:
        bag = bag_of(session, units=1, stock=5)
    card_scenes.saved(stage.tools, stage.simulator, bag)
    scene = Scene(bag.item.sale_id, bag.item.id, bag.member_id, bag.address_id)
    scene.session_ref = card_scenes.seen(stage.tools, bag)
    return scene


def _press(tools: Any, scene: Scene) -> None:
    hers = tools.at_door(Door.MEMBER, account_id=None)
    orders.place_now(
        hers, member_id=scene.member_id, address_id=scene.address_id, seen=scene.session_ref
    )


def _press_and_its_work(tools: Any, scene: Scene) -> None:
    _press(tools, scene)
    payments.open_waiting(tools)
    staff(tools, ROAD[0])
    SEND_LETTERS.act(tools, {})


def _stands_or_never_was(stage: Stage, scene: Scene) -> Iterator[str]:
    taken = stage.database.value(
        "SELECT count(*) FROM orders WHERE member_id = :member", member=scene.member_id
    )
    yield from (_order_stands if taken else _nothing_happened)(stage, scene)


CARD_PATHS = {
    "order now": Path(
        _with_a_card, _press_and_its_work, _press, _order_stands, _stands_or_never_was
    ),
}
