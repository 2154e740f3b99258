"""Surfaces: knit, rib, weave and hide in heights of a few tenths, and how cloth falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter

from marketplace.local.photographs.heights import (
    creases,
    noise,
    tiled,
    total,
    warped,
    weighed,
)

if TYPE_CHECKING:
    import random

    from marketplace.local.photographs.shapes import Size


def knit(rng: random.Random, size: Size, *, gauge: int = 15, depth: int = 60) -> Image.Image:
    """Stocking stitch: columns of small V, `gauge` pixels wide."""
    wide, high = gauge * 4, (gauge * 5 // 6) * 4
    tile = Image.new("L", (wide, high * 3))
    draw = ImageDraw.Draw(tile)
    stroke = wide * 5 // 16
    for row in range(-1, 4):
        top = row * high
        for left, right in (
            (wide // 6, wide // 2 - wide // 14),
            (wide * 5 // 6, wide // 2 + wide // 14),
        ):
            draw.line((left, top - high // 4, right, top + high * 3 // 4), fill=depth, width=stroke)
    stitch = tile.crop((0, high, wide, high * 2)).filter(ImageFilter.GaussianBlur(wide // 14))
    fabric = tiled(stitch.resize((gauge, gauge * 5 // 6), Image.Resampling.LANCZOS), size)
    return warped(rng, weighed(fabric, 1), 110, 5)


def rib(rng: random.Random, size: Size, *, gauge: int = 18, depth: int = 110) -> Image.Image:
    """Columns that stand out and columns that lie back."""
    column = Image.new("L", (gauge, 1))
    for x in range(gauge):
        middle = 2 * x - gauge
        column.putpixel((x, 0), depth * (gauge * gauge - middle * middle) // (gauge * gauge))
    fabric = tiled(column.resize((gauge, 8)), size)
    return warped(rng, weighed(fabric, 1), 90, 3)


def weave(rng: random.Random, size: Size, *, thread: int = 3, quiet: int = 6) -> Image.Image:
    """Crossing threads of uneven thickness."""
    width, height = size
    warp = noise(rng, size, (width // thread, max(2, height // (thread * 14))), 1, quiet)
    weft = noise(rng, size, (max(2, width // (thread * 14)), height // thread), 1, quiet)
    return total(warp, weft)


def felt(rng: random.Random, size: Size, *, depth: int = 1) -> Image.Image:
    """Brushed wool: short hairs without direction."""
    width, height = size
    fine = noise(rng, size, (width // 2, height // 3), depth, 3)
    clouds = noise(rng, size, (width // 9, height // 14), depth, 3)
    return total(fine, clouds)


def hide(rng: random.Random, size: Size, *, grain: int = 7, depth: int = 2) -> Image.Image:
    """Leather: round pebbles with creases between."""
    width, height = size
    return total(
        creases(rng, size, (width // grain, height // grain), depth),
        noise(rng, size, (width // 60 + 2, height // 60 + 2), depth * 3),
    )


def drape(rng: random.Random, size: Size, *, folds: int, depth: int, fall: int = 2) -> Image.Image:
    """Cloth that hangs: long vertical folds, `folds` across the width, bending `fall` times down."""
    long = noise(rng, size, (folds + 2, fall + 2), depth)
    sharp = creases(rng, size, (folds + 3, fall + 3), depth // 2)
    small = noise(rng, size, (folds * 2 + 3, fall * 2 + 3), depth // 3)
    return warped(rng, total(long, sharp, small), 150, 26)


def rumple(rng: random.Random, size: Size, *, depth: int) -> Image.Image:
    """Cloth that lies: a few soft hollows and fewer creases, in no direction."""
    width, height = size
    hollows = noise(rng, size, (width // 190 + 2, height // 230 + 2), depth)
    lines = creases(rng, size, (width // 240 + 2, height // 200 + 2), depth // 3)
    return warped(rng, total(hollows, lines), 140, 30)
