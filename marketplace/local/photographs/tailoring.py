"""Cutting and sewing: pieces of cloth laid down one after another, sleeves, buttons."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw

from marketplace.local.photographs import cloth
from marketplace.local.photographs.heights import inflated, total
from marketplace.local.photographs.shapes import Point, Size, boxed, curve, mirror, outline, shaken
from marketplace.local.photographs.studio import Colour, Part, Shadow, Still, turned

Surface = Callable[[random.Random, Size], Image.Image]
MIDDLE = 600
FALLEN = Shadow((18, 24), 28, 48)
NEAR = Shadow((5, 8), 9, 42)


def darker(colour: Colour, per_cent: int) -> Colour:
    """The colour with `per_cent` of its light."""
    red, green, blue = (channel * per_cent // 100 for channel in colour)
    return red, green, blue


def both(points: Sequence[Point], side: int) -> list[Point]:
    """The points as they are for the left side, mirrored for the right one."""
    return list(points) if side < 0 else [(2 * MIDDLE - x, y) for x, y in points]


def cut(
    still: Still,
    points: Sequence[Point],
    colour: Colour,
    *surfaces: Surface,
    puff: tuple[int, int] = (40, 14),
    shadow: Shadow = NEAR,
    lift: int = 92,
    gloss: int = 45,
) -> None:
    """Cut a piece along the points out of cloth with these surfaces and lay it down."""
    at, size, inside = boxed(points)
    mask = outline(size, inside)
    heights = [surface(still.rng, size) for surface in surfaces]
    height = total(inflated(mask, *puff), *heights)
    still.lay(Part(mask, height, at), colour, shadow=shadow, lift=lift, gloss=gloss)


def limb(
    still: Still,
    colour: Colour,
    centre: Point,
    degrees: int,
    widths: Sequence[int],
    length: int,
    *surfaces: Surface,
    puff: tuple[int, int] = (34, 16),
) -> None:
    """A sleeve: widths from top to bottom along its length, turned about its centre."""
    room, middle = 60, 60 + max(widths) // 2
    steps = len(widths) - 1
    half = [
        (middle - width // 2, room + length * step // steps) for step, width in enumerate(widths)
    ]
    cap = [(middle - widths[0] * 3 // 10, room - 24)]
    points = mirror([*cap, *half, half[-1]], middle)
    size = (2 * middle, length + 2 * room)
    mask = outline(size, curve(shaken(still.rng, points, 3)))
    height = total(inflated(mask, *puff), *(surface(still.rng, size) for surface in surfaces))
    still.lay(turned(Part(mask, height), degrees, centre), colour, shadow=FALLEN)


def folds(depth: int) -> Surface:
    """Soft hollows of lying cloth."""
    return lambda rng, size: cloth.rumple(rng, size, depth=depth)


def falls(count: int, depth: int) -> Surface:
    """Long folds of hanging cloth."""
    return lambda rng, size: cloth.drape(rng, size, folds=count, depth=depth)


def button(still: Still, centre: Point, radius: int, colour: Colour) -> None:
    """A button with its rim and four holes."""
    x, y = centre
    size = (radius * 4, radius * 4)
    mask = Image.new("L", (size[0] * 4, size[1] * 4))
    ImageDraw.Draw(mask).ellipse((radius * 4, radius * 4, radius * 12, radius * 12), fill=255)
    mask = mask.reduce(4)
    height = total(inflated(mask, max(2, radius // 3), 12), inflated(mask, radius, -16))
    at = (x - 2 * radius, y - 2 * radius)
    still.lay(Part(mask, height, at), colour, shadow=Shadow((2, 3), 3, 50), edge=3, gloss=60)
    gap = max(2, radius // 4)
    for hole in ((-gap, -gap), (gap, -gap), (-gap, gap), (gap, gap)):
        spot = (x + hole[0], y + hole[1])
        still.line([spot, spot], max(1, radius // 5), 70, 0)
