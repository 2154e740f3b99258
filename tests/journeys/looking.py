"""What is looked at on a page: axe at WCAG 2.2 AA, one main heading, nothing wider than a phone, light and dark."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

BROKEN_ALONE = {"resultTypes": ["violations"]}
"""What keeps a rule is not written out element by element, which takes far longer than judging it."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], **BROKEN_ALONE}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, **BROKEN_ALONE}
SCRIPT = Axe().axe_script
JUDGED = """
async (rules) => (await axe.run(document, rules)).violations.map((each) => [each.id, each.nodes[0].html])
"""


def faults(person, address, *, rules=RULES):
    """What is wrong with the page that this person sees."""
    found = [f"{address}: {each}" for each in violations(person, rules)]
    wide = person.wide_on_a_phone()
    if wide:
        found.append(f"{address}: {wide} px wider than a phone")
    headings = person.page.locator("h1").count()
    if headings != 1:
        found.append(f"{address}: {headings} main headings")
    return found


def faults_in_the_dark(person, address):
    """What cannot be read on the same page by whoever asked for a dark one."""
    # Without motion: a colour that is on its way from light to dark is neither.
    person.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found = [f"{address} in the dark: {each}" for each in violations(person, CONTRAST)]
    person.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return found


def violations(person, rules=RULES):
    """The rules of axe that the page of this person breaks, each with one place where it does."""
    return [f"{rule} at {html[:120]}" for rule, html in broken(person.page, rules)]


def broken(page, rules=RULES):
    """The rules of axe that a page breaks: the name of each, and one element that breaks it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    return page.evaluate(JUDGED, rules)
