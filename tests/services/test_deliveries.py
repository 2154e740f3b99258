"""What brands' machines are told: once, signed, tried again, given up; nothing in it leads to a member."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.domain import deliveries as rules
from marketplace.domain.conversations import Subject, Visibility
from marketplace.domain.deliveries import CHOSEN, TRIES_MAX, DeliveryState, Told, TooManyEndpoints
from marketplace.domain.doors import Door
from marketplace.domain.outward import AddressRefused
from marketplace.domain.refusals import NotFound
from marketplace.gateways.outward import OutwardCalls
from marketplace.services import conversations, deliveries, endpoints, orders, sales
from tests import factories
from tests.listener import listening
from tests.scenes import bag_of, paid_order


@pytest.fixture
def listener():
    with listening() as running:
        yield running


@pytest.fixture
def worker(tools):
    """A worker's tools that may call this machine."""
    return replace(tools, outward=OutwardCalls(anywhere=True))


@pytest.fixture
def sale(database):
    with database.session() as session:
        found, (item,) = factories.open_sale(session, opens_in=-timedelta(minutes=5))
        owner = factories.brand_user(session, of=session.get_one(factories.Brand, found.brand_id))
        session.expunge_all()
    found.owner, found.item_id = owner, item.id
    return found


@pytest.fixture
def at_brand(worker, sale):
    return worker.at_door(Door.BRAND, account_id=sale.owner.account_id, brand_id=sale.brand_id)


def written(database, worker):
    """Write what every event so far is worth, as the relay would."""
    for (number,) in database.rows("SELECT id FROM events ORDER BY id"):
        deliveries.write(worker, event_id=number)


def sent(worker):
    """Send everything that is due."""
    found = []
    while claimed := deliveries.claim(worker):
        found += [deliveries.send(worker, claimed=each) for each in claimed]
    return found


def types(listener):
    return [json.loads(body)["type"] for _headers, body in listener.told]


def test_an_opening_is_told_once_signed_by_the_endpoints_secret(
    database, worker, at_brand, sale, listener
):
    made = endpoints.make(at_brand, url=listener.url, told=[Told.SALE_OPENED])
    sales.record_due_transitions(worker, limit=10)

    written(database, worker)
    written(database, worker)
    assert sent(worker) == [DeliveryState.DELIVERED]

    ((headers, body),) = listener.told
    message = json.loads(body)
    assert (message["type"], message["data"]) == ("sale.opened", {"sale": sale.ref})
    second = int(headers["Aubaine-Signature"].partition(",")[0].removeprefix("t="))
    at = database.value("SELECT to_timestamp(:s)", s=second)
    assert headers["Aubaine-Signature"] == rules.signature(body, at=at, by=[made.secret])
    assert database.rows("SELECT status, fault FROM delivery_tries") == [(200, "")]


def test_an_endpoint_hears_what_it_chose_of_its_own_brand_alone(
    database, worker, at_brand, sale, listener
):
    with database.session() as session:
        other = factories.brand_user(session, of=factories.brand(session))
    elsewhere = worker.at_door(Door.BRAND, account_id=other.account_id, brand_id=other.brand_id)
    endpoints.make(elsewhere, url=listener.url, told=CHOSEN)
    endpoints.make(at_brand, url=listener.url, told=[Told.SALE_CLOSED])
    sales.record_due_transitions(worker, limit=10)

    written(database, worker)

    assert database.value("SELECT count(*) FROM deliveries") == 0


def test_a_parcel_is_told_by_its_pieces_and_says_nothing_of_who_gets_it(
    database, paying, simulator, listener
):
    with database.session() as session:
        bag = bag_of(session, units=2, stock=5)
        brand_id = session.query(factories.SaleItem.brand_id).scalar()
        owner = factories.brand_user(session, of=session.get_one(factories.Brand, brand_id))
    worker = replace(paying, outward=OutwardCalls(anywhere=True))
    at_door = worker.at_door(Door.BRAND, account_id=owner.account_id, brand_id=brand_id)
    endpoints.make(at_door, url=listener.url, told=[Told.ORDER_SHIPPED])
    placed = paid_order(paying, simulator, bag)
    orders.pack(worker.at_door(Door.OPERATOR), order_id=placed.order_id)
    orders.ship(
        worker.at_door(Door.OPERATOR), order_id=placed.order_id, carrier="Post", tracking="1Z"
    )

    written(database, worker)
    sent(worker)

    ((_headers, body),) = listener.told
    sku, ref = database.rows(
        "SELECT v.sku, s.ref FROM order_lines l JOIN variants v ON v.id = l.variant_id"
        " JOIN sales s ON s.id = l.sale_id"
    )[0]
    message = json.loads(body)
    assert message["data"] == {"pieces": [{"sale": ref, "sku": sku, "units": 2}]}
    assert set(message) == {"id", "type", "created_at", "data"}


