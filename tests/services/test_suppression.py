"""What keeping own customers out costs: the house's own sales of a year, applied to those who are kept out."""

from __future__ import annotations

from datetime import timedelta

from marketplace.domain.brands.suppression import Forgone
from marketplace.domain.doors import Door
from marketplace.queries import suppression
from marketplace.services import brands
from marketplace.toolbox import Upload
from tests import factories

MEMBERS, SALES = 30, 5
CLOSED = "UPDATE sales SET state = 'closed', opened_at = opens_at, closed_at = closes_at"


def test_the_estimate_is_the_middle_half_of_what_sales_of_the_house_sold(
    database, tools, clock, tmp_path
):
    with database.session() as session:
        people = [factories.member(session, email=f"m{n}@example.com") for n in range(MEMBERS)]
        for buyers in range(1, SALES + 1):
            sale, (item,) = factories.open_sale(session, units=SALES, length=timedelta(days=2))
            for buyer in people[:buyers]:
                held = factories.hold(session, by=buyer, on=item)
                factories.sell(session, of=factories.order(session, by=buyer, hold_ids=[held]))
        brand_id = sale.brand_id
        account_id = factories.brand_user(
            session, of=session.get(factories.Brand, brand_id)
        ).account_id
    clock.turn(days=3)
    database.run(CLOSED)
    listed = tmp_path / "customers.txt"
    listed.write_text("\n".join(f"M{n}@example.com" for n in range(MEMBERS)))

    hallway = tools.at_door(Door.HALLWAY, account_id=account_id)
    brands.keep_out(hallway, brand_id=brand_id, file=Upload("customers.txt", listed))

    at_door = tools.at_door(Door.BRAND, account_id=account_id, brand_id=brand_id)
    found = suppression.look(at_door, brand_id=brand_id)
    assert (found.entries, found.told, found.forgone) == (MEMBERS, MEMBERS, Forgone(2, 3, 4))


def test_a_brand_reads_no_mark_and_no_list_of_another(database, tools, tmp_path):
    with database.session() as session:
        ours, theirs = factories.brand(session), factories.brand(session)
        account_id = factories.brand_user(session, of=theirs).account_id
    listed = tmp_path / "customers.txt"
    listed.write_text("ada@example.com")
    hallway = tools.at_door(Door.HALLWAY, account_id=account_id)
    brands.keep_out(hallway, brand_id=theirs.id, file=Upload("customers.txt", listed))

    at_door = tools.at_door(Door.BRAND, account_id=account_id, brand_id=ours.id)

    assert suppression.look(at_door, brand_id=theirs.id) is None
    assert not database.value(
        "SELECT has_table_privilege('aubaine_brand', 'suppressed_marks', 'SELECT')"
    )
