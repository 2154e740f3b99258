"""Deals, sales and figures as machines read them: the very numbers of the brand's own pages."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from marketplace.domain.doors import Door
from marketplace.queries import deals, sell_through
from tests.architecture import brand_scene


@pytest.fixture
def ours(database, tools, tmp_path):
    return brand_scene.furnished(database, tools, tmp_path, name="Ours")


def test_how_a_sale_sells_is_what_its_page_says(machine, ours, tools):
    asking = machine(ours.owner)
    at_door = tools.at_door(Door.BRAND, account_id=ours.owner.account_id, brand_id=ours.brand_id)

    answer = asking.get(f"/sales/{ours.ids['ref']}/sell-through").json
    page = sell_through.live(at_door, sale_ref=ours.ids["ref"]).figures

    assert answer["whole"] == asdict(page.whole)
    shown = [{k: v for k, v in asdict(row).items() if k != "sale_item_id"} for row in page.variants]
    assert answer["variants"] == shown
    assert answer["whole"]["paid"] == 1
    told = answer["beyond"]
    assert (told["peers"], told["forecast"], told["reason"]) == (0, None, "few_peers")
    assert told["people"] == {"buyers": None, "known": None, "new": None, "places": []}
    assert [each["wanting"] for each in told["variants"]] == [None]


def test_a_sale_says_what_it_is_now(machine, ours):
    (listed,) = machine(ours.owner).get("/sales").json["data"]
    one = machine(ours.owner).get(f"/sales/{ours.ids['ref']}").json

    assert one == listed
    assert (one["state"], one["phase"], one["units"]) == ("open", "open", 5)


def test_a_deal_shows_every_version_and_its_lines(machine, ours, tools):
    asking = machine(ours.owner)
    numbers = [each["id"] for each in asking.get("/deals").json["data"]]

    agreed = asking.get(f"/deals/{min(numbers)}").json
    lines = asking.get(f"/deals/{min(numbers)}/lines").json["data"]

    at_door = tools.at_door(Door.BRAND, account_id=ours.owner.account_id, brand_id=ours.brand_id)
    page = deals.one(at_door, deal_id=min(numbers))
    (version,) = agreed["versions"]
    assert agreed["state"] == "agreed"
    assert (version["sha256"], version["units"]) == (page.latest.sha256, page.latest.units)
    assert [
        (each["variant_id"], each["units"], each["floor"]["amount_minor"]) for each in lines
    ] == [(each.variant_id, each.units, each.floor.minor) for each in page.lines]
