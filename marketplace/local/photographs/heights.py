"""Heights: images of mode F, so that no step of eight bits shows when their slope is lit.

A height of one tenth is a slope of one tenth from pixel to pixel; only differences matter.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageFilter, ImageMath

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from marketplace.local.photographs.shapes import Point, Size

NEUTRAL = 128


def computed(rule: Callable[[dict[str, Any]], Any], **heights: Image.Image) -> Image.Image:
    """Heights put together point by point."""
    result: Image.Image = ImageMath.lambda_eval(rule, **heights)
    return result


def weighed(mask: Image.Image, depth: int) -> Image.Image:
    """A mask as a height: `depth` where it is white. Tenths of a shade for a slope of one pixel."""
    return mask.convert("F").point(lambda value: value * depth)


def total(*heights: Image.Image) -> Image.Image:
    """Heights laid on one another."""
    whole = heights[0]
    for height in heights[1:]:
        whole = computed(lambda args: args["a"] + args["b"], a=whole, b=height)
    return whole


def within(height: Image.Image, mask: Image.Image) -> Image.Image:
    """The height where the mask is white, nothing where it is black."""
    return computed(lambda args: args["h"] * args["m"] / 255, h=height, m=mask.convert("F"))


def inflated(mask: Image.Image, reach: int, depth: int) -> Image.Image:
    """The mask as if filled with air: rising from its edge over `reach` pixels."""
    coarse = max(2, reach // 3)
    small = mask.reduce(coarse).filter(ImageFilter.GaussianBlur(max(1, reach // coarse)))
    return weighed(small, depth).resize(mask.size, Image.Resampling.BICUBIC)


def noise(rng: random.Random, size: Size, cells: Size, depth: int, quiet: int = 1) -> Image.Image:
    """Gentle hills of about size/cells, `quiet` times lower; tall, narrow cells fall like cloth."""
    grid = Image.frombytes("L", cells, rng.randbytes(cells[0] * cells[1]))
    grid = grid.point(lambda value: NEUTRAL + (value - NEUTRAL) // quiet)
    hills = grid.convert("F").resize(size, Image.Resampling.BICUBIC)
    return hills.point(lambda value: value * depth + -NEUTRAL * depth)


def creases(rng: random.Random, size: Size, cells: Size, depth: int) -> Image.Image:
    """Hills folded at their zero line: sharp valleys between round ridges."""
    hills = noise(rng, size, cells, depth)
    return computed(lambda args: abs(args["h"]), h=hills)


def tube(size: Size, left: int, right: int, depth: int) -> Image.Image:
    """An upright cylinder between two columns, its axis `depth` tenths high."""
    row = Image.new("F", (size[0], 1))
    radius = max(1, (right - left) // 2)
    for x in range(max(0, left), min(size[0], right + 1)):
        away = x - left - radius
        row.putpixel((x, 0), isqrt(max(0, (radius * radius - away * away) * depth * depth)))
    return row.resize(size)


def fanned(image: Image.Image, spread: int) -> Image.Image:
    """The image drawn apart towards its lower edge, where only `spread` per cent of it remains."""
    width, height = image.size
    inset = width * (100 - spread) // 200
    corners = (0, 0, inset, height, width - inset, height, width, 0)
    return image.transform(image.size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)


def tiled(tile: Image.Image, size: Size) -> Image.Image:
    """The tile repeated over the whole size."""
    whole = Image.new(tile.mode, size)
    whole.paste(tile, (0, 0))
    wide, high = tile.size
    while wide < size[0]:
        whole.paste(whole.crop((0, 0, wide, high)), (wide, 0))
        wide *= 2
    while high < size[1]:
        whole.paste(whole.crop((0, 0, size[0], high)), (0, high))
        high *= 2
    return whole


def warped(rng: random.Random, image: Image.Image, cell: int, reach: int) -> Image.Image:
    """The image pulled about by up to `reach` pixels, neighbours together, as cloth is by hand."""
    width, height = image.size
    step = max(16, cell // 4)
    columns, rows = width // step + 1, height // step + 1
    aside = _pull(rng, (columns + 1, rows + 1), cell // step, reach)
    down = _pull(rng, (columns + 1, rows + 1), cell // step, reach)

    def corner(column: int, row: int) -> Point:
        place = row * (columns + 1) + column
        return column * step + aside[place], row * step + down[place]

    mesh = [
        (
            (column * step, row * step, (column + 1) * step, (row + 1) * step),
            (
                *corner(column, row),
                *corner(column, row + 1),
                *corner(column + 1, row + 1),
                *corner(column + 1, row),
            ),
        )
        for row in range(rows)
        for column in range(columns)
    ]
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _pull(rng: random.Random, size: Size, every: int, reach: int) -> list[int]:
    """How far each corner of a grid is pulled: smooth between corners `every` apart."""
    coarse = (size[0] // every + 2, size[1] // every + 2)
    grid = Image.frombytes("L", coarse, rng.randbytes(coarse[0] * coarse[1]))
    pulls = grid.resize(size, Image.Resampling.BICUBIC).tobytes()
    return [(pull - NEUTRAL) * reach // NEUTRAL for pull in pulls]
