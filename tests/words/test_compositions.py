"""What a piece is made of, in the language of whoever reads it."""

from __future__ import annotations

import pytest

from marketplace import words
from marketplace.domain.imports import compositions as read
from marketplace.words import compositions


@pytest.mark.parametrize(
    ("locale", "text", "said"),
    [
        ("en", "3 % élasthanne 97 % coton", "97% cotton, 3% elastane"),
        ("fr", "95% Cotton, 5% Spandex", "95\u00a0% coton, 5\u00a0% élasthanne"),
        (
            "en",
            "Oberstoff: 100% Schurwolle Futter: 100% Viskose",
            "Shell: 100% virgin wool; Lining: 100% viscose",
        ),
        (
            "fr",
            "Exterior: 97,5% Lana, 2,5% Seta. Forro: 100% Viscosa",
            "Tissu\u00a0: 97,5\u00a0% laine, 2,5\u00a0% soie\u202f; Doublure\u00a0: 100\u00a0% viscose",
        ),
        ("fr", "100% Xylo", "100% Xylo"),
        ("fr", "Hem: 100% cotton", "Hem: 100% cotton"),
        ("fr", "Cuir pleine fleur", "Cuir pleine fleur"),
    ],
)
def test_fibres_and_parts_are_named_in_the_readers_language(locale, text, said):
    parts = read.as_plain(read.parsed(text))

    with words.speaking(locale):
        assert compositions.said(parts, text) == said


def test_what_was_stored_before_names_were_known_is_said_as_the_brand_wrote_it():
    parts = [{"part": "", "fibres": [{"fibre": "wool", "bps": 10_000}]}]

    with words.speaking("fr"):
        assert compositions.said(parts, "100% wool") == "100% wool"