def test_the_houses_answer_is_told_and_nothing_else_that_is_written(
    database, worker, at_brand, sale, listener
):
    with database.session() as session:
        host = factories.operator(session)
    house = worker.at_door(Door.OPERATOR, account_id=host.id)
    endpoints.make(at_brand, url=listener.url, told=[Told.MESSAGE_RECEIVED])
    about = {"subject": Subject.SALE, "subject_id": sale.id}
    conversations.write(at_brand, **about, body="When?", key="a")
    conversations.write(house, **about, body="Ours", key="b", visibility=Visibility.STAFF)
    conversations.write(house, **about, body="At seven.", key="c")

    written(database, worker)
    sent(worker)

    ((_headers, body),) = listener.told
    assert json.loads(body)["data"] == {"sale": sale.ref}
    assert b"seven" not in body


def test_few_pieces_left_are_told_of_once(database, worker, at_brand, sale, listener):
    endpoints.make(at_brand, url=listener.url, told=[Told.STOCK_LOW])
    assert deliveries.watch_stock(worker) == 0
    with database.session() as session:
        units = session.get_one(factories.SaleItem, sale.item_id).units
        for _ in range(units - 1):
            member = factories.member(session)
            item = session.get_one(factories.SaleItem, sale.item_id)
            held = factories.hold(session, by=member, on=item)
            factories.sell(session, of=factories.order(session, by=member, hold_ids=[held]))

    assert [deliveries.watch_stock(worker) for _ in range(2)] == [1, 0]
    sent(worker)

    data = json.loads(listener.told[0][1])["data"]
    assert (data["sale"], data["units"], data["unsold"]) == (sale.ref, units, 1)


def test_what_does_not_arrive_is_tried_with_growing_pauses_and_given_up(
    database, clock, worker, at_brand, listener
):
    made = endpoints.make(at_brand, url=listener.url, told=CHOSEN)
    listener.answers = [500]
    endpoints.ping(at_brand, endpoint_id=made.endpoint_id)

    states = []
    for pause in rules.PAUSES:
        states += sent(worker)
        clock.turn(seconds=int(pause.total_seconds()) - 5)
        assert sent(worker) == []
        clock.turn(seconds=6)
    states += sent(worker)
    clock.turn(days=2)

    assert states == [DeliveryState.WAITING] * (TRIES_MAX - 1) + [DeliveryState.GIVEN_UP]
    assert sent(worker) == []
    assert len({body for _headers, body in listener.told}) == 1
    assert database.rows("SELECT status, count(*) FROM delivery_tries GROUP BY 1") == [(500, 8)]

    listener.answers = [204]
    number = database.value("SELECT id FROM deliveries")
    endpoints.deliver_again(at_brand, delivery_id=number)
    assert sent(worker) == [DeliveryState.DELIVERED]
    endpoints.deliver_again(at_brand, delivery_id=number)
    assert sent(worker) == [DeliveryState.DELIVERED]


def test_both_secrets_sign_for_a_day_and_then_the_new_one_alone(clock, worker, at_brand, listener):
    first = endpoints.make(at_brand, url=listener.url, told=CHOSEN)
    second = endpoints.sign_anew(at_brand, endpoint_id=first.endpoint_id)

    signed = []
    for wait in (0, 24 * 3_600 + 1):
        clock.turn(seconds=wait)
        endpoints.ping(at_brand, endpoint_id=first.endpoint_id)
        sent(worker)
        signed.append(listener.told[-1][0]["Aubaine-Signature"].count("v1="))

    assert first.secret != second.secret
    assert signed == [2, 1]


