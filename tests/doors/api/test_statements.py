"""Statements as machines read them: the sealed figures, and what became of their money."""

from __future__ import annotations

import pytest

from tests.architecture import brand_scene


@pytest.fixture
def ours(database, tools, tmp_path):
    return brand_scene.furnished(database, tools, tmp_path, name="Ours")


def test_a_statement_is_listed_and_read_with_its_figures(machine, ours):
    asking = machine(ours.owner)

    (listed,) = asking.get("/statements").json["data"]
    one = asking.get(f"/statements/{listed['number']}").json

    assert {name: one[name] for name in listed} == listed
    assert (one["number"], one["to_pay"]) == (1, {"amount_minor": 0, "currency": "EUR"})
    assert one["figures"]["sums"]["payable_minor"] == 0
    assert asking.get("/statements/2").status_code == 404
