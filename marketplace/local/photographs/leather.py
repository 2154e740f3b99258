"""Bags, boots and belts, standing on paper."""

from __future__ import annotations

from itertools import pairwise
from math import isqrt
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from marketplace.local.photographs import cloth
from marketplace.local.photographs.heights import inflated, total, tube
from marketplace.local.photographs.shapes import (
    PAD,
    Point,
    Size,
    band,
    boxed,
    curve,
    disc,
    outline,
    traced,
)
from marketplace.local.photographs.studio import CONTACT, Colour, Part, Shadow, Still
from marketplace.local.photographs.tailoring import NEAR, cut, darker

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

BRASS: Colour = (190, 152, 88)
STEEL: Colour = (176, 176, 174)
BLACKISH = 200  # the sum of a colour's channels under which its stitching is paler than itself


def standing(still: Still, left: int, right: int, ground: int) -> None:
    """The shadow of what stands: dark where it touches, wide and pale to the right."""
    width = right - left
    for stretch, drop, blur, depth in ((8, 46, 34, 34), (2, 22, 14, 44), (0, 9, 5, 55)):
        mask = disc((width + width * stretch // 40, drop * 2))
        still.cast(mask, (left, ground - drop), Shadow((0, 0), blur, depth))


def stitches(still: Still, path: Sequence[Point], colour: Colour, gap: int = 15) -> None:
    """Saddle stitching along a path of short pieces."""
    draw = ImageDraw.Draw(still.canvas)
    walked = 0
    for (x, y), (to_x, to_y) in pairwise(path):
        length = isqrt((to_x - x) ** 2 + (to_y - y) ** 2)
        for step in range(0, length, 3):
            if (walked + step) % gap < gap * 3 // 5:
                along = (x + (to_x - x) * step // length, y + (to_y - y) * step // length)
                spot = still.placed(along)
                draw.ellipse((spot[0] - 1, spot[1] - 1, spot[0] + 1, spot[1] + 1), fill=colour)
        walked += length


def thread_for(colour: Colour) -> Colour:
    """Stitching that shows on the leather."""
    return darker(colour, 165 if sum(colour) < BLACKISH else 60)


def metal(still: Still, mask: Image.Image, at: Point, colour: Colour) -> None:
    """A polished piece: its bulge lit hard."""
    height = total(inflated(mask, 5, 16), inflated(mask, 2, 8))
    still.lay(Part(mask, height, at), colour, gloss=92, lift=150, edge=3, shadow=NEAR)


# ---- bag ----


def bag(still: Still, colour: Colour) -> None:
    """A structured handbag with a flap, a clasp and one handle."""
    tone = still.rng.choice((BRASS, STEEL))
    standing(still, 252, 966, 1292)
    _handle(still, colour)
    body = traced(
        "300,640! 900,640! 930,960 952,1230 946,1270 924,1290 880,1298 600,1304",
        "320,1298 276,1290 254,1270 248,1230 270,960",
    )
    glow = Shadow((6, 6), 12, 30)
    cut(still, curve(body), colour, cloth.hide, puff=(64, 17), shadow=glow, gloss=52)
    for x in (280, 920):
        lean = (x - 600) // 12
        gusset = [(x, 690), (x + lean // 2, 960), (x + lean, 1240)]
        still.line(curve(gusset, closed=False), 4, 30, 3)
    flap = traced("288,632! 912,632! 928,800 900,930 780,1000 600,1016 420,1000 300,930 272,800")
    overhang = Shadow((6, 16), 18, 52)
    cut(still, curve(flap), colour, cloth.hide, puff=(34, 15), shadow=overhang, gloss=52)
    seam = curve(
        traced("300,652 290,800 316,914 430,980 600,996 770,980 884,914 910,800 900,652"),
        closed=False,
    )
    still.line(seam, 3, 22, 2)
    stitches(still, seam, thread_for(colour))
    _clasp(still, tone)


def _handle(still: Still, colour: Colour) -> None:
    path = curve(traced("420,660 430,470 500,340 600,306 700,340 770,470 780,660"), closed=False)
    at, size, inside = boxed(path, 80)
    for width in (40, 18):
        mask = band(size, inside, width)
        height = total(inflated(mask, width // 4, 18), cloth.hide(still.rng, size))
        still.lay(Part(mask, height, at), colour, shadow=NEAR, gloss=52)


def _clasp(still: Still, tone: Colour) -> None:
    for box, radius in (((240, 200, 560, 600), 50), ((350, 290, 450, 510), 40)):
        plate = Image.new("L", (800, 800))
        ImageDraw.Draw(plate).rounded_rectangle(box, radius, fill=255)
        metal(still, plate.reduce(4), (500, 890), tone)


# ---- boot ----

SOLE = traced(
    "236,1130! 330,1150 620,1150 700,1128 900,1130! 902,1200! 716,1200! 690,1172",
    "560,1186 330,1186 240,1166",
)
UPPER = traced(
    "600,410! 700,436 820,430 888,402! 876,560 868,760 884,900 908,1010 906,1140!",
    "700,1146 400,1162 240,1144 226,1090 262,1020 380,950 500,880 572,780 606,640",
)
OPENING = traced("600,408 680,384 800,380 886,400 830,436 700,446")
GUSSET = traced("676,446! 800,446! 792,640 742,800 690,640")
ROUND_GUSSET = traced("662,446 676,650 742,826 808,650 814,446")
WELT = traced("250,1126 420,1140 700,1126 900,1122")
TAB = traced("858,352! 888,352! 892,470! 862,474!")


def boot(still: Still, colour: Colour) -> None:
    """A pair of Chelsea boots, seen from the side."""
    standing(still, 350, 1010, 1164)
    _one_boot(still, darker(colour, 88), (96, -40))
    standing(still, 224, 920, 1222)
    _one_boot(still, colour, (0, 20))


def _one_boot(still: Still, colour: Colour, move: Point) -> None:
    origin = still.origin
    still.origin = still.placed(move)
    cut(still, curve(SOLE), (44, 34, 30), puff=(8, 12), shadow=CONTACT)
    cut(still, curve(OPENING), darker(colour, 36), puff=(14, -9), shadow=CONTACT)
    glow = Shadow((10, 8), 14, 40)
    cut(still, curve(UPPER), colour, _calf, puff=(58, 20), shadow=glow, gloss=74, lift=100)
    pressed = Shadow((0, 0), 4, 40)
    cut(still, curve(GUSSET), darker(colour, 62), _elastic, puff=(8, -8), shadow=pressed)
    stitches(still, curve(ROUND_GUSSET, closed=False), thread_for(colour), 9)
    still.line(curve(WELT, closed=False), 3, 52, 2)
    cut(still, curve(TAB), darker(colour, 70), _elastic, puff=(5, 8), shadow=NEAR)
    still.origin = origin


def _calf(rng: random.Random, size: Size) -> Image.Image:
    return total(cloth.hide(rng, size, grain=4, depth=1), cloth.rumple(rng, size, depth=7))


def _elastic(rng: random.Random, size: Size) -> Image.Image:
    return cloth.rib(rng, size, gauge=8, depth=60)


# ---- belt ----

LEFT, RIGHT, TOP, DROP, TALL = 250, 950, 760, 92, 210


def belt(still: Still, colour: Colour) -> None:
    """A belt rolled up, its buckle to the front."""
    tone = still.rng.choice((BRASS, STEEL))
    standing(still, LEFT + 10, RIGHT, TOP + TALL + 60)
    _coil(still, colour)
    mask = cylinder(LEFT, RIGHT, TOP, DROP, TALL)
    surface = total(tube(mask.size, PAD, mask.width - PAD, 30), _calf(still.rng, mask.size))
    part = Part(mask, surface, (LEFT - PAD, TOP - PAD))
    still.lay(part, colour, gloss=62, shadow=None, edge=9)
    for y in (TOP + 22, TOP + TALL - 22):
        stitches(still, arc(LEFT + 14, RIGHT - 14, y, DROP), thread_for(colour), 16)
    _strap_end(still, colour, TOP + 92)
    _buckle(still, tone, TOP + 92 + TALL // 2)


def arc(left: int, right: int, y: int, drop: int) -> list[Point]:
    """The front half of a level ellipse."""
    radius = (right - left) // 2
    middle = left + radius
    return [
        (x, y + isqrt(max(0, radius * radius - (x - middle) ** 2)) * drop // radius)
        for x in range(left, right + 1, 12)
    ]


def cylinder(left: int, right: int, top: int, drop: int, tall: int) -> Image.Image:
    """The mask of a cylinder's front, its upper left corner PAD inside the box."""
    upper = arc(left, right, top, drop)
    lower = [(x, y + tall) for x, y in reversed(upper)]
    inside = [(x - left + PAD, y - top + PAD) for x, y in [*upper, *lower]]
    return outline((right - left + 2 * PAD, tall + drop + 2 * PAD), inside)


def _coil(still: Still, colour: Colour) -> None:
    size = (RIGHT - LEFT, 2 * DROP)
    corner = (LEFT, TOP - DROP)
    still.paint(Image.new("L", size, 52), disc(size), corner, darker(colour, 60), 20)
    fade = Image.linear_gradient("L").rotate(90).resize(size)
    lit = fade.point(lambda value: 176 - value // 3)
    for turn in range(5):
        edge = _ring(size, turn * 34)
        still.paint(lit, edge, corner, darker(colour, 112 - turn * 12), 40)


def _ring(size: Size, inset: int) -> Image.Image:
    """One turn of the coil, seen on its edge."""
    wide, high = size[0] * 2, size[1] * 2
    deep = inset * high // wide
    ring = Image.new("L", (wide, high))
    draw = ImageDraw.Draw(ring)
    outer = (2 * inset, 2 * deep, wide - 2 * inset - 1, high - 2 * deep - 1)
    draw.ellipse(outer, fill=255)
    draw.ellipse((outer[0] + 40, outer[1] + 11, outer[2] - 40, outer[3] - 11), fill=0)
    return ring.reduce(2)


def _strap_end(still: Still, colour: Colour, y: int) -> None:
    shape = traced("400,40! 700,44! 780,42! 780,178! 700,182! 400,178! 352,110!")
    points = curve([(x, y + down) for x, down in shape])
    lifted = Shadow((4, 8), 9, 52)
    cut(still, points, colour, _calf, puff=(12, 10), shadow=lifted, gloss=62)
    for x in (440, 500, 560):
        still.line([(x, y + 110), (x, y + 110)], 11, 88, 1)
    for left, right in ((58, 62), (162, 164)):
        stitches(still, [(400, y + left), (770, y + right)], thread_for(colour), 16)


def _buckle(still: Still, tone: Colour, middle: int) -> None:
    frame = Image.new("L", (1200, 1200))
    draw = ImageDraw.Draw(frame)
    draw.rounded_rectangle((180, 200, 880, 1000), 130, fill=255)
    draw.rounded_rectangle((262, 284, 798, 916), 70, fill=0)
    metal(still, frame.reduce(4), (600, middle - 150), tone)
    prong = Image.new("L", (1200, 1200))
    ImageDraw.Draw(prong).rounded_rectangle((150, 562, 860, 632), 34, fill=255)
    metal(still, prong.reduce(4), (600, middle - 150), tone)
