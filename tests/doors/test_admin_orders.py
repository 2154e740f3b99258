"""The order desk: found, packed, shipped, taken back, refunded with its effects shown first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.db.members import Member
from marketplace.domain.doors import Door
from marketplace.services import orders, payments
from marketplace.toolbox import GatewayRefusal
from tests import factories
from tests.scenes import bag_of, delivered_order, paid_order, signed, stripe_event


@pytest.fixture
def desk(database, operator_client):
    """An operator's browser."""
    with database.session() as session:
        person = factories.operator(session, name="Ines")
    return operator_client(person)


@pytest.fixture
def bag(database):
    with database.session() as session:
        return bag_of(session, units=2, price_minor=4_000)


@pytest.fixture
def paid(paying, simulator, bag):
    """A paid order of two pieces at 40.00 and delivery of 5.90."""
    return paid_order(paying, simulator, bag)


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def _line(database) -> int:
    return database.value("SELECT id FROM order_lines")


def test_orders_are_found_by_state_by_sale_and_by_reference(database, desk, paid):
    sale_ref = database.value("SELECT ref FROM sales")
    for query in ("", "?state=paid", f"?sale={sale_ref}", f"?search={paid.ref[:4].lower()}"):
        assert paid.ref in _text(desk.get(f"/admin/orders{query}"))
    for query in ("?state=shipped", "?sale=nowhere", "?search=A%25", "?search=ZZZZ"):
        assert paid.ref not in _text(desk.get(f"/admin/orders{query}"))


def test_an_order_is_packed_shipped_and_delivered_once(database, desk, paid):
    answers = [
        desk.post(f"/admin/orders/{paid.ref}/pack"),
        desk.post(f"/admin/orders/{paid.ref}/pack"),
        desk.post(f"/admin/orders/{paid.ref}/ship", {"carrier": "La Poste", "tracking": "6A1"}),
        desk.post(f"/admin/orders/{paid.ref}/deliver"),
        desk.post(f"/admin/orders/{paid.ref}/deliver"),
    ]

    assert [answer.status_code for answer in answers] == [303] * 5
    assert database.rows("SELECT state, carrier, tracking FROM orders") == [
        ("delivered", "La Poste", "6A1")
    ]
    assert database.rows(
        "SELECT name, count(*) FROM events WHERE name IN ('order.packed', 'order.delivered') GROUP BY 1 ORDER BY 1"
    ) == [("order.delivered", 1), ("order.packed", 1)]
    assert "6A1" in _text(desk.get(f"/admin/orders/{paid.ref}"))


def test_a_parcel_without_a_number_is_not_shipped(database, desk, paid):
    desk.post(f"/admin/orders/{paid.ref}/pack")

    answer = desk.post(f"/admin/orders/{paid.ref}/ship", {"carrier": "La Poste", "tracking": " "})

    assert answer.status_code == 422
    assert database.value("SELECT state FROM orders") == "packed"


def test_the_pick_list_counts_by_variant_and_by_parcel_and_forgets_what_is_packed(
    database, desk, paid
):
    sale_ref = database.value("SELECT ref FROM sales")
    sku = database.value("SELECT v.sku FROM order_lines l JOIN variants v ON v.id = l.variant_id")

    before = _text(desk.get(f"/admin/orders/picking/{sale_ref}"))
    desk.post(f"/admin/orders/{paid.ref}/pack")
    after = _text(desk.get(f"/admin/orders/picking/{sale_ref}"))

    assert "2 pieces for 1 parcel" in before
    assert sku in before
    assert "Nothing waits to be packed." in after


def test_a_packing_slip_names_pieces_and_address_and_no_price(database, desk, paid):
    database.run('UPDATE orders SET address = address || \'{"recipient": "Camille Laurent"}\'')
    sale_ref = database.value("SELECT ref FROM sales")
    brand = database.value("SELECT name FROM brands")

    for url in (f"/admin/orders/{paid.ref}/slip", f"/admin/orders/picking/{sale_ref}/slips"):
        page = _text(desk.get(url))
        assert "Camille Laurent" in page
        assert "12 rue des Lilas" in page
        assert "€" not in page
        assert "40.00" not in page
        assert brand not in page
        assert "In this parcel" in page


def test_a_packing_slip_speaks_the_language_of_whoever_opens_the_parcel(database, desk, paid):
    database.run("UPDATE accounts SET locale = 'fr' WHERE realm = 'member'")

    page = _text(desk.get(f"/admin/orders/{paid.ref}/slip"))

    assert "Dans ce colis" in page
    assert "In this parcel" not in page


