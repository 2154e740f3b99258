"""Letters put into words: a subject, a plain text and an HTML part in the reader's own language.

A letter of kind ``order_paid`` is ``order_paid.txt``, whose first line is the subject, and ``order_paid.html``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from marketplace import words
from marketplace.words import catalogues, formats

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent
_GAPS = re.compile(r"\n{3,}")
COLONS = {"fr": "\u00a0:"}
"""A colon between a label and its figure, where it is set otherwise than close to the word."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in words, without an address."""

    subject: str
    text: str
    html: str


def kinds() -> tuple[str, ...]:
    """Every kind of letter there is a text for."""
    return tuple(
        sorted(path.stem for path in FOLDER.glob("*.txt") if not path.stem.startswith("_"))
    )


def rendered(kind: str, *, locale: str, facts: Mapping[str, Any]) -> Rendered:
    """The letter of ``kind`` in ``locale``. A fact that the template names and nobody gave is a bug."""
    colon = COLONS.get(locale, ":")
    with words.speaking(locale):
        plain = _environment().get_template(f"{kind}.txt").render(facts, why="", colon=colon)
        subject, _, body = plain.partition("\n")
        subject = subject.strip()
        sheet = _environment().get_template(f"{kind}.html")
        html = sheet.render(facts, locale=locale, subject=subject)
    return Rendered(subject, _GAPS.sub("\n\n", body).strip() + "\n", html)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(("html",), default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        lambda message: catalogues.of(words.locale()).gettext(message),
        lambda one, many, count: catalogues.of(words.locale()).ngettext(one, many, count),
        newstyle=True,
    )
    for name in ("money", "day", "clock", "moment", "bps", "count"):
        environment.filters[name] = getattr(formats, name)
    return environment
