"""A hold's time on the real bag page: warned of, extended, over; spoken as well as shown (WCAG 2.2, 2.2.1 and 4.1.3).

The browser's clock is turned by the test, and so is the house's: nobody waits, and no wall clock is asserted.
"""

import re
from datetime import timedelta

import pytest

from tests.journeys import town
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

SECOND, MINUTE, STEP = 1_000, 60_000, 15_000
WARNED_SECONDS_MIN = 20
"""What the standard asks for at least."""

LISTENS = """
() => {
  window.heard = [];
  new MutationObserver(() => heard.push(document.getElementById("announcer").textContent)).observe(
    document.getElementById("announcer"), { childList: true, characterData: true, subtree: true });
}
"""
BEFORE = (
    "Two minutes left on a piece held for you. You can extend it in your bag.",
    "A piece held for you is about to return to the sale. You can extend it in your bag.",
)
OVER = "The time of a hold is over. The piece has returned to the sale."


@pytest.fixture(scope="module")
def sale(counter):
    with counter.database.session() as session:
        made = counter.town.open_sale(session, brand="Maison Timer", styles=2)
    yield made
    assert counter.broken() == []


@pytest.fixture
def bag(counter, sale, chromium):
    """Somebody at their bag, in which a piece has just come; the browser's clock stands still."""
    met = []

    def opened(*, holds=1, extra=False, **more):
        with counter.database.session() as session:
            member = counter.town.member(session, language=more.get("language", "en"))
            member.extra_time = extra
            session.flush()
            items = session.query(town.factories.SaleItem).filter_by(sale_id=sale.id).order_by("id")
            for item in items.limit(holds):
                town.factories.hold(session, by=member, on=item)
        person = counter.meet(chromium, "the member", member.account_id, **more)
        met.append(person)
        if person.scripts:
            person.page.clock.install()
        person.goes("/bag")
        if person.scripts:
            person.page.evaluate(LISTENS)
        return person

    yield opened
    for person in met:
        person.leaves()
    assert [each for person in met for each in person.complaints] == []


def _heard(person):
    return [sentence for sentence in person.page.evaluate("heard") if sentence]


def _left(person):
    """Seconds that the clock of the first hold shows."""
    minutes, seconds = re.search(
        r"(\d+):(\d\d)", person.page.locator(".hold-figures").first.inner_text()
    ).groups()
    return int(minutes) * 60 + int(seconds)


def _comes_near(person):
    """Let the time go on until the page has something to say; how many seconds were left then."""
    person.page.clock.run_for(SECOND)
    while not _heard(person):
        assert _left(person) > WARNED_SECONDS_MIN, "there was no warning"
        person.page.clock.fast_forward(STEP)
        person.page.clock.run_for(SECOND)
    return _left(person)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_warning_comes_once_and_early_enough(bag, language):
    member = bag(language=language)

    left = _comes_near(member)
    member.page.clock.fast_forward((left - 2) * SECOND)

    assert left >= WARNED_SECONDS_MIN
    assert _heard(member) == [member.word(BEFORE[0])]
    assert member.page.locator(".hold-near").is_visible()


def test_the_seconds_are_shown_and_never_spoken(bag):
    member = bag()

    clock = member.page.locator(".hold-figures")
    member.page.clock.run_for(3 * SECOND)

    assert clock.get_attribute("role") == "timer"
    assert clock.get_attribute("aria-live") == "off"
    assert _heard(member) == []
    assert member.page.locator("#announcer").get_attribute("aria-live") == "polite"


def test_one_press_extends_a_hold_and_loses_nothing(bag, counter):
    member = bag(holds=2)
    _comes_near(member)
    pieces = member.page.locator(".line-name").all_inner_texts()
    total = member.words(".totals")
    ends = _ends(counter)

    member.presses(re.compile(r"^Keep 5 minutes more"))

    member.page.clock.run_for(SECOND)
    assert member.path == "/bag"
    assert member.page.locator(".line-name").all_inner_texts() == pieces
    assert member.words(".totals") == total
    assert sorted(after - before for before, after in zip(ends, _ends(counter), strict=True)) == [
        timedelta(0),
        timedelta(minutes=5),
    ]


def _ends(counter):
    """When the two newest holds end, in the order in which they were taken."""
    newest = counter.database.rows("SELECT expires_at FROM holds ORDER BY id DESC LIMIT 2")
    return [at for (at,) in reversed(newest)]


def test_doing_nothing_is_possible_and_the_end_is_said_with_the_way_back(bag, counter):
    member = bag()

    _comes_near(member)
    member.page.clock.fast_forward(11 * MINUTE)
    member.page.clock.run_for(SECOND)

    assert _heard(member)[-1] == OVER
    assert member.page.locator(".hold-over").is_visible()
    assert not member.page.get_by_role("button", name="Keep 5 minutes more").is_visible()
    counter.clock.turn(minutes=11)
    member.goes("/bag")
    member.reads("No longer held", "Ended at")
    member.follows("See whether it is free")
    member.page.get_by_role("radio", name=re.compile("^S")).check()
    member.presses("Hold for 10 minutes")
    assert member.path == "/bag"
    assert member.page.locator("[data-hold]").count() == 1


def test_whoever_needs_more_time_gets_it_and_is_warned_earlier(bag, counter):
    usual = _comes_near(bag())
    member = bag()
    member.presses("Give me five minutes more on every hold")
    member.reads("Each of your holds is five minutes longer than usual.")

    longer = bag(extra=True)

    assert _ends(counter)[1] - _ends(counter)[0] > timedelta(minutes=4)
    assert _comes_near(longer) > usual
    assert _heard(longer) == [BEFORE[1]]


def test_without_scripts_the_same_is_said_in_words(bag, counter):
    member = bag(scripts=False)
    assert re.search(r"Held for you until \d\d:\d\d", member.words())
    assert not member.page.locator(".hold-figures").is_visible()

    member.presses(re.compile(r"^Keep 5 minutes more"))
    member.reads("Held for you until", "Its time was extended and ends then for good.")
    counter.clock.turn(minutes=16)
    member.follows("Show the bag as it is now")

    member.reads("Your bag is empty.", "No longer held", "Ended at")
    assert member.page.get_by_role("link", name="See whether it is free").is_visible()
