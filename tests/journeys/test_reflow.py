"""Pages for whoever enlarges, spaces out, stills or recolours them (WCAG 2.2, 1.4.10, 1.4.12, 2.3.3 and 1.4.11).

Each page is opened once and looked at under one wish after the other, as if the reader had just said it.
"""

import pytest

from tests.journeys import wards
from tests.journeys.person import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found"),
]

TWICE = {"width": 640, "height": 430}
FOUR_TIMES = {"width": 320, "height": 256}
"""What is left of 1280 pixels at 200 and at 400 %."""

SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }
"""
"""The spacing that 1.4.12 names."""

CUT = """
() => [...document.querySelectorAll("body *")].filter((each) => {
  const style = getComputedStyle(each);
  if (each.closest(".unseen, .table-frame, .lanes, svg") || !each.innerText || !each.getClientRects().length)
    return false;
  const cuts = (way) => ["hidden", "clip"].includes(way);
  return (cuts(style.overflowX) && each.scrollWidth > each.clientWidth + 1)
    || (cuts(style.overflowY) && each.scrollHeight > each.clientHeight + 1);
}).map((each) => each.className + ": " + each.innerText.slice(0, 40))
"""
"""Text that ends at the edge of its box; a table may be moved within its frame, and says so."""

WIDER = "Math.max(0, document.documentElement.scrollWidth - innerWidth)"

MOVING = """
() => [...document.querySelectorAll("*")].flatMap((each) => [null, "::before", "::after"].map((part) => {
  const style = getComputedStyle(each, part);
  const longest = (said) => Math.max(...said.split(", ").map(parseFloat));
  const moves = longest(style.transitionDuration) > 0
    || (style.animationName !== "none" && longest(style.animationDuration) > 0);
  return moves ? each.tagName + "." + each.className : null;
})).filter(Boolean)
"""

UNTOLD = """
() => {
  const look = (each, part) => {
    const s = getComputedStyle(each, part);
    return [s.borderStyle, s.borderWidth, s.borderColor, s.outlineStyle, s.backgroundColor, s.color,
      s.textDecorationLine, s.fontWeight, s.boxShadow].join();
  };
  const whole = (each) => [each, ...each.querySelectorAll("*")].flatMap((one) =>
    [null, "::before", "::after"].map((part) => look(one, part))).join();
  const shown = (each) => each.getClientRects().length > 0;
  const bare = [...document.querySelectorAll(".button:not(.button-text)")].filter(shown).filter((each) => {
    const style = getComputedStyle(each);
    return style.borderTopStyle === "none" || parseFloat(style.borderTopWidth) === 0;
  });
  const same = [...document.querySelectorAll("[aria-current='page'], [aria-current='true']")].filter(shown)
    .filter((each) => {
      const other = [...(each.closest("ul, ol") || document.body).querySelectorAll(each.tagName)]
        .find((one) => !one.hasAttribute("aria-current"));
      return other && whole(each) === whole(other);
    });
  const wordless = [...document.querySelectorAll(".state, .weight")].filter(shown)
    .filter((each) => !each.innerText.trim());
  return [...bare, ...same, ...wordless].map((each) => each.className + ": " + each.innerText.slice(0, 40));
}
"""
"""Buttons without an edge, the present one among its like that looks as they do, states without a word."""

CHOSEN = """
() => [...document.querySelectorAll(".sizes")].filter((each) => {
  const look = (size) => [size, ...size.querySelectorAll("*")].map((one) => {
    const s = getComputedStyle(one);
    return [s.borderStyle, s.borderWidth, s.borderColor, s.outlineStyle, s.backgroundColor, s.fontWeight].join();
  }).join();
  const [first] = each.querySelectorAll(".size");
  const before = look(first);
  first.querySelector("input").checked = true;
  return look(first) === before;
}).map((each) => each.innerText.slice(0, 40))
"""

PAGES = (
    *("today", "sale", "product", "bag", "checkout", "account", "brand home", "brand live"),
    *("collections", "operator week", "operator board", "operator items", "operator orders"),
)


@pytest.fixture(scope="module")
def readers(counter, chromium):
    """Each page of a morning, opened at twice its size by whoever may."""
    pages = wards.morning(counter, styles=6)
    met = {}

    def opened(name):
        account, path = pages[name]
        if account not in met:
            met[account] = counter.meet(
                chromium, name, account, size=TWICE, device_scale_factor=2, bypass_csp=True
            )
        met[account].page.emulate_media(reduced_motion=None, forced_colors=None)
        met[account].page.set_viewport_size(TWICE)
        met[account].goes(path)
        return met[account].page

    yield opened
    for person in met.values():
        person.leaves()
    assert [each for person in met.values() for each in person.complaints] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_bends_to_its_reader(readers, name):
    page = readers(name)
    found = {}

    for wish, size in (("200 %", TWICE), ("400 %", FOUR_TIMES)):
        page.set_viewport_size(size)
        found[wish] = (page.evaluate(WIDER), page.evaluate(CUT))
    page.emulate_media(reduced_motion="reduce")
    found["still"] = page.evaluate(MOVING)
    page.emulate_media(reduced_motion=None, forced_colors="active")
    found["few colours"] = (page.evaluate(UNTOLD), page.evaluate(CHOSEN))
    page.emulate_media(forced_colors=None)
    page.add_style_tag(content=SPACED)
    found["spaced"] = (page.evaluate(WIDER), page.evaluate(CUT))
    page.set_viewport_size(TWICE)
    found["spaced at 200 %"] = (page.evaluate(WIDER), page.evaluate(CUT))

    assert {wish: what for wish, what in found.items() if what not in ((0, []), ([], []), [])} == {}
