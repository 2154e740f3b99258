"""What the demo's house sold two months ago, for a brand that sells there again."""

from __future__ import annotations

from dataclasses import replace

from marketplace.local.demo.houses import CHALK, FRENCH, MOSS, SKY, VERRIER, Piece

EARLIER = replace(
    VERRIER,
    collection="Spring 2026",
    problem="A spring that came late: sixty shirts and dresses, and no room for them beside the winter.",
    cost_total=2_700,
    deadline_days=100,
    pieces=(
        Piece(
            "MV-061",
            "shirt",
            "Aviron shirt",
            "A shirt in compact poplin with a hidden placket.",
            "100 % coton",
            "PT",
            "62052000",
            (("Ciel", SKY), ("Craie", CHALK)),
            ("S", "M", "L"),
            120,
            56,
            45,
            6,
        ),
        Piece(
            "MV-068",
            "dress",
            "Halle dress",
            "A straight dress in linen twill with a belt of the same cloth.",
            "100 % lin",
            "PT",
            "62044990",
            (("Mousse", MOSS),),
            FRENCH,
            220,
            103,
            85,
            5,
        ),
    ),
)
"""What the house sold for the first of them two months ago."""
