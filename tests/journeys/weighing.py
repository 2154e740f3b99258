"""What a page weighs on its way to a phone, counted by the browser itself, and how far its parts jump."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

KINDS = {
    "Document": "html",
    "Stylesheet": "css",
    "Script": "js",
    "Font": "fonts",
    "Image": "images",
}

WATCHES = """
window.jumps = [];
const named = (node) => node && (node.className || node.nodeName) + ": " + (node.textContent || "").trim().slice(0, 30);
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput)
    window.jumps.push({ by: each.value, what: each.sources.map((source) => named(source.node)) });
}).observe({ type: "layout-shift", buffered: true });
"""
"""Notes every layout shift that no hand caused, from the first moment on."""

TO_THE_END = """
async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  while (scrollY + innerHeight < document.documentElement.scrollHeight - 1) {
    scrollBy({ top: innerHeight, behavior: "instant" });
    await frame(); await frame();
  }
  await Promise.all([...document.images].map((image) => image.complete || image.decode().catch(() => 0)));
  await document.fonts.ready;
  await frame(); await frame();
}
"""


@dataclass
class Weight:
    """Bytes on the wire and requests, by kind."""

    bytes: Counter = field(default_factory=Counter)
    requests: Counter = field(default_factory=Counter)


class Scales:
    """Listens to everything that one page asks for."""

    def __init__(self, person):
        self._kinds: dict[str, str] = {}
        self.weight = Weight()
        devtools = person.context.new_cdp_session(person.page)
        devtools.on("Network.responseReceived", self._answered)
        devtools.on("Network.loadingFinished", self._finished)
        devtools.send("Network.enable")

    def _answered(self, told):
        self._kinds[told["requestId"]] = KINDS.get(told["type"], "else")

    def _finished(self, told):
        kind = self._kinds.get(told["requestId"])
        if kind is not None:
            self.weight.bytes[kind] += int(told["encodedDataLength"])
            self.weight.requests[kind] += 1


def jumps(person):
    """Every layout shift from the beginning of the page to the end of its last line: by how much, and what moved."""
    person.page.evaluate(TO_THE_END)
    return person.page.evaluate("window.jumps")


class LateFonts:
    """Keeps every font back until it is let go, as a slow line does."""

    def __init__(self, page):
        self._page, self._kept = page, []
        page.route("**/*.woff2*", self._keep)

    def _keep(self, route):
        self._kept.append(route)

    def arrive(self):
        """All of them at once."""
        while self._kept:
            self._kept.pop().continue_()
        self._page.unroute("**/*.woff2*")
