"""Scenes of exits: a deal whose sale is over, with goods left in the house and a day by which they leave it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.domain import moments
from marketplace.domain.exits import ExitKind, Pool
from marketplace.services import exits
from marketplace.services.exits import Leaving, Line
from tests import factories, settlement_scenes

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox
    from tests.settlement_scenes import Scene

PROMISE = (
    "INSERT INTO promises (kind, subject_type, subject_id, realm, brand_id, due_at)"
    " VALUES ('exit_of_stock', 'deal', :deal, 'brand', :brand, :due)"
)


def left_over(
    database, tools, clock, *, units: int = 5, sold: int = 2, ends_in_days: int = 60, **terms
) -> Scene:
    """A sale that is over with ``units - sold`` units free in the house, promised to leave."""
    scene = settlement_scenes.selling(database, units=units, ends_in_days=ends_in_days, **terms)
    with database.session() as session:
        item = session.get_one(factories.SaleItem, scene.item_id)
        variant = session.get_one(factories.Variant, item.variant_id)
        variant.weight_g, variant.cn_code = 240, "61099020"
        now = factories.house_now(session)
        due = moments.end_of((now + timedelta(days=ends_in_days)).date())
        told = {"deal": scene.deal_id, "brand": scene.brand_id, "due": due}
        session.execute(text(PROMISE), told)
    if sold:
        settlement_scenes.taken_off_the_shelf(database, scene, sold)
        database.run(
            "UPDATE orders SET state = 'shipped', packed_at = house_now(), shipped_at = house_now()"
        )
    settlement_scenes.closed(tools, clock)
    return scene


def asked(tools: Toolbox, clock, *, silent: bool = False) -> None:
    """The brand is asked; ``silent``: its time to choose is over."""
    assert exits.ask_next(tools) is not None
    if silent:
        clock.turn(days=10, seconds=1)


def lot_of(database, scene: Scene) -> int:
    """The lot of the scene's one item."""
    lot_id = database.value("SELECT lot_id FROM sale_items WHERE id = :i", i=scene.item_id)
    assert isinstance(lot_id, int)
    return lot_id


def today(database):
    """The house's day."""
    with database.session() as session:
        return moments.house_day(factories.house_now(session))


def take_back(
    database,
    tools,
    scene: Scene,
    units: int,
    *,
    number: int = 1,
    pool: Pool = Pool.UNSOLD,
    reason: str = "Found on the shelf.",
    key: str = "back",
) -> int:
    """An operator writes down that units of a note of the scene's brand had not left."""
    exit_id = database.value(
        "SELECT id FROM exits WHERE brand_id = :b AND number = :n", b=scene.brand_id, n=number
    )
    line = Line(lot_of(database, scene), pool, units)
    house = scene.first(tools)
    return exits.correct(house, exit_id=exit_id, lines=[line], reason=reason, key=key)


def leave(
    database,
    tools,
    scene: Scene,
    units: int,
    *,
    kind: ExitKind = ExitKind.RETURN,
    pool: Pool = Pool.UNSOLD,
    key: str = "k",
    days_ago: int = 0,
) -> int:
    """An operator writes down that units of the scene's lot have left."""
    leaving = Leaving(
        kind=kind,
        left_on=today(database) - timedelta(days=days_ago),
        received_by="DPD",
        key=key,
    )
    line = Line(lot_of(database, scene), pool, units)
    house = scene.first(tools)
    return exits.record(house, deal_id=scene.deal_id, leaving=leaving, lines=[line])