def test_an_address_inside_is_refused_when_it_is_saved_and_when_it_is_called(
    database, tools, worker, at_brand, listener
):
    strict = replace(at_brand, outward=OutwardCalls())
    for url, reason in (
        (listener.url, "not_https"),
        ("https://127.0.0.1/", "not_public"),
        ("https://169.254.169.254/latest/", "not_public"),
        ("https://[::1]/", "not_public"),
    ):
        with pytest.raises(AddressRefused) as no:
            endpoints.make(strict, url=url, told=CHOSEN)
        assert no.value.facts["reason"] == reason
    assert database.value("SELECT count(*) FROM endpoints") == 0

    made = endpoints.make(at_brand, url="https://127.0.0.1:8443/", told=CHOSEN)
    endpoints.ping(at_brand, endpoint_id=made.endpoint_id)
    assert sent(tools) == [DeliveryState.WAITING]
    assert database.value("SELECT fault FROM delivery_tries") == "address_refused.not_public"


def test_an_endpoint_that_was_removed_is_told_nothing_more(database, worker, at_brand, listener):
    made = endpoints.make(at_brand, url=listener.url, told=CHOSEN)
    endpoints.ping(at_brand, endpoint_id=made.endpoint_id)
    endpoints.remove(at_brand, endpoint_id=made.endpoint_id)

    assert sent(worker) == []
    number = database.value("SELECT id FROM deliveries WHERE state = 'given_up'")
    for deed in (
        lambda: endpoints.ping(at_brand, endpoint_id=made.endpoint_id),
        lambda: endpoints.deliver_again(at_brand, delivery_id=number),
        lambda: endpoints.sign_anew(at_brand, endpoint_id=made.endpoint_id),
    ):
        with pytest.raises(NotFound):
            deed()


def test_a_brand_has_so_many_endpoints_and_no_more(at_brand, listener):
    for _ in range(rules.ENDPOINTS_MAX):
        endpoints.make(at_brand, url=listener.url, told=CHOSEN)

    with pytest.raises(TooManyEndpoints):
        endpoints.make(at_brand, url=listener.url, told=CHOSEN)


def test_many_senders_at_once_send_each_message_once(worker, at_brand, listener):
    for _ in range(6):
        made = endpoints.make(at_brand, url=listener.url, told=CHOSEN)
        endpoints.ping(at_brand, endpoint_id=made.endpoint_id)
    together = threading.Barrier(6)

    def work(_):
        together.wait()
        return sent(worker)

    with ThreadPoolExecutor(6) as pool:
        done = [state for states in pool.map(work, range(6)) for state in states]

    assert done == [DeliveryState.DELIVERED] * 6
    assert len({body for _headers, body in listener.told}) == len(listener.told) == 6


def test_without_the_claim_two_senders_would_send_the_same(worker, at_brand, listener):
    """The race is there: whoever sends without having claimed sends again."""
    made = endpoints.make(at_brand, url=listener.url, told=CHOSEN)
    endpoints.ping(at_brand, endpoint_id=made.endpoint_id)
    (claimed,) = deliveries.claim(worker)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: deliveries.send(worker, claimed=claimed), range(2)))

    assert types(listener) == ["ping", "ping"]


def test_a_sender_that_died_leaves_its_message_to_another(
    database, clock, worker, at_brand, listener
):
    made = endpoints.make(at_brand, url=listener.url, told=CHOSEN)
    endpoints.ping(at_brand, endpoint_id=made.endpoint_id)
    (lost,) = deliveries.claim(worker)
    assert deliveries.claim(worker) == ()

    clock.turn(seconds=deliveries.CLAIM_SECONDS + 1)
    assert sent(worker) == [DeliveryState.DELIVERED]
    deliveries.send(worker, claimed=lost)

    assert database.value("SELECT count(*) FROM delivery_tries") == 1


def test_messages_are_forgotten_a_month_after_they_were_finished(
    database, clock, worker, at_brand, listener
):
    made = endpoints.make(at_brand, url=listener.url, told=CHOSEN)
    endpoints.ping(at_brand, endpoint_id=made.endpoint_id)
    sent(worker)
    clock.turn(days=30)
    endpoints.ping(at_brand, endpoint_id=made.endpoint_id)
    clock.turn(seconds=1)

    assert [deliveries.forget(worker) for _ in range(2)] == [1, 0]
    assert database.value("SELECT count(*) FROM deliveries") == 1
