"""A page written for a whole crowd is, for each of them, the page that would have been written for them alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.web import shells
from tests import factories

NONCE = re.compile(r'nonce="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NOW = re.compile(r'data-server-now="[^"]+"')
LONG_MS = 600_000


@pytest.fixture
def hung():
    """The members' door alone."""
    return ("marketplace.storefront",)


@pytest.fixture
def scene(app, database):
    """A sale with two pieces, kept for as long as the test lasts, and two members; the first holds a piece."""
    app.config["SHOWCASE_KEPT_MS"] = LONG_MS
    with database.session() as session:
        sale, (item, _) = factories.open_sale(session, units=9, items=2)
        first, second = factories.member(session), factories.member(session)
        factories.hold(session, by=first, on=item)
    return sale, first, second


def told(page: str) -> str:
    """The page without what differs each time it is asked for."""
    return NOW.sub("now", NONCE.sub("nonce", page))


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("zone", ["Europe/Paris", "Europe/Lisbon"])
@pytest.mark.parametrize("asked", ["", "?size=mine"])
def test_each_reads_the_page_that_they_would_read_alone(
    scene, database, member_client, monkeypatch, locale, zone, asked
):
    sale, *people = scene
    database.run("UPDATE accounts SET locale = :locale, zone = :zone", locale=locale, zone=zone)
    browsers = [member_client(each) for each in people]
    address = f"/sales/{sale.ref}{asked}"

    shared = [browser.get(address).get_data(as_text=True) for browser in browsers]
    monkeypatch.setattr(shells, "may_be_shared", lambda: False)
    alone = [browser.get(address).get_data(as_text=True) for browser in browsers]

    assert [told(page) for page in shared] == [told(page) for page in alone]
    assert "slot-" not in "".join(shared)


def test_each_answer_carries_its_own_word_and_its_own_token(scene, member_client):
    sale, first, second = scene
    browsers = [member_client(first), member_client(second), member_client(second)]

    answers = [browser.get(f"/sales/{sale.ref}") for browser in browsers]
    nonces = [set(NONCE.findall(answer.get_data(as_text=True))) for answer in answers]
    tokens = [set(TOKEN.findall(answer.get_data(as_text=True))) for answer in answers]

    assert [len(each) for each in nonces] == [1, 1, 1]
    assert len(set.union(*nonces)) == 3
    for answer, (nonce,) in zip(answers, nonces, strict=True):
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
    assert [len(each) for each in tokens] == [1, 1, 1]
    assert len(set.union(*tokens)) == 3


def test_the_bag_of_one_is_on_nobody_elses_page(scene, member_client):
    sale, first, second = scene

    held, empty = (
        member_client(each).get(f"/sales/{sale.ref}").get_data(as_text=True)
        for each in (first, second)
    )

    assert "1 piece held" in held
    assert "data-held" in held
    assert "piece held" not in empty


def test_what_is_to_be_said_once_is_said_on_a_page_of_its_own(scene, database, member_client):
    sale, _, member = scene
    browser = member_client(member)
    database.run("UPDATE sales SET state = 'paused'")
    refused = browser.post(f"/sales/{sale.ref}/holds", {"item": "1", "style": "1", "key": "0" * 32})
    assert refused.status_code == 303

    first, second = (browser.get(f"/sales/{sale.ref}").get_data(as_text=True) for _ in range(2))

    assert first.count("This sale is paused") == second.count("This sale is paused") + 1


@given(
    st.lists(st.sampled_from([shells.NONCE, shells.TOKEN, shells.BAG, "<b>", "slot-", "é\n", ""]))
)
def test_what_is_cut_and_filled_with_its_slots_is_what_it_was(pieces):
    whole = "".join(pieces)

    shell = shells.cut(whole)

    assert len(shell.parts) == len(shell.slots) + 1
    assert (
        shell.filled(
            nonce=shells.NONCE,
            token=shells.TOKEN,
            bag=shells.BAG,
            instant=shells.INSTANT.isoformat(),
        ).decode()
        == whole
    )
