"""A brand sees its sale as members will, approves exactly what it saw, and is asked again after a change."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from marketplace.db.brands import Brand
from marketplace.domain.doors import BrandRole
from marketplace.domain.sales import SaleState
from tests import factories


@pytest.fixture
def speaker(database):
    with database.session() as session:
        return factories.brand_user(session, of=factories.brand(session), name="Inès Marchand")


@pytest.fixture
def client(brand_client, speaker):
    return brand_client(speaker)


@pytest.fixture
def sale(database, speaker):
    """A draft with one item of five units at 60.00."""
    with database.session() as session:
        of = session.get_one(Brand, speaker.brand_id)
        agreed = factories.deal(
            session, of=factories.collection(session, of=of), variants=(), floor_minor=1_000
        )
        draft = factories.sale(
            session, under=agreed, opens_in=timedelta(days=3), state=SaleState.DRAFT
        )
        factories.sale_item(session, of=draft, units=5, price_minor=6_000)
        return draft


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def test_the_sale_is_shown_with_its_prices_and_units(client, sale):
    page = words(client.get(f"/brand/sales/{sale.ref}"))

    assert "The winter house" in page
    assert "€60.00" in page
    assert "M 5" in page
    assert "silence is not consent" in page
    assert "Territory France" in page


def test_home_asks_for_the_approval(client, sale):
    assert "Approve your sale The winter house" in words(client.get("/brand/"))


def test_the_brand_approves_the_version_it_saw(client, sale, speaker, database):
    answer = client.post(f"/brand/sales/{sale.ref}/approve", {"version": "1"})

    assert answer.status_code == 303
    assert "Inès Marchand approved version 1" in words(client.get(answer.location))
    assert database.rows("SELECT approved_version, approved_by_id FROM sales") == [
        (1, speaker.account_id)
    ]


def test_a_version_that_changed_meanwhile_is_not_approved(client, sale, database):
    database.run("UPDATE sales SET version = 2")

    answer = client.post(f"/brand/sales/{sale.ref}/approve", {"version": "1"})

    assert answer.status_code == 409
    assert database.value("SELECT approved_version FROM sales") is None


def test_a_change_after_the_approval_asks_again_and_shows_what_changed(client, sale, database):
    client.post(f"/brand/sales/{sale.ref}/approve", {"version": "1"})
    database.run("UPDATE sales SET version = 2, title = 'Another winter', limit_per_member = 2")
    database.run("UPDATE sale_items SET price_minor = price_minor + 500")
    database.run(
        "INSERT INTO events (name, subject_type, subject_id, brand_id, actor)"
        " SELECT 'sale.items_changed', 'sale', id, brand_id, 'operator' FROM sales"
    )

    page = words(client.get(f"/brand/sales/{sale.ref}"))
    home = words(client.get("/brand/"))

    assert "Changed since you approved it" in page
    assert "Items changed" in page
    assert "Title: before: The winter house → now: Another winter" in page
    assert "Most pieces for one member: before: 4 → now: 2" in page
    was, now = database.rows(
        "SELECT price_minor - 500, price_minor FROM sale_items ORDER BY variant_id LIMIT 1"
    )[0]
    assert f"at €{was // 100}.{was % 100:02} → now:" in page
    assert f"at €{now // 100}.{now % 100:02}" in page
    assert "was changed: approve it again" in home


def test_a_viewer_looks_and_approves_nothing(brand_client, database, speaker, sale):
    with database.session() as session:
        of = session.get_one(Brand, speaker.brand_id)
        viewer = factories.brand_user(session, of=of, role=BrandRole.VIEWER)
    looking = brand_client(viewer)

    page = looking.get(f"/brand/sales/{sale.ref}")
    answer = looking.post(f"/brand/sales/{sale.ref}/approve", {"version": "1"})

    assert "Approve this sale" not in words(page)
    assert answer.status_code == 403
    assert database.value("SELECT approved_version FROM sales") is None


def test_a_message_on_the_sale_is_kept(client, sale, database):
    answer = client.post(
        f"/brand/sales/{sale.ref}/messages", {"body": "Please show the coat first.", "key": "k1"}
    )

    assert answer.status_code == 303
    assert "Please show the coat first." in words(client.get(answer.location))
