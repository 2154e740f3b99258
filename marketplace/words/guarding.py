"""Guard-rails in words: what each is called, wherever it is shown or was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

LABELS: dict[str, Lazy] = {
    "told_ahead": lazy("Members may know of a sale before it opens"),
    "show_in_teaser": lazy("Members may read your name before the opening"),
    "name_in_subject": lazy("Your name may stand in the subject of e-mails to members"),
    "days_apart": lazy("Days between two sales, at least"),
    "a_year": lazy("Sales in a calendar year, at most"),
    "watermark": lazy("Your watermark stands on every photograph that members see"),
    "watermark_text": lazy("Text of the watermark"),
    "avoided": lazy("Brands that yours does not share a morning with"),
}

OF_A_BRAND: dict[str, Lazy] = {
    "told_ahead": lazy("Told before the opening"),
    "show_in_teaser": lazy("Named before the opening"),
    "name_in_subject": lazy("Named in subjects of e-mails"),
    "days_apart": lazy("Days between sales"),
    "a_year": lazy("Sales in a year"),
    "avoided": lazy("Not on the morning of"),
    "watermark": lazy("Watermark on photographs"),
    "kept_out": lazy("Own customers kept out"),
}
"""The same as the house reads them of a brand."""
