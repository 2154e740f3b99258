"""Every page that a link leads to, at all three doors: it answers, fits a phone, leads on, and shuts nobody out.

The house is the one that `dev.py up` fills, so each list has something in it. Links are followed as a browser shows
them; of the addresses that differ by a number or a name alone, one is opened.
"""

import re
from urllib.parse import urljoin, urlsplit

import pyotp
import pytest

from marketplace.local.demo import houses as invented
from marketplace.local.demo import people
from tests.journeys import house as houses
from tests.journeys import looking, small
from tests.journeys.links import Links
from tests.journeys.person import CHROMIUM, Person
from tests.words import walking

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

FILES = re.compile(
    r"/photographs/|/static/|\.(csv|xlsx|json|pdf|ics|txt)$|/files/|/documents/\d+$|/(paper|file|refused)$"
)
NAMES = re.compile(r"(?<=/sales/|/board/)(?!new\b)[a-z0-9]{6,}|(?<=/orders/)[A-Z0-9-]{6,}|\d+")
ACTS = "SELECT count(*) FROM events WHERE actor IN ('member', 'brand', 'operator')"

DOORS = {
    "member": ("/", 12),
    "brand": ("/brand/", 20),
    "operator": ("/admin/", 30),
}
"""Where each comes in, and how many kinds of pages there are to be found at least."""
WORKSHOP = re.compile(r"/admin/design\b")
"""Shows its components by the names of their macros, on goods that nobody has."""
EMAILS = {
    "member": people.MEMBERS[0][1],
    "brand": invented.VERRIER.email,
    "operator": people.OPERATOR[1],
}


KEPT = """
    SELECT (SELECT count(*) FROM brands), (SELECT count(*) FROM collections),
           (SELECT count(*) FROM sales WHERE state <> 'draft'), (SELECT count(*) FROM orders)
"""
TURNED = "SELECT abs(extract(epoch FROM house_now() - clock_timestamp())) < 1"
REPORTED = """
    SELECT r.kind, count(*) FROM reports r JOIN sales s ON s.id = r.sale_id
    WHERE s.closes_at < now() - interval '60 days' GROUP BY 1 ORDER BY 1
"""
PAID = (
    "SELECT s.kind, p.state FROM statements s JOIN payouts p ON p.statement_id = s.id ORDER BY s.id"
)
LEFT = """
    SELECT e.kind, sum(e.units) < (
        SELECT sum(l.accepted - l.allocated + l.sent_back) FROM lots l WHERE l.deal_id = e.deal_id
    ) FROM exits e GROUP BY e.deal_id, e.kind
"""
"""What left, and that it is not all: the rest waits for its day."""
ON_SALE = """
    SELECT s.state <> 'draft' AND s.opens_at < now() + interval '1 minute', count(DISTINCT v.style_id)
    FROM sales s JOIN sale_items i ON i.sale_id = s.id AND i.units > 0 JOIN variants v ON v.id = i.variant_id
    WHERE s.title = 'Tops' GROUP BY s.id
"""
"""Whether the brand whose own file was sent sells, and how many styles."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A house with its demo and a brand's own files; the filling was broken off, and taken up by another start."""
    folder, sent = tmp_path_factory.mktemp("half filled"), tmp_path_factory.mktemp("sent")
    small.few(small.OWN, sent)
    houses.begun_and_broken_off(folder, sent)
    with houses.opened(folder, demo=True, files=sent) as running:
        yield running


def test_a_filling_that_was_broken_off_is_taken_up_where_it_ended(filled):
    assert filled.rows(KEPT) == [(7, 7, 6, 13)]
    assert filled.rows(ON_SALE) == [(True, len(small.STYLES))]


def test_a_sale_of_two_months_ago_was_played_and_the_clock_is_right_again(filled):
    assert filled.rows(TURNED) == [(True,)]
    assert filled.rows(REPORTED) == [("closing", 1), ("day_30", 1), ("day_60", 1), ("hourly", 23)]
    assert filled.rows(PAID) == [("provisional", "paid"), ("final", "waiting")]
    assert filled.rows(LEFT) == [("return", True)]
    assert filled.broken() == []


