"""The wait list on the pages: joined where a piece is gone, seen and left there and in the bag, with forms alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from jobs.waits import PASS_ON
from marketplace.domain.doors import Door
from marketplace.services import holds
from tests import factories


@pytest.fixture
def hung():
    """The members' door alone."""
    return ("marketplace.storefront",)


@dataclass
class Scene:
    """A style in two sizes, one unit each, both in somebody's bag; and a member who comes too late."""

    tools: object
    database: object
    sale: object
    style: int
    items: list
    first: object
    held: list
    member: object

    @property
    def page(self):
        return f"/sales/{self.sale.ref}/styles/{self.style}"

    def join(self, browser, *items, **more):
        form = {"style": self.style, "item": [self.items[each].id for each in items], **more}
        return browser.post(f"/sales/{self.sale.ref}/line", form, follow_redirects=True)

    def come_back(self, item=0):
        holds.release(self.tools, member_id=self.first.id, hold_ids=[self.held[item]])
        PASS_ON.act(self.tools.at_door(Door.WORKER), {})


@pytest.fixture
def scene(database, tools):
    with database.session() as session:
        sale, _ = factories.open_sale(session, items=0)
        items = factories.sizes_on_sale(session, of=sale, sizes=("S", "M"))
        style = session.get(factories.Variant, items[0].variant_id).style_id
        first, member = factories.member(session), factories.member(session)
    with database.session() as session:
        held = [factories.hold(session, by=first, on=item) for item in items]
    return Scene(tools, database, sale, style, items, first, held, member)


@pytest.fixture
def browser(member_client, scene):
    return member_client(scene.member)


def words(answer):
    """The answer without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_page_of_a_piece_that_is_gone_offers_each_size_to_wait_for(scene, browser):
    told = browser.get(scene.page).get_data(as_text=True)

    assert "Wait for what comes back" in told
    assert f'action="/sales/{scene.sale.ref}/line"' in told
    for item in scene.items:
        assert f'name="item" value="{item.id}"' in told


def test_the_page_of_a_piece_that_is_there_offers_no_wait_list(scene, browser):
    for each in (0, 1):
        scene.come_back(each)

    assert "wait list" not in words(browser.get(scene.page))


def test_who_joins_reads_it_on_the_page_and_in_the_bag_and_leaves_from_either(scene, browser):
    joined = words(scene.join(browser, 0, 1))
    bag = words(browser.get("/bag"))

    assert "You are on the wait list." in joined
    assert "You wait for Navy, S or Navy, M. You are the next." in joined
    assert "On wait lists" in bag
    assert "You are the next." in bag
    (entry,) = scene.database.rows("SELECT id FROM waits")
    form = {"ref": scene.sale.ref, "style": scene.style}
    left = browser.post(f"/lines/{entry[0]}/left", form, follow_redirects=True)
    assert left.request.path == scene.page
    assert "You are no longer on this wait list." in words(left)
    assert "On wait lists" not in words(browser.get("/bag"))


def test_how_many_stand_before_one_is_told(scene, member_client):
    with scene.database.session() as session:
        earlier = [factories.member(session) for _ in range(2)]
    for each in earlier:
        scene.join(member_client(each), 0)
    scene.join(member_client(earlier[0]), 1)

    told = words(scene.join(member_client(scene.member), 0))

    assert "2 members are before you." in told


def test_up_to_so_many_pieces_may_be_wanted(scene, browser):
    told = words(scene.join(browser, 0, units=2))

    assert "You wait for up to 2 pieces: Navy, S." in told


def test_what_came_back_stands_in_the_bag_and_leaving_leads_there(scene, browser):
    scene.join(browser, 0)
    scene.come_back()
    (entry,) = scene.database.rows("SELECT id FROM waits")

    left = browser.post(f"/lines/{entry[0]}/left", {}, follow_redirects=True)

    assert left.request.path == "/bag"
    assert "If a piece came back for you, it is here." in words(left)
    assert "Held for you until" in words(left)


def test_no_size_is_an_answer_in_place(scene, browser):
    answer = scene.join(browser)

    assert answer.status_code == 422
    assert "Choose at least one size that you would take." in words(answer)


def test_what_is_free_meanwhile_is_said_in_place_and_can_be_held(scene, browser):
    scene.come_back()

    answer = scene.join(browser, 0, 1)

    assert answer.status_code == 409
    assert "One of the sizes you named is free at this moment" in words(answer)
    assert "Hold for 10 minutes" in words(answer)


def test_more_than_the_limit_leaves_is_said_in_place(scene, browser):
    answer = scene.join(browser, 0, units=9)

    assert answer.status_code == 409
    assert "you can take 2 more" in words(answer)


def test_a_sale_that_is_paused_leads_back_to_its_page(scene, browser):
    scene.database.run("UPDATE sales SET state = 'paused'")

    answer = scene.join(browser, 0)

    assert answer.request.path == f"/sales/{scene.sale.ref}"
    assert "wait list" not in words(browser.get(scene.page))


def test_nobody_leaves_for_somebody_else(scene, browser, member_client):
    scene.join(browser, 0)
    (entry,) = scene.database.rows("SELECT id FROM waits")

    answer = member_client(scene.first).post(f"/lines/{entry[0]}/left", {})

    assert answer.status_code == 404
    assert scene.database.value("SELECT state FROM waits") == "waiting"


def test_french_reads_its_own_words(scene, browser):
    scene.database.run("UPDATE accounts SET locale = 'fr'")

    told = words(scene.join(browser, 0, 1))

    assert "Vous attendez : Navy, S ou Navy, M." in told
    assert "Vous êtes la première personne de la liste." in told
