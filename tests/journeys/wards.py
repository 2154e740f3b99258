"""States that a running house leaves by itself, each set up once and then only looked at."""

from __future__ import annotations

from datetime import timedelta

from marketplace.db.imports import Import
from marketplace.db.payments import Payment
from marketplace.domain.doors import Door
from marketplace.domain.orders import OrderState
from marketplace.domain.sales import SaleState
from marketplace.services import imports
from marketplace.toolbox import Upload
from tests import factories

LIST = """Style code;Style name;Colour;Size;SKU;Units;RRP;Origin;Season
K1;Knit;Navy;S;K1-NS;4;120,00;PT;FW25
K1;Knit;Navy;M;K1-NM;6;a lot;PT;FW25
K2;Coat;Camel;M;K2-CM;3;480,00;IT;FW25
"""
REACHED = {
    OrderState.AWAITING_PAYMENT: (),
    OrderState.LAPSED: ("ended_at",),
    OrderState.PAID: ("paid_at",),
    OrderState.PACKED: ("paid_at", "packed_at"),
    OrderState.SHIPPED: ("paid_at", "packed_at", "shipped_at"),
    OrderState.DELIVERED: ("paid_at", "packed_at", "shipped_at", "delivered_at"),
    OrderState.CANCELLED: ("paid_at", "ended_at"),
    OrderState.REFUNDED: ("paid_at", "ended_at"),
}
"""Each state of an order, and the moments that it has behind it."""


def sales(counter, member):
    """Sold out, all in bags, closed, paused and announced: the pages of each, for this member."""
    found = {}
    with counter.database.session() as session:
        for name, about in (
            ("sold out", {}),
            ("closed", {"opens_in": -timedelta(days=3)}),
            ("paused", {"state": SaleState.PAUSED}),
            ("announced", {"opens_in": timedelta(hours=5)}),
        ):
            sale = counter.town.open_sale(session, brand=f"Maison {name}", units=1, **about)
            found[f"sale {name}"] = f"/sales/{sale.ref}"
            style = session.query(factories.Style).order_by(factories.Style.id.desc()).first()
            if name not in {"announced", "closed"}:
                found[f"piece {name}"] = f"/sales/{sale.ref}/styles/{style.id}"
            if name == "sold out":
                _all_sold(session, sale)
        bags = counter.town.open_sale(session, brand="Maison in bags", units=1)
        for item in _items(session, bags):
            factories.hold(session, by=member, on=item)
        found["sale all in bags"] = f"/sales/{bags.ref}"
    return found


def _items(session, sale):
    return session.query(factories.SaleItem).filter_by(sale_id=sale.id).order_by("id").all()


def _all_sold(session, sale):
    buyer = factories.member(session)
    held = [factories.hold(session, by=buyer, on=item) for item in _items(session, sale)]
    assert factories.sell(session, of=factories.order(session, by=buyer, hold_ids=held)) == "sold"


def orders(counter, member):
    """An order in each state: the member's pages and the operator's."""
    members, operators = {}, {}
    with counter.database.session() as session:
        sale = counter.town.open_sale(
            session, brand="Maison of orders", styles=len(REACHED), limit_per_member=len(REACHED)
        )
        for item, (state, reached) in zip(_items(session, sale), REACHED.items(), strict=False):
            held = factories.hold(session, by=member, on=item)
            order = factories.order(session, by=member, hold_ids=[held])
            session.add(_asked(order))
            if "paid_at" in reached:
                factories.sell(session, of=order)
            order.address = {
                "recipient": "Camille Laurent", "line_1": "12 rue des Lilas", "line_2": "",
                "postcode": "75020", "city": "Paris", "country": "FR", "phone": "",
            }  # fmt: skip
            order.state = state
            for moment in reached:
                setattr(order, moment, factories.house_now(session))
            session.flush()
            members[f"order {state}"] = f"/orders/{order.ref}"
            operators[f"order {state}"] = f"/admin/orders/{order.ref}"
    return members, operators


