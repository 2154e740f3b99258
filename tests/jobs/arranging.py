"""For every job, a scene in which it has something to do. A job without one fails its tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from marketplace.db.brands import Brand
from marketplace.domain.conversations import Subject
from marketplace.domain.deals import Days
from marketplace.domain.deliveries import Told
from marketplace.domain.doors import Door
from marketplace.gateways.outward import OutwardCalls
from marketplace.services import (
    admissions,
    closures,
    conversations,
    deals,
    endpoints,
    members,
    orders,
    payments,
    reminders,
    replies,
    reports,
    sales,
    stock,
)
from marketplace.toolbox import Toolbox
from tests import factories, morning_scenes, photograph_scenes, purchase_scenes, sale_scenes
from tests.jobs import carded, held, leaving
from tests.jobs.sent_files import (
    a_file,
    a_file_that_was_judged,
    a_file_that_was_read,
    a_file_to_be_taken_back,
    a_file_whose_rows_are_in,
)
from tests.jobs.settled import (
    a_charge_that_nobody_contested,
    a_charge_that_the_brand_has_not_heard_of,
    a_payout_that_was_approved,
    a_payout_that_was_paid,
    a_sale_whose_statement_is_due,
    a_statement_that_nobody_has_heard_of,
)
from tests.jobs.stage import Arrange, Stage
from tests.scenes import opened, paid_order, signed, stripe_event


def photographs_without_their_mark(stage: Stage) -> dict[str, int]:
    photograph_scenes.brand_with_photographs(stage.database, stage.tools, watermark="Maison")
    return {}


def a_room_whose_places_are_not_drawn(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        sale, _ = factories.open_sale(session, opens_in=timedelta(minutes=10))
        came = [factories.member(session) for _ in range(3)]
        operator = factories.operator(session)
    desk = stage.tools.at_door(Door.OPERATOR, account_id=operator.id)
    admissions.set_up(desk, ref=sale.ref, at_once=2, per_minute=60)
    for each in came:
        door = stage.tools.at_door(Door.MEMBER, account_id=each.account_id)
        admissions.visit(door, sale_id=sale.id, member_id=each.id)
    stage.clock.turn(minutes=10)
    stage.database.run("UPDATE tickets SET seen_at = house_now()")
    return {}


def a_reminder_that_is_due(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        sale, _ = factories.open_sale(session, opens_in=timedelta(minutes=10))
        member = factories.member(session)
    door = stage.tools.at_door(Door.MEMBER, account_id=member.account_id)
    reminders.ask(door, ref=sale.ref, member_id=member.id)
    return {}


def a_conditional_sale_that_is_over(stage: Stage) -> dict[str, int]:
    scene = purchase_scenes.conditional_sale(stage.database)
    purchase_scenes.bought(stage.database, stage.tools, stage.simulator, scene, 2)
    purchase_scenes.over(stage.tools, stage.clock)
    return {}


def an_order_that_a_brand_has_not_heard_of(stage: Stage) -> dict[str, int]:
    purchase_scenes.ordered(stage.database, stage.tools, stage.simulator, stage.clock, 1)
    return stage.number("SELECT max(id) FROM purchases")


def a_message_of_stripe(stage: Stage) -> dict[str, int]:
    _placed, ref = opened(stage.tools, stage.bag())
    intent = stage.simulator.pay(ref)["intent"]
    content = {
        "id": ref,
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 6_590,
        "currency": "eur",
        "payment_intent": intent,
        "metadata": {},
    }
    number = int(uuid4().int % 10**12)
    body = stripe_event(number, "checkout.session.completed", content)
    payments.receive(stage.tools, body=body, signature=signed(body))
    return stage.number("SELECT max(id) FROM inbox")


def messages_of_stripe(stage: Stage) -> dict[str, list[int]]:
    """Two that are plain, and one of them a second time."""
    numbers = [a_message_of_stripe(stage)["subject_id"] for _ in range(2)]
    return {"subject_ids": [*numbers, numbers[0]]}


def an_order_given_up(stage: Stage) -> dict[str, int]:
    bag = stage.bag()
    placed, _ref = opened(stage.tools, bag)
    orders.cancel(stage.tools, order_id=placed.order_id, member_id=bag.member_id)
    return {"subject_id": placed.order_id}


def a_refund_asked_for(stage: Stage) -> dict[str, int]:
    bag = stage.bag()
    placed = paid_order(stage.tools, stage.simulator, bag)
    refund = orders.cancel(stage.tools, order_id=placed.order_id, member_id=bag.member_id)
    return {"subject_id": refund}


def a_payment_that_nobody_told_of(stage: Stage) -> dict[str, int]:
    _placed, ref = opened(stage.tools, stage.bag())
    stage.simulator.pay(ref)
    stage.clock.turn(seconds=46)
    return {}


def an_order_whose_time_is_over(stage: Stage) -> dict[str, int]:
    bag = stage.bag()
    orders.place(stage.tools, member_id=bag.member_id, address_id=bag.address_id)
    stage.clock.turn(minutes=11)
    return {}


def a_letter(stage: Stage) -> dict[str, int]:
    paid_order(stage.tools, stage.simulator, stage.bag())
    return {}


def an_hour_of_a_sale(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        sale, _ = factories.open_sale(session, opens_in=-timedelta(minutes=65))
        _reader(session, sale)
    sales.record_due_transitions(stage.tools, limit=10)
    return {}


def a_closed_sale(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        sale, _ = factories.open_sale(
            session, opens_in=-timedelta(hours=2), length=timedelta(hours=1)
        )
        _reader(session, sale)
    sales.record_due_transitions(stage.tools, limit=10)
    return {"subject_id": sale.id}


def a_sale_of_last_month(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        sale, _ = factories.open_sale(
            session, opens_in=-timedelta(days=30, hours=2), length=timedelta(hours=1)
        )
        _reader(session, sale)
    sales.record_due_transitions(stage.tools, limit=10)
    return {}


def an_order_paid_after_the_close(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        sale, _ = factories.open_sale(session, items=0, length=timedelta(minutes=65))
        _reader(session, sale)
        item = factories.sale_item(session, of=sale, units=1)
        member = factories.member(session)
        address = factories.address(session, of=member)
        factories.hold(session, by=member, on=item)
    placed = orders.place(stage.tools, member_id=member.id, address_id=address.id)
    payments.open_checkout(stage.tools, payment_id=placed.payment_id)
    stage.clock.turn(minutes=6)
    sales.record_due_transitions(stage.tools, limit=10)
    reports.take_closing(stage.tools, sale_id=sale.id)
    ref = stage.database.value(
        "SELECT session_ref FROM payments WHERE id = :id", id=placed.payment_id
    )
    stage.simulator.pay(ref)
    payments.settle(stage.tools, answer=stage.tools.payments.look_up(ref))
    return {}


def units_released_and_counted_in(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        morning = morning_scenes.set_out(session, opens_at=factories.house_now(session))
        morning_scenes.may_release(session, morning.item(), hard_stop=12)
    at_brand = stage.tools.at_door(Door.BRAND, brand_id=morning.brand_id)
    deals.release_into(at_brand, ref=morning.ref, item_id=morning.item(), units=4, key="press")
    deal = stage.number("SELECT max(id) FROM deals")
    stock.accept_as_committed(stage.tools, deal_id=deal["subject_id"])
    return deal


def a_closed_sale_with_units_left(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        factories.open_sale(session, length=timedelta(minutes=65))
    stage.clock.turn(minutes=6)
    sales.record_due_transitions(stage.tools, limit=10)
    return {}


def _reader(session, sale) -> None:
    """Somebody of the brand whom its reports are sent to."""
    factories.brand_user(session, of=session.get_one(factories.Brand, sale.brand_id))


def a_proposal(stage: Stage, *, accepted: bool = False) -> dict[str, int]:
    with stage.database.session() as session:
        of = factories.brand(session)
        factories.brand_user(session, of=of)
        offered = factories.collection(session, of=of)
        variant = factories.variant(session, of=factories.style(session, of=offered))
        made = factories.deal(session, of=offered, variants=[variant], accepted=accepted)
        return {"subject_id": made.id}


def an_agreed_deal(stage: Stage) -> dict[str, int]:
    return a_proposal(stage, accepted=True)


def a_proposal_about_to_lapse(stage: Stage) -> dict[str, int]:
    arguments = a_proposal(stage)
    stage.clock.turn(days=12)
    return arguments


def an_invitation_nobody_used(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        sponsor = factories.member(session)
    at = stage.tools.at_door(Door.HALLWAY, account_id=sponsor.account_id)
    members.invite(at, account_id=sponsor.account_id, email=f"{uuid4().hex}@example.org")
    stage.clock.turn(days=15)
    return {}


def counts_of_failures_long_past(stage: Stage) -> dict[str, int]:
    stage.database.run(
        "INSERT INTO attempts (key, period_at, count) "
        " VALUES (gen_random_uuid()::text, house_now() - interval '2 days', 3)"
    )
    return {}


def books_that_do_not_agree(stage: Stage) -> dict[str, int]:
    stage.clock.turn(days=2)
    stage.bag()
    # As nobody could who knocks at a door: as the owner, past the functions that keep the count.
    hold = stage.database.value("SELECT max(id) FROM holds")
    stage.database.run("UPDATE holds SET units = units + 1 WHERE id = :id", id=hold)
    stage.mends.append(f"UPDATE holds SET units = units - 1 WHERE id = {hold}")
    return {}


def runs_done_long_ago(stage: Stage) -> dict[str, int]:
    stage.database.run(
        "INSERT INTO job_runs (job, key, state, finished_at) VALUES"
        " ('tidy', gen_random_uuid()::text, 'done', house_now() - interval '15 days'),"
        " ('tidy', gen_random_uuid()::text, 'given_up', house_now() - interval '15 days')"
    )
    return {}


def _told(stage: Stage, told: Told, brand_id: int | None = None) -> tuple[Toolbox, int]:
    """An endpoint of a brand (a new one unless it is named) that hears of ``told`` from servers on this machine."""
    with stage.database.session() as session:
        of = factories.brand(session) if brand_id is None else session.get_one(Brand, brand_id)
        person = factories.brand_user(session, of=of)
    at_door = stage.tools.at_door(
        Door.BRAND, account_id=person.account_id, brand_id=person.brand_id
    )
    anywhere = replace(at_door, outward=OutwardCalls(anywhere=True))
    made = endpoints.make(anywhere, url="http://127.0.0.1:9/", told=[told])
    return at_door, made.endpoint_id


def an_answer_of_yesterday(stage: Stage) -> dict[str, int]:
    at_door, _endpoint_id = _told(stage, Told.SALE_OPENED)
    replies.begin(at_door, key=uuid4().hex, fingerprint=b"asked")
    stage.clock.turn(hours=24, seconds=1)
    return {}


def a_message_to_a_machine(stage: Stage) -> dict[str, int]:
    at_door, endpoint_id = _told(stage, Told.SALE_OPENED)
    endpoints.ping(at_door, endpoint_id=endpoint_id)
    return {}


def an_opening_that_a_machine_hears_of(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        sale, _ = factories.open_sale(session, opens_in=-timedelta(minutes=5))
        brand_id = sale.brand_id
    _told(stage, Told.SALE_OPENED, brand_id)
    sales.record_due_transitions(stage.tools, limit=10)
    opened_at = "SELECT max(id) FROM events WHERE name = 'sale.opened'"
    return {"event_id": stage.database.value(opened_at)}


def an_item_that_is_nearly_gone(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        sale, (item,) = factories.open_sale(session, units=1)
        brand_id = sale.brand_id
        member = factories.member(session)
        held = factories.hold(session, by=member, on=item)
        factories.sell(session, of=factories.order(session, by=member, hold_ids=[held]))
    _told(stage, Told.STOCK_LOW, brand_id)
    return {}


def a_question_of_a_brand(stage: Stage) -> dict[str, int]:
    with stage.database.session() as session:
        at = sale_scenes.desk(session)
        session.get_one(Brand, at.brand_id).account_manager_id = at.operator_id
    written = conversations.write(
        at.brand(stage.tools), subject=Subject.DEAL, subject_id=at.deal_id, body="When?", key="k"
    )
    return {"message": written.message_id}


def a_brand_that_is_closed_tomorrow(stage: Stage) -> dict[str, int]:
    a_question_of_a_brand(stage)
    brand_id, account_id = stage.database.rows("SELECT brand_id, account_id FROM brand_users")[0]
    at_door = stage.tools.at_door(Door.BRAND, account_id=account_id, brand_id=brand_id)
    (due_at,) = stage.database.rows("SELECT due_at FROM promises")[0]
    closed = Days(due_at.date(), due_at.date())
    closures.state(at_door, brand_id=brand_id, days=closed, note="")
    return {"subject_id": brand_id}


def a_promise_whose_date_has_passed(stage: Stage) -> dict[str, int]:
    a_question_of_a_brand(stage)
    stage.clock.turn(days=5)
    return {}


ARRANGED: dict[str, Arrange] = {
    "accounts.forget": counts_of_failures_long_past,
    "accounts.return_invitations": an_invitation_nobody_used,
    "closures.put_off": a_brand_that_is_closed_tomorrow,
    "contacts.send": a_letter,
    "conversations.tell": a_question_of_a_brand,
    "deals.print": an_agreed_deal,
    "deals.remind": a_proposal_about_to_lapse,
    "deals.tell": a_proposal,
    "house.check_books": books_that_do_not_agree,
    "house.forget_runs": runs_done_long_ago,
    "imports.apply": a_file_that_was_judged,
    "imports.draw": a_file_whose_rows_are_in,
    "imports.judge": a_file_that_was_read,
    "imports.read": a_file,
    "imports.take_back": a_file_to_be_taken_back,
    "machines.forget": an_answer_of_yesterday,
    "machines.send": a_message_to_a_machine,
    "machines.watch_stock": an_item_that_is_nearly_gone,
    "machines.write": an_opening_that_a_machine_hears_of,
    "orders.lapse": an_order_whose_time_is_over,
    "payments.end_sessions": an_order_given_up,
    "payments.handle_message": messages_of_stripe,
    "payments.reconcile": a_payment_that_nobody_told_of,
    "payments.send_refund": a_refund_asked_for,
    "photographs.mark": photographs_without_their_mark,
    "promises.watch": a_promise_whose_date_has_passed,
    "purchases.order_sold": a_conditional_sale_that_is_over,
    "purchases.tell": an_order_that_a_brand_has_not_heard_of,
    "admissions.tend": a_room_whose_places_are_not_drawn,
    "reminders.write": a_reminder_that_is_due,
    "reports.closing": a_closed_sale,
    "reports.hourly": an_hour_of_a_sale,
    "reports.later": a_sale_of_last_month,
    "reports.late_closing": an_order_paid_after_the_close,
    **carded.SCENES,
    **held.SCENES,
    **leaving.SCENES,
    "settlements.end_charges": a_charge_that_nobody_contested,
    "settlements.issue": a_sale_whose_statement_is_due,
    "settlements.print": a_statement_that_nobody_has_heard_of,
    "settlements.tell_charge": a_charge_that_the_brand_has_not_heard_of,
    "settlements.tell_payout": a_payout_that_was_paid,
    "settlements.tell_statement": a_statement_that_nobody_has_heard_of,
    "settlements.write_transfer": a_payout_that_was_approved,
    "stock.place_released": units_released_and_counted_in,
    "stock.free_unsold": a_closed_sale_with_units_left,
}
