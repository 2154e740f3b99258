"""A small house is broken for twelve seconds while a crowd buys in it: nothing is lost and nothing is doubled.

For the seeds that `CHAOS_SEEDS` names (`8,9`) and `CHAOS_BUYERS` buyers: it measures in real time, so that it wants a
machine that does nothing else.
"""

from __future__ import annotations

import os

import pytest

from tests.chaos import course
from tests.chaos.alone import aside
from tests.chaos.course import Asked

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800)]

SEEDS = [int(each) for each in os.environ.get("CHAOS_SEEDS", "").split(",") if each]
BUYERS = int(os.environ.get("CHAOS_BUYERS", "120"))
SECONDS = 12.0


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_breaks_nothing_is_lost_and_nothing_is_doubled(seed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("chaos")

    outcome = aside(course.run(Asked(folder, BUYERS, seed, SECONDS)))

    assert outcome.findings == ()
    assert outcome.told.get("orders paid", 0) > 0
