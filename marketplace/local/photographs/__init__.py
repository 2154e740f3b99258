"""Photographs for a house that has none yet: drawn by program, the same picture for the same seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from marketplace.local.photographs import bottoms, leather, outerwear, tops, vessels
from marketplace.local.photographs.studio import Colour, Still

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PORTRAIT = (1200, 1600)
LANDSCAPE = (3120, 1755)
HERO_WIDTH = 2000
PAPERS: tuple[Colour, ...] = ((238, 233, 226), (234, 231, 227), (240, 236, 228), (231, 229, 224))

KINDS: Mapping[str, Callable[[Still, Colour], None]] = {
    "sweater": tops.sweater,
    "coat": outerwear.coat,
    "shirt": tops.shirt,
    "trousers": bottoms.trousers,
    "dress": bottoms.dress,
    "scarf": outerwear.scarf,
    "bag": leather.bag,
    "boot": leather.boot,
    "belt": leather.belt,
    "candle": vessels.candle,
    "vase": vessels.vase,
}

# What a brand's header shows together, and in which colours.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("sweater", "coat", "trousers"),
    ("bag", "dress", "boot"),
    ("shirt", "coat", "scarf"),
    ("vase", "candle", "vase"),
)
PALETTES: tuple[tuple[Colour, ...], ...] = (
    ((188, 172, 146), (150, 112, 74), (70, 62, 56)),
    ((46, 56, 78), (122, 128, 134), (206, 198, 184)),
    ((104, 44, 42), (172, 132, 104), (58, 50, 48)),
    ((112, 118, 92), (202, 192, 168), (88, 68, 50)),
)


def draw(kind: str, colour: Colour, seed: int) -> bytes:
    """A studio photograph (JPEG, 1200 x 1600) of one of the KINDS in the colour given."""
    rng = random.Random(f"{kind}:{seed}")  # noqa: S311 - a picture, not a secret
    still = Still(PORTRAIT, rng.choice(PAPERS), rng)
    KINDS[kind](still, colour)
    return still.developed()


def hero(brand_seed: int, kinds: Sequence[str] = ()) -> bytes:
    """The header of a sale (JPEG, 2000 x 1125): three things side by side, those of `kinds` if given."""
    rng = random.Random(f"hero:{brand_seed}")  # noqa: S311 - a picture, not a secret
    still = Still(LANDSCAPE, rng.choice(PAPERS), rng)
    shown = tuple(kinds) or GROUPS[brand_seed % len(GROUPS)]
    palette = PALETTES[brand_seed // len(GROUPS) % len(PALETTES)]
    for place, kind in enumerate(shown[:3]):
        still.origin = (10 + place * 950, 90)
        KINDS[kind](still, palette[place])
    return still.developed(width=HERO_WIDTH)
