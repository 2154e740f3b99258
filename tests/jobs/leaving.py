"""Scenes of jobs about goods that are left."""

from __future__ import annotations

from tests import exit_scenes
from tests.jobs.stage import Arrange, Stage


def goods_that_nobody_was_asked_about(stage: Stage) -> dict[str, int]:
    exit_scenes.left_over(stage.database, stage.tools, stage.clock)
    return {}


def a_brand_that_does_not_know_that_it_is_asked(stage: Stage) -> dict[str, int]:
    scene = exit_scenes.left_over(stage.database, stage.tools, stage.clock)
    exit_scenes.asked(stage.tools, stage.clock)
    return {"subject_id": scene.deal_id}


def a_choice_whose_time_is_nearly_over(stage: Stage) -> dict[str, int]:
    a_brand_that_does_not_know_that_it_is_asked(stage)
    stage.clock.turn(days=8)
    return {}


def goods_that_left(stage: Stage) -> dict[str, int]:
    scene = exit_scenes.left_over(stage.database, stage.tools, stage.clock)
    exit_scenes.asked(stage.tools, stage.clock, silent=True)
    exit_scenes.leave(stage.database, stage.tools, scene, 3)
    return stage.number("SELECT max(id) FROM exits")


def a_deal_that_sold_out_and_was_sent(stage: Stage) -> dict[str, int]:
    exit_scenes.left_over(stage.database, stage.tools, stage.clock, units=2, sold=2)
    return {}


SCENES: dict[str, Arrange] = {
    "exits.ask": goods_that_nobody_was_asked_about,
    "exits.keep_promises": a_deal_that_sold_out_and_was_sent,
    "exits.print": goods_that_left,
    "exits.remind": a_choice_whose_time_is_nearly_over,
    "exits.tell_asked": a_brand_that_does_not_know_that_it_is_asked,
    "exits.tell_recorded": goods_that_left,
}