@pytest.mark.parametrize("door", DOORS)
def test_every_page_that_a_link_leads_to(filled, chromium, door):
    home, kinds_min = DOORS[door]
    person = Person(chromium, filled.url, f"the {door}")
    _comes_in(person, door, home)
    acts_before = filled.value(ACTS)

    found, faults, links = _walked(person, home)
    with walking.through(filled) as walk:
        faults += links.broken(person, walk.app.url_map, _kind)

    person.leaves()
    assert faults + person.complaints == []
    assert len(found) >= kinds_min, sorted(found)
    assert filled.value(ACTS) == acts_before
    assert filled.broken() == []


@pytest.mark.parametrize("door", DOORS)
def test_every_word_of_every_page_comes_from_a_catalogue(filled, door):
    home, kinds_min = DOORS[door]

    with walking.through(filled) as walk:
        found, plain = _read(walk, walk.enters(door, EMAILS[door]), home)
        plain += walk.trouble()

    assert plain == []
    assert len(found) >= kinds_min, sorted(found)


def test_a_word_that_no_catalogue_said_is_found(filled):
    with walking.through(filled) as walk:
        said = walk.app.jinja_env.from_string('<p>{{ _("Sold out") }}</p><p>Sold out</p>').render()
        title = walk.app.jinja_env.from_string('<i title="Sold out {{ n }}"></i>').render(n=3)
        fact = walk.app.jinja_env.from_string('{{ _("of %(what)s", what="everything") }}').render()

        assert walk.judged("here", said)[1] == ["here: Sold out"]
        assert walk.judged("here", title)[1] == ["here: Sold out 3"]
        assert walk.judged("here", fact)[1] == ["here: everything"]
        assert walk.judged("here", f"<b>{EMAILS['member']}</b>, 12 €, 5 March")[1] == []


def _read(walk, client, home):
    """One address of each kind that was found, and what is said at them in no language."""
    found, plain, waiting = {}, [], [home]
    while waiting:
        address = waiting.pop(0)
        kind = _kind(address)
        if kind in found or not _belongs(address, home) or WORKSHOP.search(address):
            continue
        found[kind] = address
        links, here = walk.reads(client, address)
        plain += here
        waiting += [urljoin(address, link) for link in links]
    return found, plain


def _comes_in(person, door, home):
    person.allows(404)  # the one answer to strangers, which carries the way in
    person.goes(home)
    person.says({"E-mail address": EMAILS[door], "Password": people.PASSWORD})
    person.presses("Sign in")
    if door != "member":
        person.says({"Code": pyotp.TOTP(people.DEMO_SECRET).now()})
        person.presses("Continue")
    person.allows(only=())


def _walked(person, home):
    """One address of each kind that was found, what was wrong at them, and every link that they hold."""
    found, faults, links, waiting = {}, [], Links(), [home]
    while waiting:
        address = waiting.pop(0)
        kind = _kind(address)
        if kind in found or not _belongs(address, home):
            continue
        found[kind] = address
        person.goes(address)
        faults += looking.faults(person, address) + looking.faults_in_the_dark(person, address)
        waiting += links.gather(person)
    return found, faults, links


def _kind(address):
    """The address without what tells one thing from another: numbers, references and the values of a query."""
    parts = urlsplit(address)
    query = ",".join(sorted(each.split("=")[0] for each in parts.query.split("&")))
    return NAMES.sub("…", parts.path) + (f"?{query}" if query else "")


def _belongs(address, home):
    """Whether the address is a page of this door, and not a file or another's."""
    path = urlsplit(address).path
    others = {"/brand/", "/admin/", "/mails"} - {home}
    return (
        (not urlsplit(address).scheme or urlsplit(address).scheme == "http")
        and (path.startswith((home, "/pages/")))
        and not any(path.startswith(other) for other in others)
        and not FILES.search(path)
    )
