"""An operator changes prices by rule: the effect on both sides is read before anything is changed."""

from __future__ import annotations

import re

import pytest

from marketplace.db.accounts import Account
from tests import sale_scenes


@pytest.fixture
def at(database):
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def desk(at, database, operator_client):
    with database.session() as session:
        operator = session.get_one(Account, at.operator_id)
    return operator_client(operator)


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def test_the_effect_is_shown_first_and_done_on_a_second_press(at, desk, tools, database):
    ref = sale_scenes.ready(tools, at)
    assert "Change prices by rule" in words(desk.get(f"/admin/sales/{ref}/items"))
    form = {"version": "2", "change": "-10", "ending": "90", "style": ""}

    shown = words(desk.post(f"/admin/sales/{ref}/prices", form))

    assert "2 prices change." in shown
    assert "Members pay, with VAT €600.00 €539.00 -10.17%" in shown
    assert database.rows("SELECT DISTINCT price_minor FROM sale_items") == [(6_000,)]
    done = desk.post(f"/admin/sales/{ref}/prices", {**form, "apply": "1"})
    assert done.status_code == 303
    assert "The prices are changed." in words(desk.get(done.location))
    assert database.rows("SELECT DISTINCT price_minor FROM sale_items") == [(5_390,)]


def test_a_rule_that_cannot_be_read_stays_in_the_form_with_its_reason(at, desk, tools):
    ref = sale_scenes.ready(tools, at)

    answer = desk.post(f"/admin/sales/{ref}/prices", {"version": "2", "change": "a tenth"})

    assert answer.status_code == 422
    assert "This is not a change in percent." in words(answer)
    assert 'value="a tenth"' in answer.get_data(as_text=True)


def test_a_sale_that_is_no_draft_says_so_and_one_that_is_not_there_is_not_found(at, desk, tools):
    ref = sale_scenes.scheduled(tools, at)

    assert "Items are changed while the sale is a draft." in words(
        desk.get(f"/admin/sales/{ref}/prices")
    )
    assert desk.get("/admin/sales/nothing/prices").status_code == 404
