"""Notes of goods that left as machines read them: the sealed figures, piece by piece."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.db.brands import BrandUser
from tests.exit_scenes import asked, leave, left_over


@pytest.fixture
def owner(database, tools, clock):
    """The owner of a brand of which three units went back."""
    scene = left_over(database, tools, clock)
    asked(tools, clock, silent=True)
    leave(database, tools, scene, 3)
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
