"""What the pages that people open first may weigh at a phone, and how far they may jump: bytes, requests, layout shift.

None of it depends on how fast this machine is; what does is measured by `dev.py bench`. A figure here is what was found
plus about fifteen in a hundred.
"""

from dataclasses import asdict, dataclass

import pytest

from tests.journeys import wards, weighing
from tests.journeys.person import CHROMIUM, PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

KB = 1_000
JUMP_MAX = 0.02
JS_MAX = 45 * KB
CSS_MAX = 30 * KB
DENSITY = 2
"""Dots for each pixel: what most phones have at least."""


@dataclass(frozen=True)
class Budget:
    """The most that a first view may bring, in bytes of each kind, and in requests altogether."""

    html: int
    css: int
    js: int
    fonts: int
    images: int
    requests: int


BUDGETS = {
    "today": Budget(7_100, 12_000, 34_500, 85_000, 12_000, 14),
    "sale": Budget(73_500, 12_000, 34_500, 85_000, 143_000, 29),
    "product": Budget(9_900, 12_000, 34_500, 85_000, 38_500, 16),
    "bag": Budget(9_100, 12_000, 34_500, 85_000, 12_000, 15),
    "brand live": Budget(47_000, 13_500, 38_500, 85_000, 0, 15),
    "operator board": Budget(79_000, 15_000, 36_500, 85_000, 0, 13),
}


@pytest.fixture(scope="module")
def pages(counter):
    """A sale of sixty styles with photographs, and who opens which page."""
    return wards.morning(counter, styles=60)


@pytest.fixture
def opens(counter, chromium, pages):
    """Somebody who was never here before opens one of the pages at a phone."""
    met = []

    def opening(name):
        account, path = pages[name]
        person = counter.meet(chromium, name, account, size=PHONE, device_scale_factor=DENSITY)
        met.append(person)
        person.page.add_init_script(weighing.WATCHES)
        return person, path

    yield opening
    for person in met:
        person.leaves()
    assert [each for person in met for each in person.complaints] == []


@pytest.mark.parametrize("name", BUDGETS)
def test_a_first_view_keeps_to_its_budget(opens, name):
    person, path = opens(name)
    scales = weighing.Scales(person)

    person.goes(path)
    person.page.wait_for_load_state("networkidle")

    budget, weight = asdict(BUDGETS[name]), scales.weight
    most = budget.pop("requests")
    over = {
        kind: (weight.bytes[kind], limit)
        for kind, limit in budget.items()
        if weight.bytes[kind] > limit
    }
    assert over == {}
    assert weight.requests.total() <= most, weight.requests
    assert weight.bytes["css"] <= CSS_MAX
    assert weight.bytes["js"] <= JS_MAX


@pytest.mark.parametrize("name", BUDGETS)
def test_nothing_jumps_when_fonts_come_late_and_the_page_is_read_to_its_end(opens, name):
    person, path = opens(name)
    late = weighing.LateFonts(person.page)

    person.page.goto(path, wait_until="commit")
    person.page.locator("footer, main > *").first.wait_for()
    person.page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    late.arrive()
    person.page.wait_for_load_state("load")

    found = weighing.jumps(person)
    assert sum(each["by"] for each in found) <= JUMP_MAX, found