@pytest.mark.parametrize(
    "name", ["Garonne", '#panic("run")', "*bold* $x$ <a> \\ \u0141\u00f3d\u017a"]
)
def test_the_printed_slip_is_a_tagged_document_whatever_a_piece_is_called(
    database, desk, paid, name
):
    database.run("UPDATE styles SET name = :name", name=name)
    sale_ref = database.value("SELECT ref FROM sales")

    for url in (
        f"/admin/orders/{paid.ref}/slip.pdf",
        f"/admin/orders/picking/{sale_ref}/slips.pdf",
    ):
        answer = desk.get(url)
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
        assert b"/StructTreeRoot" in answer.data
        assert b"/Marked true" in answer.data


def test_the_printed_slips_of_a_sale_in_which_nothing_waits_say_so(database, desk, paid):
    sale_ref = database.value("SELECT ref FROM sales")
    desk.post(f"/admin/orders/{paid.ref}/pack")

    assert desk.get(f"/admin/orders/picking/{sale_ref}/slips.pdf").data.startswith(b"%PDF-")


def test_a_refund_shows_what_it_does_and_does_exactly_that(database, desk, paid):
    line = _line(database)
    chosen = {f"line.{line}.units": "1", "shipping": "1"}

    shown = _text(desk.post(f"/admin/orders/{paid.ref}/refund", chosen))
    answer = desk.post(
        f"/admin/orders/{paid.ref}/refund/confirm", {**chosen, "reason": "a stain on the sleeve"}
    )

    assert "€45.90 to" in shown
    # Commission on both pieces is 16.67, on the one that stays 8.33: what goes back is the difference.
    assert "€30.00" in shown
    assert "€8.34" in shown
    assert "€8.33" in shown
    assert answer.status_code == 303
    assert database.rows("SELECT amount_minor, reason FROM refunds") == [
        (4_590, "a stain on the sleeve")
    ]
    assert database.rows(
        "SELECT book, amount_minor FROM posting_lines l JOIN postings p ON p.id = l.posting_id"
        " WHERE p.kind = 'reversed' ORDER BY book"
    ) == [
        ("brand_payable", 3_000),
        ("commission", 834),
        ("member_payable", -4_590),
        ("shipping_income", 492),
        ("vat_payable", 264),
    ]


def test_whose_loss_a_packed_piece_is_has_to_be_said_and_is_shown_before_and_after(
    database, desk, paid
):
    url = f"/admin/orders/{paid.ref}/refund"
    chosen = {f"line.{_line(database)}.units": "1"}
    assert "Whose loss it is" not in _text(desk.get(url))
    desk.post(f"/admin/orders/{paid.ref}/pack")
    asked = _text(desk.get(url))

    unsaid = desk.post(url, chosen)
    late = desk.post(f"{url}/confirm", {**chosen, "reason": "Crushed."})
    shown = _text(desk.post(url, {**chosen, "borne_by": "carrier"}))
    confirmed = {**chosen, "borne_by": "carrier", "reason": "Crushed."}
    answer = desk.post(f"{url}/confirm", confirmed)

    assert "Whose loss it is" in asked
    assert [each.status_code for each in (unsaid, late, answer)] == [422, 422, 303]
    assert "Say whose loss it is." in _text(unsaid)
    assert "The house, for what was lost, without VAT" in shown
    assert "€33.33" in shown
    assert database.rows("SELECT units, borne_by FROM line_returns") == [(1, "carrier")]
    page = _text(desk.get(f"/admin/orders/{paid.ref}"))
    assert "it lost or spoilt the parcel." in page


@pytest.mark.parametrize(
    ("units", "status"), [("3", 422), ("0", 422), ("-1", 422), ("\uff11", 422)]
)
def test_what_cannot_be_refunded_is_told_before_anything_is_done(
    database, desk, paid, units, status
):
    line = _line(database)

    answer = desk.post(f"/admin/orders/{paid.ref}/refund", {f"line.{line}.units": units})

    assert answer.status_code == status
    assert database.value("SELECT count(*) FROM refunds") == 0


def test_a_refund_needs_a_reason(database, desk, paid):
    line = _line(database)

    answer = desk.post(f"/admin/orders/{paid.ref}/refund/confirm", {f"line.{line}.units": "1"})

    assert answer.status_code == 422
    assert "€40.00" in _text(answer)
    assert database.value("SELECT count(*) FROM refunds") == 0


def test_a_line_of_another_order_cannot_be_refunded_here(database, desk, paid, paying, simulator):
    with database.session() as session:
        other = bag_of(session)
    paid_order(paying, simulator, other)
    alien = database.value("SELECT max(id) FROM order_lines")

    answer = desk.post(f"/admin/orders/{paid.ref}/refund", {f"line.{alien}.units": "1"})

    assert answer.status_code == 404
    assert database.value("SELECT count(*) FROM refunds") == 0


