"""Own customers kept out: to those whom a brand keeps out, its sales are not there, whichever way they come."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.domain.brands.suppression import digest_of
from marketplace.domain.doors import BrandRole, Door
from marketplace.services import brands
from marketplace.toolbox import Upload
from tests import factories

PAGE = "/brand/own-customers"


@pytest.fixture
def sale(database):
    """An open sale of a brand with its owner, and two members; the first buys from the brand already."""
    with database.session() as session:
        running, (item,) = factories.open_sale(session)
        owner = factories.brand_user(session, of=session.get(factories.Brand, running.brand_id))
        known = factories.member(session, email="Ada@Example.com")
        other = factories.member(session)
        style = session.get(factories.Variant, item.variant_id).style_id
    return running, item, style, owner, known, other


def send(browser, *lines):
    sent = (io.BytesIO("\n".join(lines).encode()), "customers.csv")
    return browser.post(PAGE, {"customers": sent}, follow_redirects=True)


def ways(sale):
    """Every address of a sale that a member may open."""
    running, _, style, *_ = sale
    return [
        f"/sales/{running.ref}",
        f"/sales/{running.ref}?size=M",
        f"/sales/{running.ref}/stock",
        f"/sales/{running.ref}/styles/{style}",
    ]


def taken(browser, sale):
    running, item, style, *_ = sale
    form = {"item": item.id, "units": 1, "style": style, "key": str(uuid4())}
    return browser.post(
        f"/sales/{running.ref}/holds", form, headers={"Accept": "application/json"}
    ).status_code


@pytest.mark.parametrize(
    "entry", ["ada@example.com", hashlib.sha256(b"ada@example.com").hexdigest()]
)
def test_to_an_own_customer_the_sale_is_not_there(
    sale, entry, brand_client, member_client, database
):
    running, *_, owner, known, other = sale
    own, stranger = member_client(known), member_client(other)
    assert [own.get(each).status_code for each in ways(sale)] == [200] * 4

    page = send(brand_client(owner), "email", entry).get_data(as_text=True)

    assert "1 customer is kept out from now on. Not understood: 1." in page
    assert [own.get(each).status_code for each in ways(sale)] == [404] * 4
    assert taken(own, sale) == 404
    assert running.ref not in own.get("/").get_data(as_text=True)
    assert running.ref not in own.get("/calendar.ics").get_data(as_text=True)
    assert [stranger.get(each).status_code for each in ways(sale)] == [200] * 4
    assert database.rows("SELECT available, held FROM sale_items") == [(5, 0)]
    assert taken(stranger, sale) == 201


def test_an_own_customer_hears_of_no_sale_before_it_opens(database, brand_client, member_client):
    with database.session() as session:
        coming, _ = factories.open_sale(session, opens_in=timedelta(hours=3))
        owner = factories.brand_user(session, of=session.get(factories.Brand, coming.brand_id))
        known = factories.member(session, email="ada@example.com")
    send(brand_client(owner), "ada@example.com")

    browser = member_client(known)

    assert coming.ref not in browser.get("/").get_data(as_text=True)
    assert browser.get(f"/sales/{coming.ref}").status_code == 404


def test_what_was_held_before_stays_and_an_emptied_list_lets_in_again(
    sale, brand_client, member_client
):
    *_, owner, known, _ = sale
    own, portal = member_client(known), brand_client(owner)
    assert taken(own, sale) == 201

    send(portal, "ada@example.com")
    assert "/bag" in own.get("/").get_data(as_text=True)
    assert taken(own, sale) == 404

    portal.post(f"{PAGE}/empty")
    assert [own.get(each).status_code for each in ways(sale)] == [200] * 4


def test_a_new_list_takes_the_place_of_the_old(sale, brand_client, member_client):
    *_, owner, known, _ = sale
    portal = brand_client(owner)
    send(portal, "ada@example.com")

    send(portal, "somebody.else@example.com")

    assert member_client(known).get(ways(sale)[0]).status_code == 200


def test_nothing_is_kept_that_names_anybody(sale, brand_client, database):
    *_, owner, _, _ = sale
    digest = hashlib.sha256(b"ada@example.com").digest()
    kept_before = database.value("SELECT count(*) FROM stored_files")

    send(brand_client(owner), "ada@example.com")

    ((mark,),) = database.rows("SELECT mark FROM suppressed_marks")
    assert bytes(mark) != digest
    assert len(mark) == 32
    assert database.rows("SELECT data FROM events WHERE name = 'brand.suppression_changed'") == [
        ({"entries": 1},)
    ]
    assert database.value("SELECT count(*) FROM stored_files") == kept_before


def test_few_members_are_not_told_and_many_are_told_in_tens_once_a_week(
    sale, tools, database, brand_client, clock, tmp_path
):
    running, *_, owner, _, _ = sale
    portal = brand_client(owner)
    page = send(portal, "ada@example.com").get_data(as_text=True)
    assert "too few to tell" in page
    assert "not estimable" in page

    with database.session() as session:
        people = [factories.member(session, email=f"m{n}@example.com") for n in range(40)]
    many = tmp_path / "many.csv"
    many.write_text("\n".join(digest_of(f"m{n}@example.com") for n in range(len(people))))
    hallway = tools.at_door(Door.HALLWAY, account_id=owner.account_id)
    brands.keep_out(hallway, brand_id=running.brand_id, file=Upload("many.csv", many))
    assert "too few to tell" in portal.get(PAGE).get_data(as_text=True)

    clock.turn(days=7)
    brands.keep_out(hallway, brand_id=running.brand_id, file=Upload("many.csv", many))

    assert database.value("SELECT told FROM suppression_lists") == 40
    assert "about 40" in brand_client(owner).get(PAGE).get_data(as_text=True)


@pytest.mark.parametrize("role", [BrandRole.VIEWER, BrandRole.CONTENT, BrandRole.FINANCE])
def test_the_others_read_counts_and_send_nothing(sale, brand_client, database, role):
    running, *_ = sale
    with database.session() as session:
        brand = session.get(factories.Brand, running.brand_id)
        person = factories.brand_user(session, of=brand, role=role)
    browser = brand_client(person)

    assert "An owner or somebody commercial sends the list." in browser.get(PAGE).get_data(
        as_text=True
    )
    assert send(browser, "ada@example.com").status_code == 403
    assert browser.post(f"{PAGE}/empty").status_code == 403
    assert database.value("SELECT count(*) FROM suppressed_marks") == 0


@pytest.mark.parametrize(
    ("lines", "said"),
    [(("email",), "There is no address and no SHA-256"), (("\x00\udcff",), "This file is no text")],
)
def test_a_file_that_cannot_be_taken_changes_nothing(sale, brand_client, database, lines, said):
    *_, owner, _, _ = sale
    browser = brand_client(owner)
    send(browser, "ada@example.com")

    content = "\n".join(lines).encode("utf-8", "surrogateescape")
    answer = browser.post(PAGE, {"customers": (io.BytesIO(content), "c.csv")})

    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert database.value("SELECT count(*) FROM suppressed_marks") == 1
