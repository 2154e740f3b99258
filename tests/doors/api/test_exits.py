"""Notes of goods that left as machines read them: the sealed figures, piece by piece."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.db.brands import BrandUser
from tests.exit_scenes import asked, leave, left_over, take_back


@pytest.fixture
def scene(database, tools, clock):
    """A brand of which three units went back."""
    found = left_over(database, tools, clock)
    asked(tools, clock, silent=True)
    leave(database, tools, found, 3)
    return found


@pytest.fixture
def owner(database, scene):
    """Its owner."""
    with database.session() as session:
        wanted = select(BrandUser).where(BrandUser.account_id == scene.account_id)
        return session.scalars(wanted).one()


def test_a_note_is_listed_and_read_with_its_pieces(machine, owner):
    asking = machine(owner)

    (listed,) = asking.get("/exits").json["data"]
    one = asking.get("/exits/1").json

    assert {name: one[name] for name in listed} == listed
    assert (one["kind"], one["derogation"], one["units"]) == ("return", None, 3)
    assert one["weight_g"] == 720
    assert one["figures"]["lines"][0]["cn_code"] == "61099020"
    assert asking.get("/exits/2").status_code == 404


def test_a_counter_note_is_below_zero_and_says_which_note_it_corrects(
    machine, owner, scene, database, tools
):
    take_back(database, tools, scene, 1)
    asking = machine(owner)

    listed = asking.get("/exits").json["data"]
    one = asking.get("/exits/2").json

    assert [(each["number"], each["corrects"], each["units"]) for each in listed] == [
        (2, 1, -1),
        (1, None, 3),
    ]
    assert sum(each["weight_g"] for each in listed) == 480
    assert (one["corrects"], one["figures"]["corrects"], one["note"]) == (
        1,
        1,
        "Found on the shelf.",
    )
