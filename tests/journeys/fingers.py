"""Somebody whose only tool is the keyboard: tabs to what they want, sees where they are, types and presses.

Nothing here clicks, fills in or sets the focus. A stop is faulty that cannot be seen: outside the window, under
something that sticks, or looking the same unfocused (WCAG 2.2, 2.1.1, 2.4.3, 2.4.7, 2.4.11).
"""

from __future__ import annotations

import re

from playwright.sync_api import TimeoutError as NothingCame

STOPS_MAX = 120
PRESSES_MAX = 4
PRESS_MS_MAX = 5_000
"""A browser that is busy lets a press go by without asking for a file: a person presses again."""
HERE = """
() => {
  const at = document.activeElement;
  const known = window.lastStop;
  const around = (each) => [each, ...(each.labels || []), each.closest("label, .size, .tick, .box, .picture")]
    .filter(Boolean);
  const look = (each) => around(each).map((part) => ["", "::before", "::after"].map((pseudo) => {
    const style = getComputedStyle(part, pseudo || null);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor,
      style.backgroundColor, style.textDecorationLine].join(" ");
  }).join()).join();
  const left = known && known.at !== at && known.at.isConnected && known.at.id !== "main";
  const plain = left ? { same: look(known.at) === known.look } : {};
  if (!at || at === document.body) return { nowhere: true, plain };
  if (!known || known.at !== at) window.lastStop = { at, look: look(at) };
  const shown = around(at).find((each) => getComputedStyle(each).opacity !== "0") || at;
  const box = shown.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.2], [0.5, 0.8]]
    .map(([x, y]) => [box.left + box.width * x, box.top + box.height * y])
    .filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
  const ours = ([x, y]) => {
    const there = document.elementFromPoint(x, y);
    return there && around(at).some((each) => each.contains(there) || there.contains(each));
  };
  const name = at.getAttribute("aria-label")
    || [...(at.labels || [])].map((label) => label.innerText).join(" ") || at.innerText || at.value || "";
  const main = document.getElementById("main");
  return {
    plain, tag: at.tagName, type: at.type || "", name: name.replace(/\\s+/g, " ").trim(),
    seen: points.some(ours), positive: at.tabIndex > 0, at: [Math.round(box.left), Math.round(box.top + scrollY)],
    summary: at.matches(".error-summary"), main: Boolean(main && main.contains(at)),
  };
}
"""
"""What has the focus now; and of what had it before, whether it looks the same without it."""


class Fingers:
    """The keyboard of a person; ``faults`` is each stop that could not be seen."""

    def __init__(self, person):
        self._person, self._page = person, person.page
        self._before = ""
        self.faults: list[str] = []

    def here(self):
        """What has the focus, once it was looked at."""
        stop = self._page.evaluate(HERE)
        if stop["plain"].get("same"):
            self.faults.append(f"{self._before} does not show that it has the focus")
        if not stop.get("nowhere"):
            self._looks_at(stop)
        return stop

    def tabs_to(self, name, *, tag=None, type_=None):
        """Press Tab until something of this name has the focus; what it is."""
        wanted = self._pattern(name)
        passed = []
        for _ in range(STOPS_MAX):
            stop = self.here()
            if not stop.get("nowhere"):
                fits = (tag in {None, stop["tag"]}) and (type_ in {None, stop["type"]})
                if fits and wanted.search(stop["name"]):
                    return stop
                passed.append(stop["name"][:40])
            self._page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not come to {name!r} on {self._person.path}: {passed}")

    def enters(self, name, *, tag="A"):
        """Tab to a link or a button and follow it with Enter."""
        self.tabs_to(name, tag=tag)
        self._there_and_back()
        self._person.arrives_by(lambda: self._page.keyboard.press("Enter"))

    def enters_part(self, name):
        """Follow a link within the page; the focus goes where it leads."""
        self.tabs_to(name, tag="A")
        self._page.keyboard.press("Enter")
        assert self.here()["tag"] == "INPUT"

    def presses(self, name):
        """Tab to a button and press it with the space bar."""
        self.tabs_to(name, tag="BUTTON")
        self._there_and_back()
        self._person.arrives_by(lambda: self._page.keyboard.press("Space"))

    def types(self, name, said):
        """Tab to a box and type over what it holds."""
        self.tabs_to(name)
        self._page.keyboard.press("ControlOrMeta+a")
        self._page.keyboard.type(said)

    def skips(self):
        """Take the skip link, which is the first stop of every page; the focus is in the page's own part then."""
        self._page.keyboard.press("Tab")
        first = self.here()
        assert self._pattern("Skip to the content").search(first["name"]), first
        self._page.keyboard.press("Enter")
        assert self.here()["main"]

    def attaches(self, name, file):
        """Tab to the box of a file and answer what the browser asks."""
        self.tabs_to(name, type_="file")
        for left in reversed(range(PRESSES_MAX)):
            try:
                with self._page.expect_file_chooser(timeout=PRESS_MS_MAX) as asked:
                    self._page.keyboard.press("Enter")
            except NothingCame:
                assert left, f"{name} opens nothing, however often Enter is pressed"
            else:
                asked.value.set_files(file)
                return

    def _pattern(self, name):
        if isinstance(name, re.Pattern):
            return name
        return re.compile(re.escape(self._person.word(name)), re.IGNORECASE)

    def _there_and_back(self):
        """One stop further and back again: the way leads in both directions, and the ring goes and comes."""
        self._page.keyboard.press("Tab")
        self.here()
        self._page.keyboard.press("Shift+Tab")
        self.here()

    def _looks_at(self, stop):
        where = f"{self._person.path}: {stop['tag']} {stop['name'][:60]!r} at {stop['at']}"
        self._before = where
        if not stop["seen"]:
            self.faults.append(f"{where} cannot be seen")
        if stop["positive"]:
            self.faults.append(f"{where} stands out of the order of reading")
