"""Reminders of openings: one letter, at the time that holds when it leaves, and only where the guard-rails let it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from jobs.contacts import SEND_LETTERS
from jobs.reminders import WRITE
from marketplace.domain.doors import Door
from marketplace.domain.refusals import NotFound
from marketplace.domain.reminders import ReminderTooLate
from marketplace.services import reminders
from marketplace.toolbox import GatewayTrouble
from tests import factories

SHIFT = (
    "UPDATE sales SET opens_at = opens_at + CAST(:by AS interval), closes_at = closes_at + CAST(:by AS interval),"
    " opens_wall = opens_wall + CAST(:by AS interval), closes_wall = closes_wall + CAST(:by AS interval),"
    " generation = generation + 1"
)

MARKED = "UPDATE members SET mark = '\\x01'::bytea"
KEPT_OUT = (
    "INSERT INTO suppressed_marks (brand_id, mark) SELECT s.brand_id, '\\x01'::bytea FROM sales s"
)


@dataclass
class Scene:
    """A sale three hours before its opening, and a member who may ask to be reminded."""

    tools: object
    database: object
    clock: object
    sale: object
    member: object

    def ask(self, member=None):
        who = member or self.member
        door = self.tools.at_door(Door.MEMBER, account_id=who.account_id)
        reminders.ask(door, ref=self.sale.ref, member_id=who.id)

    def take_back(self):
        door = self.tools.at_door(Door.MEMBER, account_id=self.member.account_id)
        reminders.take_back(door, ref=self.sale.ref, member_id=self.member.id)

    def work(self, tools=None):
        """What the night staff does."""
        WRITE.act(tools or self.tools, {})
        SEND_LETTERS.act(tools or self.tools, {})

    def mails(self):
        rows = self.database.rows("SELECT subject, html, text FROM captured_mails ORDER BY id")
        return [(subject, html + text) for subject, html, text in rows]

    def brand(self, **columns):
        for name, value in columns.items():
            self.database.run(f"UPDATE brands SET {name} = :value", value=value)


@pytest.fixture
def scene(database, tools, clock):
    with database.session() as session:
        sale, _ = factories.open_sale(session, opens_in=timedelta(hours=3))
        session.get(factories.Brand, sale.brand_id).name = "Maison Verrier"
        return Scene(tools, database, clock, sale, factories.member(session))


def test_one_letter_goes_a_quarter_of_an_hour_before_the_opening(scene, clock):
    scene.ask()
    scene.ask()

    clock.turn(hours=2, minutes=44)
    scene.work()
    early = scene.mails()
    clock.turn(minutes=2)
    scene.work()
    scene.work()

    ((subject, said),) = scene.mails()
    assert early == []
    assert subject.startswith("Your sale opens at ")
    assert "Maison Verrier" in said
    assert f"/sales/{scene.sale.ref}" in said


def test_no_letter_goes_without_having_been_asked_for_or_once_the_sale_has_opened(scene, clock):
    with scene.database.session() as session:
        factories.member(session)
    scene.ask()

    clock.turn(hours=3)
    scene.work()

    assert scene.database.value("SELECT count(*) FROM letters") == 0
    with pytest.raises(ReminderTooLate):
        scene.ask()


def test_what_is_taken_back_is_not_sent_and_may_be_asked_for_again(scene, clock):
    scene.ask()
    scene.take_back()
    clock.turn(hours=2, minutes=50)
    scene.work()
    assert scene.mails() == []

    scene.ask()
    scene.work()
    scene.take_back()
    scene.ask()
    scene.work()

    assert len(scene.mails()) == 1


def test_a_moved_sale_moves_its_letter(scene, clock):
    scene.ask()
    scene.database.run(SHIFT, by="1 day")

    clock.turn(hours=2, minutes=50)
    scene.work()
    before = scene.mails()
    clock.turn(days=1)
    scene.work()

    assert before == []
    assert len(scene.mails()) == 1


def test_a_sale_that_is_moved_after_the_letter_has_left_is_not_told_again(scene, clock):
    scene.ask()
    clock.turn(hours=2, minutes=50)
    scene.work()
    scene.database.run(SHIFT, by="1 day")

    clock.turn(days=1)
    scene.work()

    assert len(scene.mails()) == 1


def test_a_letter_that_was_written_before_the_sale_was_moved_waits_for_the_new_time(scene, clock):
    scene.ask()
    clock.turn(hours=2, minutes=50)
    WRITE.act(scene.tools, {})
    scene.database.run(SHIFT, by="1 day")
    SEND_LETTERS.act(scene.tools, {})
    withheld = scene.database.rows("SELECT state, reason FROM letters")
    between = scene.mails()
    clock.turn(days=1)
    scene.work()

    assert withheld == [("withheld", "no_longer_due")]
    assert between == []
    assert len(scene.mails()) == 1


@pytest.mark.parametrize(
    "now_so",
    [
        "UPDATE sales SET state = 'draft'",
        "UPDATE sales SET state = 'cancelled'",
        "UPDATE sales SET state = 'paused'",
        "UPDATE brands SET told_ahead = false",
        "UPDATE members SET territory = 'DE'",
        "UPDATE accounts SET state = 'disabled' WHERE realm = 'member'",
        "UPDATE reminders SET wanted = false",
        KEPT_OUT,
    ],
)
@pytest.mark.parametrize("written", [False, True])
def test_nothing_is_sent_against_what_holds_when_it_would_leave(scene, clock, now_so, written):
    scene.ask()
    scene.database.run(MARKED)
    clock.turn(hours=2, minutes=50)
    if written:
        WRITE.act(scene.tools, {})
    scene.database.run(now_so)

    scene.work()

    assert scene.mails() == []
    states = [state for (state,) in scene.database.rows("SELECT state FROM letters")]
    assert states == (["withheld"] if written else [])


@pytest.mark.parametrize(
    ("named_in_subject", "named_ahead", "subject", "body"),
    [
        (False, True, False, True),
        (True, True, True, True),
        (True, False, False, False),
        (False, False, False, False),
    ],
)
def test_the_brands_name_stands_only_where_the_brand_lets_it(
    scene, clock, named_in_subject, named_ahead, subject, body
):
    scene.ask()
    clock.turn(hours=2, minutes=50)
    WRITE.act(scene.tools, {})
    scene.brand(name_in_subject=named_in_subject, show_in_teaser=named_ahead)

    SEND_LETTERS.act(scene.tools, {})

    ((line, said),) = scene.mails()
    glance = said.partition('aria-hidden="true"')[2].partition("&#847;")[0]
    assert ("Maison Verrier" in line) is subject
    assert "Maison Verrier" not in glance
    title = scene.database.value("SELECT title FROM sales")
    assert ("Maison Verrier" in said) is body
    assert title not in line
    assert "60" not in line


@pytest.mark.parametrize(
    "now_so",
    [
        "UPDATE sales SET state = 'draft'",
        "UPDATE brands SET told_ahead = false",
        "UPDATE members SET territory = 'DE'",
        KEPT_OUT,
    ],
)
def test_what_a_member_may_not_know_of_cannot_be_asked_for(scene, now_so):
    scene.database.run(MARKED)
    scene.database.run(now_so)

    for deed in (scene.ask, scene.take_back):
        with pytest.raises(NotFound):
            deed()

    assert scene.database.value("SELECT count(*) FROM reminders") == 0


def test_a_letter_carries_a_way_to_stop_that_needs_one_press(scene, clock):
    sent = []

    class Seen:
        def send(self, mail):
            sent.append(mail)

    scene.ask()
    clock.turn(hours=2, minutes=50)
    scene.work(replace(scene.tools, mail=Seen()))

    headers = dict(sent[0].headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address in sent[0].html
    assert address in sent[0].text


def test_a_mail_server_that_is_away_is_asked_again_and_an_order_leaves_before_a_reminder(
    scene, clock
):
    class Away:
        def send(self, mail):
            raise GatewayTrouble("away")

    scene.ask()
    clock.turn(hours=2, minutes=50)
    scene.work(replace(scene.tools, mail=Away()))
    assert scene.database.rows("SELECT state, reason FROM letters") == [("written", "away")]
    scene.database.run(
        "INSERT INTO letters (key, kind, account_id, transactional, facts) SELECT 'later', 'password_changed', id,"
        " true, jsonb_build_object('realm', 'member') FROM accounts WHERE realm = 'member'"
    )

    clock.turn(minutes=3)
    SEND_LETTERS.act(scene.tools, {})

    assert [subject.startswith("Your sale opens") for subject, _ in scene.mails()] == [False, True]


def test_many_are_written_in_portions_of_their_own(scene, clock, monkeypatch):
    with scene.database.session() as session:
        crowd = [factories.member(session) for _ in range(4)]
    for each in crowd:
        scene.ask(each)
    monkeypatch.setattr(reminders, "PORTION_MAX", 3)
    clock.turn(hours=2, minutes=50)

    portions = [reminders.write_some(scene.tools) for _ in range(3)]

    assert portions == [3, 1, 0]
    assert scene.database.value("SELECT count(DISTINCT account_id) FROM letters") == 4


def test_stopping_ends_all_that_the_member_still_waits_for_and_nobody_elses(scene, clock):
    with scene.database.session() as session:
        other = factories.member(session)
    scene.ask()
    scene.ask(other)
    number = scene.database.value(
        "SELECT id FROM reminders WHERE member_id = :member", member=scene.member.id
    )

    reminders.stop_all(scene.tools.at_door(Door.MEMBER), reminder_id=number)

    wanted = "SELECT member_id FROM reminders WHERE wanted"
    assert scene.database.rows(wanted) == [(other.id,)]
    with pytest.raises(NotFound):
        reminders.stop_all(scene.tools.at_door(Door.MEMBER), reminder_id=number + 10)


def test_reminders_of_sales_long_past_are_forgotten(scene, clock):
    scene.ask()
    clock.turn(days=20)
    left = scene.database.rows("SELECT kind, gone FROM forget_reminders(10)")
    clock.turn(days=20)
    gone = scene.database.rows("SELECT kind, gone FROM forget_reminders(10)")

    assert (left, gone) == ([("reminders", 0)], [("reminders", 1)])
