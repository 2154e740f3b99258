"""Candles and vases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from marketplace.local.photographs.cloth import rumple
from marketplace.local.photographs.heights import NEUTRAL, inflated, noise, total, tube
from marketplace.local.photographs.leather import cylinder, standing
from marketplace.local.photographs.shapes import (
    PAD,
    Point,
    Size,
    boxed,
    curve,
    disc,
    mirror,
    outline,
    traced,
)
from marketplace.local.photographs.studio import Colour, Part, Shadow, Still, shade
from marketplace.local.photographs.tailoring import MIDDLE, cut, darker

if TYPE_CHECKING:
    import random

WAX: Colour = (238, 226, 200)
HOLLOW: Colour = (46, 38, 32)
LABEL: Colour = (244, 240, 231)
PRINT: Colour = (92, 82, 72)
DRIED: tuple[Colour, ...] = ((176, 150, 110), (158, 134, 98), (196, 174, 136))

# For each height above the ground half the width of a thrown body.
PROFILES = (
    traced("84,640 78,700 130,790 232,900 280,1030 252,1160 176,1270 150,1300"),
    traced("70,560 66,700 80,840 180,960 250,1080 244,1190 190,1280 172,1304"),
    traced("150,600 170,680 206,820 226,980 214,1140 176,1260 156,1302"),
)


def candle(still: Still, colour: Colour) -> None:
    """A candle in a glazed tumbler, with a plain label."""
    left, right, top, drop, tall = 340, 860, 560, 78, 620
    standing(still, left + 8, right, top + tall + 40)
    mask = cylinder(left, right, top, drop, tall)
    surface = total(
        tube(mask.size, PAD, mask.width - PAD, 46), rumple(still.rng, mask.size, depth=3)
    )
    part = Part(mask, surface, (left - PAD, top - PAD))
    still.lay(part, colour, gloss=70, shadow=None, edge=16, lift=80)
    _reflection(still, (left + 60, top + drop, 34, tall - 60), 120)
    _reflection(still, (right - 70, top + drop, 16, tall - 60), 60)
    _mouth(still, colour, (left, right, top, drop), WAX)
    wick = [(600, top - 70), (604, top - 40), (599, top + 6)]
    still.line(curve(wick, closed=False), 7, 86, 1)
    _label(still, top + 330)


def _reflection(still: Still, place: tuple[int, int, int, int], strength: int) -> None:
    """A tall window, mirrored in a glaze."""
    x, y, width, height = place
    mask = Image.new("L", (width + 80, height + 80))
    box = (40, 40, 40 + width, 40 + height)
    ImageDraw.Draw(mask).rounded_rectangle(box, width // 2, fill=strength)
    soft = mask.filter(ImageFilter.GaussianBlur(11))
    still.canvas.paste((255, 252, 246), still.placed((x - 40, y - 40)), soft)


def _mouth(still: Still, colour: Colour, ring: tuple[int, int, int, int], inside: Colour) -> None:
    """The rim seen from above, its inner wall, and what is in it."""
    left, right, top, drop = ring
    for inset, tone, level in ((0, colour, 176), (16, darker(colour, 60), 92), (22, inside, 118)):
        deep = inset * drop // ((right - left) // 2) + inset // 3
        size = (right - left - 2 * inset, 2 * drop - 2 * deep)
        fade = Image.linear_gradient("L").resize(size)
        lit = fade.point([level - 34 + value // 5 for value in range(256)])
        still.paint(lit, disc(size), (left + inset, top - drop + deep), tone, 60)


def _label(still: Still, y: int) -> None:
    """Paper round the glass: a frame and lines too small to read."""
    size = (300, 230)
    part = Part(Image.new("L", size, 255), tube(size, -110, 410, 1), (450, y))
    still.lay(part, LABEL, lift=900, shadow=Shadow((1, 3), 4, 30), edge=0)
    draw = ImageDraw.Draw(still.canvas)
    frame = (*still.placed((466, y + 16)), *still.placed((734, y + 214)))
    draw.rectangle(frame, outline=PRINT, width=2)
    for row, width in ((90, 150), (120, 96), (184, 60)):
        for x in range(600 - width // 2, 600 + width // 2, 13):
            foot = still.placed((x, y + row))
            draw.line((foot[0], foot[1] - still.rng.randint(5, 11), *foot), fill=PRINT, width=3)


def vase(still: Still, colour: Colour) -> None:
    """A thrown stoneware vase, with a few dry stems."""
    profile = still.rng.choice(PROFILES)
    mouth, mouth_y = profile[0]
    foot, foot_y = profile[-1]
    standing(still, MIDDLE - foot - 6, MIDDLE + foot + 10, foot_y - 6)
    _stems(still, mouth_y)
    half = [(MIDDLE - width, y) for width, y in profile]
    at, size, inside = boxed(curve(mirror([half[0], *half, half[-1]], MIDDLE)))
    mask = outline(size, inside)
    still.cast(mask, at, Shadow((14, 6), 26, 22))
    still.paint(_thrown(still.rng, mask, inside), mask, at, colour, 62)
    ring = (MIDDLE - mouth, MIDDLE + mouth, mouth_y, mouth // 5)
    _mouth(still, colour, ring, HOLLOW)


def _thrown(rng: random.Random, mask: Image.Image, inside: list[Point]) -> Image.Image:
    """The shade of a body of revolution: each row a cylinder as wide as the outline there."""
    size = mask.size
    unit = shade(tube((512, 8), -26, 538, 62), 210).crop((0, 4, 512, 5))
    lit = Image.new("L", size, NEUTRAL)
    for y, (left, right) in _widths(inside, size).items():
        lit.paste(unit.resize((right - left, 1)), (left, y))
    rings = noise(rng, size, (2, size[1] // 9), 1, 4)
    speckle = noise(rng, size, (size[0] // 3, size[1] // 3), 1, 8)
    belly = inflated(mask, max(20, size[0] // 6), 9)
    return ImageChops.add(lit, shade(total(belly, rings, speckle), 90), 1, -NEUTRAL)


def _widths(inside: list[Point], size: Size) -> dict[int, Point]:
    """For each row where the outline begins and ends."""
    filled = Image.new("1", size)
    ImageDraw.Draw(filled).polygon(inside, fill=1)
    rows: dict[int, Point] = {}
    for y in range(size[1]):
        box = filled.crop((0, y, size[0], y + 1)).getbbox()
        if box:
            rows[y] = (box[0] - 1, box[2] + 1)
    return rows


def _stems(still: Still, top: int) -> None:
    rng = still.rng
    for _ in range(rng.randint(4, 6)):
        lean, rise = rng.randint(-260, 260), rng.randint(300, 430)
        bend = [(lean // 12, -30), (lean // 3, rise // 2), (lean, rise)]
        path = curve([(MIDDLE + x, top - y) for x, y in bend], closed=False)
        still.line(path, 4, 58, 0)
        for joint in path[6::2]:
            _seed(still, joint)


def _seed(still: Still, joint: Point) -> None:
    x, y = joint
    rng = still.rng
    shape = [
        (x - 13, y + rng.randint(-8, 8)),
        (x, y - 15),
        (x + rng.randint(9, 17), y),
        (x, y + 9),
    ]
    tone = rng.choice(DRIED)
    cut(still, curve(shape), tone, puff=(5, 12), shadow=Shadow((3, 4), 4, 26))
