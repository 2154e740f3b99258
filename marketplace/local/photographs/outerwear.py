"""Coats and scarves."""

from __future__ import annotations

from PIL import Image, ImageDraw

from marketplace.local.photographs import cloth
from marketplace.local.photographs.heights import inflated, total, weighed
from marketplace.local.photographs.shapes import (
    Size,
    band,
    boxed,
    cornered,
    curve,
    mirror,
    outline,
    shaken,
    traced,
)
from marketplace.local.photographs.studio import CONTACT, Colour, Part, Shadow, Still
from marketplace.local.photographs.tailoring import (
    FALLEN,
    MIDDLE,
    NEAR,
    both,
    button,
    cut,
    darker,
    falls,
    folds,
    limb,
)


def coat(still: Still, colour: Colour) -> None:
    """A long wool coat with notched lapels; belted or buttoned."""
    _lining(still, colour)
    for side, degrees in ((-1, -9), (1, 9)):
        limb(
            still,
            colour,
            both([(340, 720)], side)[0],
            degrees,
            (160, 186, 174, 158, 148, 142),
            850,
            folds(14),
            cloth.felt,
        )
    half = traced("510,176 440,200 372,234 352,300 362,540 372,720 352,1000 318,1400 318,1440!")
    front = traced("640,640 600,690 560,620")
    hem = mirror(half, MIDDLE)
    points = curve([*shaken(still.rng, hem, 3), *front])
    cut(still, points, colour, folds(12), falls(5, 22), cloth.felt, shadow=FALLEN, puff=(46, 14))
    edge = curve(traced("630,660 640,900 648,1150 656,1444"), closed=False)
    still.line([(x + 5, y + 2) for x, y in edge], 7, 34, 5)
    still.line(edge, 2, 55, 1)
    for side in (-1, 1):
        still.line(curve(both(traced("376,236 388,380 366,530"), side), closed=False), 3, 30, 2)
        _pocket(still, colour, side)
        _lapel(still, colour, side)
    if still.rng.random() * 2 < 1:
        _belt_of_coat(still, colour)
    else:
        for y in (720, 850, 980):
            button(still, (604, y), 17, darker(colour, 45))


def _lining(still: Still, colour: Colour) -> None:
    points = curve(traced("504,168 600,148 696,168 712,420 640,730 560,730 488,420"))
    cut(still, points, darker(colour, 48), puff=(40, -6), shadow=CONTACT)


def _pocket(still: Still, colour: Colour, side: int) -> None:
    points = both(traced("392,960 506,984 500,1034 386,1010"), side)
    sharp = curve([point for point in points for _ in (0, 1)])
    cut(still, sharp, colour, cloth.felt, puff=(7, 6), shadow=Shadow((3, 6), 6, 40))


def _lapel(still: Still, colour: Colour, side: int) -> None:
    leaf = traced("524,290 440,346 432,380 590,694 616,700 572,500 534,310")
    sharp = cornered(both(leaf, side))
    cut(still, curve(sharp), colour, cloth.felt, folds(5), puff=(14, 10), shadow=NEAR)
    collar = traced("534,144 508,152 444,244 450,330 468,334 548,296 530,204")
    sharp = cornered(both(collar, side))
    cut(still, curve(sharp), colour, cloth.felt, puff=(16, 11), shadow=NEAR)


def _belt_of_coat(still: Still, colour: Colour) -> None:
    points = curve(traced("346,726! 600,742 856,726! 858,786! 600,804 344,786!"))
    cut(still, points, colour, cloth.felt, folds(8), puff=(12, 11), shadow=NEAR)
    for tail in (
        traced("596,780 640,772 700,1010 652,1024"),
        traced("580,780 622,784 620,1070 572,1066"),
    ):
        cut(still, curve(cornered(tail)), colour, cloth.felt, folds(8), puff=(12, 10))
    knot = curve(traced("566,728 634,722 652,770 630,816 574,812 554,770"))
    cut(still, knot, colour, cloth.felt, folds(14), puff=(16, 14))


def scarf(still: Still, colour: Colour) -> None:
    """A long scarf folded once, its fringe below; plain, striped or checked."""
    pattern = still.rng.choice(("plain", "striped", "checked"))
    for left, right, bottom, top in ((470, 830, 1330, 300), (384, 752, 1180, 268)):
        points = curve(
            [
                (left + 16, top + 30),
                (left + 40, top),
                (right - 40, top - 6),
                (right - 10, top + 26),
                (right, 700),
                (right - 14, bottom),
                (right - 14, bottom),
                (left, bottom + 8),
                (left, bottom + 8),
                (left + 8, 700),
            ]
        )
        _fringe(still, colour, left + 4, right - 16, bottom)
        at, size, inside = boxed(shaken(still.rng, points, 2))
        mask = outline(size, inside)
        height = total(
            inflated(mask, 30, 13),
            cloth.drape(still.rng, size, folds=4, depth=20),
            folds(12)(still.rng, size),
            cloth.weave(still.rng, size, thread=4, quiet=4),
        )
        dyed = _patterned(size, colour, pattern)
        still.lay(Part(mask, height, at), dyed, shadow=FALLEN)


def _patterned(size: Size, colour: Colour, pattern: str) -> Image.Image:
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture, "RGBA")
    dark, pale = (*darker(colour, 45), 190), (246, 238, 222, 150)
    if pattern != "plain":
        for y in range(size[1] - 330, size[1] - 60, 84):
            draw.rectangle((0, y, size[0], y + 26), fill=dark)
            draw.rectangle((0, y + 38, size[0], y + 44), fill=pale)
    if pattern == "checked":
        for y in range(40, size[1] - 340, 150):
            draw.rectangle((0, y, size[0], y + 44), fill=dark)
        for x in range(30, size[0], 120):
            draw.rectangle((x, 0, x + 40, size[1]), fill=(*dark[:3], 120))
            draw.rectangle((x + 66, 0, x + 71, size[1]), fill=pale)
    return picture


def _fringe(still: Still, colour: Colour, left: int, right: int, bottom: int) -> None:
    rng = still.rng
    size = (right - left + 120, 200)
    mask, height = Image.new("L", size), Image.new("L", size)
    for x in range(0, right - left, 13):
        sway = rng.randint(-12, 12)
        path = curve(
            [(60 + x, 20), (60 + x + sway // 3, 70), (60 + x + sway, 120 + rng.randint(0, 16))],
            closed=False,
        )
        thread = band(size, path, 8)
        mask.paste(255, (0, 0), thread)
        height.paste(120 + rng.randint(-40, 40), (0, 0), thread)
    surface = total(inflated(mask, 3, 6), weighed(height, 1))
    still.lay(Part(mask, surface, (left - 60, bottom - 30)), colour, edge=3, shadow=NEAR)
