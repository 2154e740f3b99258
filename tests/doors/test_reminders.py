"""Remind me: a button on the first page and on the sale's own, which works without a script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from jobs.contacts import SEND_LETTERS
from jobs.reminders import WRITE
from tests import factories


@pytest.fixture
def coming(database):
    """A sale three hours before it opens, and a member."""
    with database.session() as session:
        sale, _ = factories.open_sale(session, opens_in=timedelta(hours=3))
        return sale, factories.member(session)


def text_of(answer):
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(("page", "path"), [("today", "/"), ("sale", "/sales/{}")])
def test_it_is_asked_for_and_taken_back_where_the_sale_is_told(
    coming, member_client, database, page, path
):
    sale, member = coming
    browser, address = member_client(member), path.format(sale.ref)
    action = f"/sales/{sale.ref}/reminder"

    before = text_of(browser.get(address))
    asked = browser.post(action, {"page": page}, follow_redirects=True)
    wanted = database.rows("SELECT member_id, wanted FROM reminders")
    ended = browser.post(f"{action}/ended", {"page": page}, follow_redirects=True)

    assert f'action="{action}"' in before
    assert asked.request.path == ended.request.path == address
    assert f'action="{action}/ended"' in text_of(asked)
    assert "We write to you shortly before it opens." in text_of(asked)
    assert wanted == [(member.id, True)]
    assert f'action="{action}"' in text_of(ended)
    assert database.value("SELECT count(*) FROM reminders WHERE wanted") == 0


def test_a_sale_that_is_open_has_no_button_and_says_so(coming, member_client, clock):
    sale, member = coming
    browser = member_client(member)
    clock.turn(hours=3)

    pages = [text_of(browser.get(each)) for each in ("/", f"/sales/{sale.ref}")]
    late = browser.post(f"/sales/{sale.ref}/reminder")

    assert not any("/reminder" in page for page in pages)
    assert late.status_code == 409
    assert "nothing to be reminded of" in text_of(late)


def test_to_an_own_customer_and_for_what_is_not_told_there_is_no_button(
    coming, member_client, database
):
    sale, member = coming
    browser = member_client(member)
    database.run("UPDATE members SET mark = '\\x01'::bytea")
    database.run(
        "INSERT INTO suppressed_marks (brand_id, mark) VALUES (:brand, '\\x01'::bytea)",
        brand=sale.brand_id,
    )
    addresses = (f"/sales/{sale.ref}/reminder", f"/sales/{sale.ref}/reminder/ended")

    kept_out = [browser.post(each).status_code for each in addresses]
    database.run("DELETE FROM suppressed_marks")
    database.run("UPDATE brands SET told_ahead = false")
    not_told = [browser.post(each).status_code for each in addresses]

    assert kept_out == not_told == [404, 404]
    assert "/reminder" not in text_of(browser.get("/"))


def test_a_sale_of_another_territory_has_no_button(coming, member_client, database):
    sale, member = coming
    database.run("UPDATE members SET territory = 'DE'")

    assert "/reminder" not in text_of(member_client(member).get(f"/sales/{sale.ref}"))


def test_the_letter_ends_all_reminders_with_one_press_and_without_signing_in(
    coming, member_client, anonymous, database, clock, paying
):
    sale, member = coming
    member_client(member).post(f"/sales/{sale.ref}/reminder")
    clock.turn(hours=2, minutes=50)
    WRITE.act(paying, {})
    SEND_LETTERS.act(paying, {})
    mail = database.value("SELECT html FROM captured_mails")
    (path,) = set(re.findall(r'href="https?://[^/]+(/reminders/[^"]+)"', mail))

    shown = anonymous.get(path)
    still = database.value("SELECT count(*) FROM reminders WHERE wanted")
    pressed = anonymous.post(path, {"List-Unsubscribe": "One-Click"}, token=False)

    assert (shown.status_code, pressed.status_code) == (200, 200)
    assert "End all reminders" in text_of(shown)
    assert still == 1
    assert database.value("SELECT count(*) FROM reminders WHERE wanted") == 0
    assert anonymous.get(path[:-1]).status_code == 404
    assert anonymous.post(f"{path}x").status_code == 404