def test_goods_that_came_back_are_received_once(database, desk, paying, simulator, bag):
    order = delivered_order(paying, simulator, bag)
    withdrawal = orders.withdraw(
        paying.at_door(Door.MEMBER, account_id=bag.account_id),
        order_id=order.order_id,
        member_id=bag.member_id,
        units={_line(database): 1},
        key="once",
        words="I withdraw.",
    )
    assert order.ref in _text(desk.get("/admin/orders/troubles"))

    for _ in range(2):
        desk.post(f"/admin/orders/{order.ref}/returns/{withdrawal}")

    assert database.rows("SELECT amount_minor, cause FROM refunds") == [(4_000, "withdrawn")]
    assert order.ref not in _text(desk.get("/admin/orders/troubles"))


class Refusing:
    """Stripe, but it refuses every refund."""

    def __init__(self, real) -> None:
        self._real = real

    def __getattr__(self, name):
        return getattr(self._real, name)

    def refund(self, **_asked):
        raise GatewayRefusal("insufficient_funds", "the balance is too low")


def test_a_refund_that_failed_waits_for_a_person_and_is_sent_again_once(
    database, desk, paying, paid, bag
):
    refund_id = orders.cancel(paying, order_id=paid.order_id, member_id=bag.member_id)
    payments.send_refund(replace(paying, payments=Refusing(paying.payments)), refund_id=refund_id)

    page = _text(desk.get("/admin/orders/troubles"))
    for _ in range(2):
        answer = desk.post(
            f"/admin/orders/troubles/refunds/{refund_id}", {"reason": "the balance was filled"}
        )
        assert answer.status_code == 303

    assert "insufficient_funds" in page
    assert database.value("SELECT state FROM refunds") == "asked"
    assert database.value("SELECT count(*) FROM events WHERE name = 'refund.asked'") == 2


def test_an_unexplained_payment_stays_listed_until_somebody_explains_it(database, desk, paying):
    content = {"id": "re_alien", "status": "succeeded", "amount": 100, "currency": "eur"}
    body = stripe_event(1, "refund.updated", content)
    payments.receive(paying, body=body, signature=signed(body))
    payments.handle(paying, message_id=database.value("SELECT id FROM inbox"))
    event = database.value("SELECT id FROM events WHERE name = 'payment.unexplained'")

    before = _text(desk.get("/admin/orders/troubles"))
    desk.post(f"/admin/orders/troubles/payments/{event}", {"reason": "made by hand at Stripe"})
    after = _text(desk.get("/admin/orders/troubles"))

    assert "re_alien" in before
    assert "re_alien" not in after
    assert database.rows("SELECT reason FROM events WHERE name = 'payment.explained'") == [
        ("made by hand at Stripe",)
    ]


def test_a_disputed_payment_is_listed_with_its_day_until_the_bank_decides(
    database, desk, paying, simulator, paid
):
    ref = simulator.dispute(
        database.value("SELECT intent_ref FROM payments"), reason="product_not_received"
    )
    payments.reconcile_disputes(paying)
    noticed = _text(desk.get("/admin/orders"))
    before = _text(desk.get("/admin/orders/troubles"))
    simulator.decide(ref, "won")
    payments.reconcile_disputes(paying)
    after = _text(desk.get("/admin/orders/troubles"))

    assert "needs somebody" in noticed, noticed[2000:]
    assert "Never arrived" in before
    assert "The bank has taken the money and is to decide" in before
    assert ref in before
    assert ref not in after


def test_every_page_is_the_operators_alone(database, member_client, paid, bag):
    client = member_client(bag.member)

    for path in ("", "/troubles", f"/{paid.ref}", f"/{paid.ref}/slip", f"/{paid.ref}/refund"):
        assert client.get(f"/admin/orders{path}").status_code == 404


def test_a_part_of_a_parcel_is_received_and_the_member_reads_what_was_not_taken(
    database, desk, paying, simulator, bag, member_client
):
    order = delivered_order(paying, simulator, bag)
    line, member_id = _line(database), database.value("SELECT member_id FROM orders")
    number = orders.withdraw(
        paying,
        order_id=order.order_id,
        member_id=member_id,
        units={line: 2},
        key="k",
        words="I withdraw.",
    )
    base = f"/admin/orders/{order.ref}/returns/{number}/part"

    wrong = desk.post(base, {f"part.{line}.taken": "1", f"part.{line}.refused": "1"})
    assert wrong.status_code == 422
    assert database.value("SELECT count(*) FROM refunds") == 0

    done = desk.post(
        base,
        {
            f"part.{line}.taken": "0",
            f"part.{line}.refused": "1",
            f"part.{line}.reason": "It was worn.",
        },
    )

    page = _text(desk.get(done.location))
    assert "This part is back. Nothing of it is refunded." in page
    assert "Still missing from the parcel" in page
    with database.session() as session:
        member = session.get_one(Member, member_id)
    own = _text(member_client(member).get(f"/orders/{order.ref}"))
    assert "Not taken back: It was worn." in own
    assert "A part of your parcel is still missing:" in own
