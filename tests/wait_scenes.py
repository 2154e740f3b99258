"""A piece of which everything is in somebody's bag, and members who come too late: for tests of wait lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from jobs.contacts import SEND_LETTERS
from jobs.waits import PASS_ON
from marketplace.domain.doors import Door
from marketplace.domain.holds import Ask
from marketplace.services import holds, waits
from tests import factories

COUNTERS = "SELECT available, held, sold, set_aside, awaited FROM sale_items ORDER BY id"
PARIS = ZoneInfo("Europe/Paris")


@dataclass
class Scene:
    """An open sale of a style in two sizes, one unit of each, both in somebody's bag; and people who come too late."""

    tools: object
    database: object
    clock: object
    sale: object
    items: list
    first: object
    members: list
    holds: list

    def take(self, member, item=0, units=1):
        ask = Ask(self.items[item].id, units, uuid4())
        return holds.take(self.tools, member_id=member.id, asks=[ask])[0]

    def join(self, member, *items, units=1):
        wanted = [self.items[each].id for each in items or (0,)]
        return waits.join(self.tools, member_id=member.id, items=wanted, units=units)

    def leave(self, member, wait_id):
        return waits.leave(self.tools, member_id=member.id, wait_id=wait_id)

    def give_back(self, item=0):
        return holds.release(self.tools, member_id=self.first.id, hold_ids=[self.holds[item]])

    def pass_on(self):
        PASS_ON.act(self.tools.at_door(Door.WORKER), {})

    def live(self, member):
        """Items and units that the member holds at this instant."""
        return self.database.rows(
            "SELECT sale_item_id, units FROM holds WHERE member_id = :member AND state = 'held'"
            " AND expires_at > house_now() ORDER BY id",
            member=member.id,
        )

    def counters(self):
        return self.database.rows(COUNTERS)

    def states(self):
        return [row[0] for row in self.database.rows("SELECT state FROM waits ORDER BY id")]

    def mails(self):
        SEND_LETTERS.act(self.tools.at_door(Door.WORKER), {})
        return self.database.rows("SELECT subject, text FROM captured_mails ORDER BY id")


def at_hour(clock, hour):
    """Turn the house's clock to the next such hour in Paris; offers last longer by night."""
    now = clock.now().astimezone(PARIS)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    clock.turn(seconds=int((then + timedelta(days=then <= now) - now).total_seconds()) + 1)


def values(scene, statement):
    return [row[0] for row in scene.database.rows(statement)]


def operator(database):
    with database.session() as session:
        return factories.operator(session).id


def made(database, tools, clock):
    """The scene, at nine in the morning: offers of the night last longer."""
    at_hour(clock, 9)
    with database.session() as session:
        sale, _ = factories.open_sale(session, items=0)
        items = factories.sizes_on_sale(session, of=sale, sizes=("S", "M"), spare=3)
        first = factories.member(session)
        members = [factories.member(session) for _ in range(3)]
    with database.session() as session:
        held = [factories.hold(session, by=first, on=item) for item in items]
    return Scene(tools, database, clock, sale, items, first, members, held)
