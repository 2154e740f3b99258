"""The page of components shows every one of them, light and dark, in every door's density, and shuts nobody out."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests import factories
from tests.doors.alone import CHROMIUM, HOUSE, WEB
from tests.journeys import looking

ROOT = WEB.parents[1]
PAGE = ROOT / "marketplace" / "admin" / "templates" / "admin"
MACRO = re.compile(r"{%-? *macro ([a-z]\w*)\(")
ONLY_WITHIN = {"forms.csrf"}
"""What shows nothing by itself."""

PICTURES = "JOURNEY_PICTURES"


@pytest.fixture
def hung():
    """The operators' door alone."""
    return ("marketplace.admin",)


@pytest.fixture
def told(operator_client, database):
    """The page as an operator gets it."""
    with database.session() as session:
        operator = factories.operator(session)
    client = operator_client(operator)

    def opened(density):
        answer = client.get(f"/admin/design?density={density}")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return opened


def test_every_component_is_shown():
    shown = "".join(path.read_text() for path in sorted((PAGE / "design").glob("*.html")))
    shown += (PAGE / "design.html").read_text()
    macros = {
        f"{path.stem}.{name}"
        for path in (WEB / "templates" / "macros").glob("*.html")
        for name in MACRO.findall(path.read_text())
    }

    assert sorted(name for name in macros - ONLY_WITHIN if name not in shown) == []


def test_no_two_things_of_the_page_have_one_name(told):
    text = told("admin")

    ids = re.findall(r'\bid="([^"]+)"', text)
    led = re.findall(r'\b(?:for|aria-labelledby|aria-describedby)="([^"]+)"', text)
    assert sorted(each for each in set(ids) if ids.count(each) > 1) == []
    assert {name for names in led for name in names.split()} <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium was found")
@pytest.mark.parametrize("density", ["admin", "brand", "member"])
def test_every_component_can_be_used_by_everybody_light_and_dark(visit, told, density):
    here = visit(told(density))
    here.page.goto(HOUSE)

    for width in (1280, 390):
        here.page.set_viewport_size({"width": width, "height": 900})
        assert here.page.evaluate("document.documentElement.scrollWidth") <= width
        keep(here.page, f"design-{density}-{width}")
    assert looking.broken(here.page) == []
    light, dark = (
        here.page.locator(f".scheme-{scheme}").first.evaluate(
            "e => getComputedStyle(e).backgroundColor"
        )
        for scheme in ("light", "dark")
    )
    assert light != dark


def keep(page, name):
    """Leave a photograph of the page where somebody asks for one."""
    folder = os.environ.get(PICTURES)
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
