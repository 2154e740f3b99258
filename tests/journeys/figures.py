"""Figures as a page shows them, read off as a person would."""

from __future__ import annotations

import re


def figure(person, label):
    """The figure under a label of a row of figures, as text."""
    shown = person.page.locator(".figure", has=person.page.get_by_text(label, exact=True)).first
    return shown.locator(".figure-value").inner_text().strip()


def minor(amount):
    """Cents of an amount as a page shows it, round sums being written without them: "€58", "€1,234.50", "58,00 €"."""
    cents = re.search(r"[.,](\d\d)\D*$", amount)
    whole = amount[: cents.start()] if cents else amount
    return int(re.sub(r"\D", "", whole) + (cents[1] if cents else "00"))
