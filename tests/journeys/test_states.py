"""Every state that a walk through a filled house does not meet: nothing there, too late, refused, failed, half done.

Half of them are looked at in English and light, half in French and dark, every other one: what is wrong with one
language or one scheme shows in many places. Axe finds nothing, and nothing is wider than a phone.
"""

from functools import wraps
from itertools import cycle

import pytest
from flask import abort

from tests import factories
from tests.journeys import looking, wards
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

SCHEMES = {"en": "light", "fr": "dark"}
EMPTY = {
    "member": ("/", "/bag", "/orders", "/invitations", "/account"),
    "brand": (
        *("/brand/", "/brand/collections", "/brand/collections/new", "/brand/deals"),
        *("/brand/sales", "/brand/reports", "/brand/account", "/brand/joining"),
        *("/brand/company", "/brand/bank", "/brand/people"),
    ),
    "operator": (
        *("/admin/", "/admin/deals", "/admin/stock", "/admin/orders", "/admin/orders/troubles"),
        *("/admin/brands", "/admin/messages", "/admin/promises", "/admin/jobs"),
        *("/admin/sales/new", "/admin/account", "/admin/applications"),
        *("/admin/checklist", "/admin/checklist/new"),
    ),
}
REFUSALS = (400, 403, 405, 409, 410, 413, 422, 429, 503)
PLACE = "/pages/terms"


@pytest.fixture(scope="module")
def cast(counter):
    """Somebody at each door in each language."""
    with counter.database.session() as session:
        of = factories.brand(session, name="Maison États")
        return {
            language: {
                "member": counter.town.member(session, language=language),
                "brand": counter.town.brand_user(session, of=of, language=language),
                "operator": counter.town.operator(session, language=language),
            }
            for language in SCHEMES
        }


@pytest.fixture(scope="module")
def visitors(counter, chromium, cast):
    """Each of them at a browser of their own, and two whom nobody knows."""
    met = {}
    for language, people in cast.items():
        for door, who in people.items():
            account = who.id if door == "operator" else who.account_id
            met[door, language] = counter.meet(chromium, door, account, language=language)
        met["nobody", language] = counter.meet(chromium, "nobody", language=language)
    for (_, language), person in met.items():
        person.page.emulate_media(color_scheme=SCHEMES[language])
    yield met
    for person in met.values():
        person.leaves()


@pytest.fixture
def looks(visitors):
    """A visitor opens a page and finds nothing wrong with it, in the next language or the one given."""
    found, turns = [], cycle(SCHEMES)

    def looking_at(door, name, path, *, status=200, language=None):
        language = language or next(turns)
        person = visitors[door, language]
        person.allows(only={status} - {200})
        answer = person.page.goto(path)
        if answer.status != status:
            found.append(f"{name}: {path} answered {answer.status}, not {status}")
        found.extend(looking.faults(person, f"{name} ({language}): {path}"))
        person.page.goto(
            "about:blank"
        )  # a page that asks for itself again would ask into the next one

    yield looking_at
    complaints = [each for person in visitors.values() for each in person.complaints]
    for person in visitors.values():
        person.complaints.clear()
    assert found + complaints == []


@pytest.mark.parametrize("door", EMPTY)
def test_an_empty_house(looks, door):
    for path in EMPTY[door]:
        looks(door, "empty", path)


def test_sales_that_nothing_can_be_taken_from(counter, cast, looks):
    shown = wards.sales(counter, cast["en"]["member"])

    for name, path in shown.items():
        looks("member", name, path)
    looks("member", "a bag with holds", "/bag", language="en")
    counter.clock.turn(minutes=11)
    looks("member", "a bag whose holds have ended", "/bag", language="en")


def test_orders_in_each_state(counter, cast, looks):
    members, operators = wards.orders(counter, cast["en"]["member"])

    for name, path in members.items():
        looks("member", name, path, language="en")
    for name, path in operators.items():
        looks("operator", name, path, language="fr")
    looks("operator", "orders", "/admin/orders")


def test_an_import_in_each_state(counter, cast, looks, tmp_path):
    desk = wards.ImportDesk(counter, cast["en"]["brand"], tmp_path)

    for name, paths in desk.states():
        for path in paths:
            looks("brand", f"import {name}", path)


def test_jobs_that_failed(counter, looks):
    wards.jobs(counter)

    looks("operator", "jobs", "/admin/jobs")


@pytest.fixture
def answering(counter, monkeypatch):
    """Let one page give an answer that it has no reason to give."""
    before = counter.app.view_functions["legal.page"]

    def give(status):
        @wraps(before)
        def no(**_):
            if status == 500:
                raise RuntimeError("a fault that somebody made")
            abort(status)

        monkeypatch.setitem(counter.app.view_functions, "legal.page", no)

    return give


def test_a_no_and_a_fault_have_a_page(answering, looks):
    for status in (*REFUSALS, 500):
        answering(status)
        looks("member", "a no", PLACE, status=status)


def test_what_is_not_there_looks_like_what_is_closed(visitors, looks):
    for language in SCHEMES:
        stranger = visitors["nobody", language]
        stranger.allows(404)
        said = []
        for path in ("/orders", "/no-such-page"):
            stranger.goes(path)
            said.append(stranger.words())
        assert said[0] == said[1]

    looks("nobody", "not found", "/no-such-page", status=404)
    looks("member", "not found", "/orders/none", status=404)
    looks("brand", "not found", "/brand/deals/1000000", status=404)
    looks("operator", "not found", "/admin/deals/1000000", status=404)


def test_what_shuts_somebody_out_is_found(chromium):
    page = chromium.new_page()
    page.set_content('<p style="color:#bbb;background:#fff">Hardly read</p><img src="x">')

    assert {rule for rule, _ in looking.broken(page)} >= {"color-contrast", "image-alt"}
    page.close()
