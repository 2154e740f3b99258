"""How soon a member sees a sale of sixty styles: largest contentful paint at a phone with a slowed processor."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from marketplace import bootstrap, config
from tests.benchmarks.stand import Stand, Visitor
from tests.journeys.person import CHROMIUM, FLAGS, PHONE
from tests.journeys.town import DEVELOPED, photographed

TIMES = 5
SLOWED = 4
LATEST_MS_MAX = 1_500
PATIENCE_MS = 60_000

PAINTED = """
() => new Promise((told) => new PerformanceObserver((list) => told(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))
"""


@dataclass(frozen=True)
class Sight:
    """The median and the worst of several first views, in milliseconds from the press on the link."""

    median_ms: float
    worst_ms: float


def found() -> bool:
    """Whether there is a Chromium to look with."""
    return CHROMIUM is not None


def develop(stand: Stand) -> None:
    """Give the stand's photographs the files of one that is drawn and kept as an import does it."""
    settings = config.from_environment(stand.surroundings.common)
    tools = bootstrap.toolbox(settings, pool_size=1, process="bench")
    widths = photographed(tools, stand.folder)
    tools.vault.engine.dispose()
    with stand.session() as session:
        session.execute(DEVELOPED, {"widths": widths})


def first_views(stand: Stand, visitors: list[Visitor], path: str) -> Sight:
    """Each visitor opens ``path`` in a browser that was never here; the first of them warms the house."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        views = [_view(browser, stand, each, path) for each in visitors[: TIMES + 1]]
        browser.close()
    return Sight(statistics.median(views[1:]), max(views[1:]))


def _view(browser: Browser, stand: Stand, visitor: Visitor, path: str) -> float:
    context = browser.new_context(base_url=stand.web, viewport=PHONE, device_scale_factor=2)
    context.set_default_timeout(PATIENCE_MS)
    name, _, reference = visitor.cookie.partition("=")
    secure = stand.web.replace("http:", "https:")
    context.add_cookies([{"name": name, "value": reference, "url": secure, "secure": True}])
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.goto(path, wait_until="networkidle")
    painted = page.evaluate(PAINTED)
    context.close()
    return float(painted)
