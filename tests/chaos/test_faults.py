"""A seed names its faults: the same ones each time, every kind among them, close after one another."""

from __future__ import annotations

from itertools import pairwise

from tests.chaos import faults
from tests.chaos.faults import Kind, drawn


def test_a_seed_gives_the_same_faults_each_time_and_another_seed_gives_others():
    assert drawn(1, 60.0) == drawn(1, 60.0)
    assert drawn(1, 60.0) != drawn(2, 60.0)


def test_faults_follow_one_another_within_half_a_second_to_two():
    moments = [each.at_seconds for each in drawn(3, 300.0)]

    assert all(0.49 <= after - before <= 2.01 for before, after in pairwise(moments))
    assert max(moments) < 300.0


def test_in_a_long_run_every_kind_comes_and_every_part_is_hit():
    found = drawn(4, 600.0)

    assert {each.kind for each in found} == set(Kind)
    hit = {each.victim for each in found if each.kind is Kind.KILL}
    assert hit == {*faults.STAFF, *faults.DOORS}
