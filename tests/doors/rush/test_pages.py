"""Pages and shelves say the same the short way and the long way."""

from __future__ import annotations

import re
from itertools import product

import pytest

from marketplace.domain.refusals import Busy
from marketplace.storefront import rush
from marketplace.toolbox import StoreDown
from tests import factories
from tests.doors.rush.worlds import LONG_MS, nothing, press, told


@pytest.mark.parametrize("held", [0, 1, 2])
@pytest.mark.parametrize("locale", ["en", "fr"])
def test_the_page_of_a_sale_is_the_same_both_ways(
    app, database, behind, member_client, locale, held
):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, items = factories.open_sale(session, units=9, items=3)
        people = [factories.member(session) for _ in range(2)]
        for each, item in product(people, items[:held]):
            factories.hold(session, by=each, on=item)
    database.run("UPDATE accounts SET locale = :locale, zone = 'Asia/Tokyo'", locale=locale)
    browsers = [member_client(each) for each in people]
    long = browsers[0].get(f"/sales/{sale.ref}")
    behind.clear()

    short = browsers[1].get(f"/sales/{sale.ref}")

    assert behind == []
    assert told(short) == told(long)
    ends = [
        re.findall(r"bag-until\">([^<]+)<", page.get_data(as_text=True)) for page in (short, long)
    ]
    assert ends[0] == ends[1]
    assert len(ends[0]) == bool(held)


def test_each_page_carries_its_own_token(app, database, member_client):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, _ = factories.open_sale(session)
        people = [factories.member(session) for _ in range(2)]
    browsers = [member_client(each) for each in people]
    browsers[0].get(f"/sales/{sale.ref}")

    page = browsers[1].get(f"/sales/{sale.ref}").get_data(as_text=True)

    assert f'value="{browsers[1].token()}"' in page
    assert browsers[0].token() not in page


def test_a_member_whom_a_brand_keeps_out_finds_nothing_there(app, database, member_client):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, (item,) = factories.open_sale(session)
        let_in, kept_out = factories.member(session), factories.member(session)
    member_client(let_in).get(f"/sales/{sale.ref}")
    mark = "'\\x01'::bytea"
    database.run(f"UPDATE members SET mark = {mark} WHERE id = :id", id=kept_out.id)
    database.run(
        f"INSERT INTO suppressed_marks (brand_id, mark) SELECT brand_id, {mark} FROM sales"
    )

    client = member_client(kept_out)

    assert client.get(f"/sales/{sale.ref}").status_code == 404
    assert press(client, sale, item).status_code == 404


def test_a_member_of_another_territory_finds_nothing_there(app, database, member_client):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, (item,) = factories.open_sale(session)
        style = session.get(factories.Variant, item.variant_id).style_id
        here, elsewhere = factories.member(session), factories.member(session, territory="DE")
    ways = [f"/sales/{sale.ref}{rest}" for rest in ("", "?size=M", "/stock", f"/styles/{style}")]
    first, other = member_client(here), member_client(elsewhere)

    assert [first.get(each).status_code for each in ways] == [200] * 4
    assert [other.get(each).status_code for each in ways] == [404] * 4
    assert [first.get(each).status_code for each in ways] == [200] * 4


def test_a_sale_that_closes_is_not_shown_as_open_a_moment_longer(
    app, database, clock, behind, member_client
):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, _ = factories.open_sale(session)
        member = factories.member(session)
    client = member_client(member)
    client.get(f"/sales/{sale.ref}")
    client.get(f"/sales/{sale.ref}")
    clock.set(database.value("SELECT closes_at FROM sales"))
    behind.clear()

    short = told(client.get(f"/sales/{sale.ref}"))

    assert behind == [f"/sales/{sale.ref}"]
    app.config[rush.OFF] = True
    assert short == told(client.get(f"/sales/{sale.ref}"))
    app.config[rush.OFF] = False


@pytest.mark.parametrize("known", [None, "the same", '"another"', 'W/"weak"', "*", '"a", "b"'])
def test_the_words_of_the_shelves_are_the_same_both_ways(
    app, database, behind, member_client, known
):
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, _ = factories.open_sale(session, units=9, items=3)
        member = factories.member(session)
    client, address = member_client(member), f"/sales/{sale.ref}/stock"
    first = client.get(address)
    asked = first.headers["ETag"] if known == "the same" else known
    headers = {} if asked is None else {"If-None-Match": asked}
    behind.clear()

    short = told(client.get(address, headers=headers))
    app.config[rush.OFF] = True
    long = told(client.get(address, headers=headers))
    app.config[rush.OFF] = False

    assert short == long
    assert (len(behind) == 1) == (known in {None, "the same", '"another"'})


def test_a_stranger_reads_no_shelf(database, member_client, anonymous):
    with database.session() as session:
        sale, _ = factories.open_sale(session)
        member = factories.member(session)
    member_client(member).get(f"/sales/{sale.ref}/stock")

    assert anonymous.get(f"/sales/{sale.ref}/stock").status_code == 404


@pytest.mark.parametrize("trouble", [Busy, StoreDown])
def test_where_nobody_answers_pages_and_shelves_say_so_both_ways(both, monkeypatch, trouble):
    def silent(*_args, **_more):
        raise trouble

    def ask(client, sale, _item):
        with monkeypatch.context() as while_asking:
            while_asking.setattr(rush.accounts, "knock", silent)
            return client.get(f"/sales/{sale.ref}")

    short, long = both(nothing, ask)

    assert short == long
    assert short[0] == 503