def _asked(order):
    """What every order has from its first moment on: an attempt to be paid, here one that nobody carries out."""
    return Payment(
        order_id=order.id,
        attempt=1,
        key=f"{order.ref}-1",
        amount_minor=order.total_minor,
        currency=order.currency,
        session_ends_at=order.pay_by,
    )


class ImportDesk:
    """One list that is taken from state to state, with no worker that would hurry it."""

    def __init__(self, counter, user, folder):
        self._folder = folder
        self._counter = counter
        self.worker = counter.town.tools
        self.brand = self.worker.at_door(
            Door.BRAND, account_id=user.account_id, brand_id=user.brand_id
        )
        with counter.database.session() as session:
            of = session.get_one(factories.Brand, user.brand_id)
            self.collection_id = factories.collection(session, of=of).id

    def send(self, said=LIST):
        """A file arrives; the import's id."""
        path = self._folder / "lot.csv"
        path.write_text(said, encoding="utf-8")
        return imports.upload(
            self.brand, collection_id=self.collection_id, sheet=Upload(path.name, path), images=None
        )

    def states(self):
        """The list in one state after the other: yields each state's name and its pages."""
        number = self.send()
        yield "uploaded", self._pages(number)
        imports.read(self.worker, import_id=number)
        yield "mapping", [*self._pages(number), f"/brand/imports/{number}/mapping"]
        with self._counter.database.session() as session:
            columns = dict(session.get_one(Import, number).mapping)
        imports.confirm_mapping(self.brand, import_id=number, columns=columns)
        yield "judging", self._pages(number)
        imports.judge(self.worker, import_id=number)
        yield "previewed", [*self._pages(number), f"/brand/imports/{number}/rows"]
        imports.confirm(self.brand, import_id=number)
        yield "applying", self._pages(number)
        imports.apply(self.worker, import_id=number)
        imports.draw(self.worker, import_id=number)
        yield "finished", self._pages(number)
        garbled = self.send("\0\0\0")
        imports.read(self.worker, import_id=garbled)
        yield "failed", self._pages(garbled)
        taken_back = self.send()
        imports.cancel(self.brand, import_id=taken_back)
        yield "cancelled", self._pages(taken_back)

    @staticmethod
    def _pages(number):
        return [f"/brand/imports/{number}"]


def jobs(counter):
    """A job that failed and one that was given up."""
    counter.database.run(
        "INSERT INTO job_runs (job, key, state, attempts, error, started_at) VALUES"
        " ('letters.send', 'a failed one', 'failed', 3, 'ConnectionRefusedError: the mail server', house_now()),"
        " ('letters.send', 'one given up', 'given_up', 8, 'ConnectionRefusedError: the mail server', house_now())"
    )


def morning(counter, *, styles):
    """An open sale with photographs, and who opens which page of it: by name, an account and a path."""
    with counter.database.session() as session:
        sale = counter.town.open_sale(session, brand="Maison Morning", styles=styles)
        item = _items(session, sale)[0]
        style = session.get_one(factories.Variant, item.variant_id).style_id
        member = counter.town.member(session)
        factories.hold(session, by=member, on=item)
        of = session.get_one(factories.Brand, sale.brand_id)
        user = counter.town.brand_user(session, of=of)
        operator = counter.town.operator(session)
    return {
        "today": (member.account_id, "/"),
        "sale": (member.account_id, f"/sales/{sale.ref}"),
        "product": (member.account_id, f"/sales/{sale.ref}/styles/{style}"),
        "bag": (member.account_id, "/bag"),
        "checkout": (member.account_id, "/checkout"),
        "account": (member.account_id, "/account"),
        "brand home": (user.account_id, "/brand/"),
        "brand live": (user.account_id, f"/brand/sales/{sale.ref}/live"),
        "collections": (user.account_id, "/brand/collections"),
        "operator week": (operator.id, "/admin/"),
        "operator board": (operator.id, f"/admin/board/{sale.ref}"),
        "operator items": (operator.id, f"/admin/sales/{sale.ref}/items"),
        "operator orders": (operator.id, "/admin/orders"),
    }
