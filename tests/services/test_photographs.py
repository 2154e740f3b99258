"""Photographs with their brand's mark: drawn in portions, shown when they are drawn, never without."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from marketplace.domain.doors import Door
from marketplace.domain.photographs import ATTEMPTS_MAX
from marketplace.domain.refusals import NotFound
from marketplace.domain.territories import TERRITORIES
from marketplace.queries import guard_rails as asked
from marketplace.queries import photographs as shown
from marketplace.services import photographs
from marketplace.toolbox import GatewayRefusal
from tests import photograph_scenes


@pytest.fixture
def maison(database, tools):
    return photograph_scenes.brand_with_photographs(database, tools, watermark="Maison")


def progress(tools, scene):
    found = asked.look(tools, brand_id=scene.brand_id).marked
    return found.drawn, found.total, found.failed


def seen(tools, scene, width=480, kinds=()):
    """The bytes of each photograph as members get them, None where they get nothing."""
    found = []
    for number in scene.photographs:
        try:
            key, _ = shown.shown(tools, photograph_id=number, width=width, kinds=kinds)
        except NotFound:
            found.append(None)
        else:
            found.append(tools.files.get(key))
    return found


def test_from_the_moment_it_is_switched_on_nothing_unmarked_is_handed_out(maison, tools):
    assert seen(tools, maison) == [None, None]
    assert progress(tools, maison) == (0, 2, 0)

    assert photographs.mark_some(tools) == 2

    for width in (1, 480, 900):
        for kinds in ((), ("avif",)):
            copies = seen(tools, maison, width, kinds)
            assert not any(photograph_scenes.is_plain(each) for each in copies)
    assert progress(tools, maison) == (2, 2, 0)
    assert photographs.mark_some(tools) == 0


def test_what_the_brand_and_the_house_see_stays_as_it_was_given(maison, tools):
    photographs.mark_some(tools)

    keys = [shown.stored(tools, photograph_id=each, width=900) for each in maison.photographs]

    assert keys == [f"clean/{each}-900" for each in maison.photographs]
    assert all(photograph_scenes.is_plain(tools.files.get(key)) for key in keys)


def test_another_text_is_drawn_anew_under_another_name_and_the_former_one_serves_meanwhile(
    maison, tools
):
    photographs.mark_some(tools)
    first = maison.photographs[0]
    before = shown.shown(tools, photograph_id=first, width=480)

    maison.wants(tools, "Atelier")

    assert shown.shown(tools, photograph_id=first, width=480) == before
    assert progress(tools, maison) == (0, 2, 0)
    photographs.mark_some(tools)
    after = shown.shown(tools, photograph_id=first, width=480)
    assert after[0] != before[0]
    assert after[1] != before[1]
    assert progress(tools, maison) == (2, 2, 0)


def test_switched_off_they_are_shown_as_given_at_once(maison, tools):
    photographs.mark_some(tools)

    maison.wants(tools, None)

    assert all(photograph_scenes.is_plain(each) for each in seen(tools, maison))
    assert photographs.mark_some(tools) == 0


def test_a_text_that_changes_while_it_is_drawn_is_not_shown_any_more(maison, tools):
    class Slow:
        """Draws; meanwhile the brand changes its mind."""

        def marked(self, path, **what):
            found = tuple(tools.pictures.marked(path, **what))
            maison.wants(tools, "Atelier")
            yield from found

    photographs.mark_some(replace(tools, pictures=Slow()))

    assert seen(tools, maison) == [None, None]
    assert progress(tools, maison) == (0, 2, 0)
    assert photographs.mark_some(tools) == 2
    assert progress(tools, maison) == (2, 2, 0)


def test_one_that_cannot_be_read_is_tried_a_few_times_then_said_and_stays_unshown(
    maison, tools, clock
):
    lost = f"clean/{maison.photographs[0]}-900"

    class Lossy:
        def __getattr__(self, name):
            return getattr(tools.files, name)

        def get(self, key):
            if key == lost:
                raise GatewayRefusal("missing", key)
            return tools.files.get(key)

    broken = replace(tools, files=Lossy())
    taken = []
    for _ in range(ATTEMPTS_MAX + 1):
        taken.append(photographs.mark_some(broken))
        clock.turn(minutes=6)

    assert taken == [2, 1, 1, 1, 1, 0]
    assert progress(tools, maison) == (1, 2, 1)
    assert seen(tools, maison)[0] is None
    maison.wants(tools, "Atelier")
    assert photographs.mark_some(tools) == 2
    assert progress(tools, maison) == (2, 2, 0)


def test_a_portion_that_a_killed_worker_had_is_taken_up_again(maison, tools, clock, monkeypatch):
    monkeypatch.setattr(photographs, "PORTION_MAX", 1)

    class Killed:
        def marked(self, path, **what):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        photographs.mark_some(replace(tools, pictures=Killed()))

    assert photographs.mark_some(tools) == 1
    assert photographs.mark_some(tools) == 0
    clock.turn(minutes=6)
    assert photographs.mark_some(tools) == 1
    assert progress(tools, maison) == (2, 2, 0)


def test_the_members_door_cannot_read_an_unmarked_photograph_by_any_statement(maison, tools):
    member = tools.at_door(Door.MEMBER, account_id=maison.member.account_id)

    def readable():
        with member.reading() as session:
            return session.execute(text("SELECT count(*) FROM photographs")).scalar_one()

    assert readable() == 0
    photographs.mark_some(tools)
    assert readable() == 2
    maison.wants(tools, None)
    assert readable() == 2


def test_the_first_day_of_a_photograph_begins_where_the_house_sells_earliest():
    day = datetime(2026, 7, 1, tzinfo=UTC)

    earliest = max(ZoneInfo(each.zone).utcoffset(day) for each in TERRITORIES.values())

    assert ZoneInfo("Europe/Paris").utcoffset(day) == earliest
