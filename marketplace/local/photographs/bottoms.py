"""Trousers and dresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

from marketplace.local.photographs import cloth
from marketplace.local.photographs.heights import fanned, inflated, total, within
from marketplace.local.photographs.shapes import (
    Point,
    Size,
    band,
    boxed,
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
)

if TYPE_CHECKING:
    import random

LEG = traced(
    "432,226 408,340 380,480 372,760 384,1120 392,1440! 562,1448! 574,1120",
    "590,840 600,690 612,560 612,230!",
)
SIDE_OF_DRESS = traced(
    "506,372 468,404 446,476 452,580 480,690 454,800 404,960 344,1160",
    "286,1376 292,1404 380,1428 470,1414 540,1436",
)


def trousers(still: Still, colour: Colour) -> None:
    """Trousers with a pressed crease, a fly and slanted pockets."""
    inside = traced("440,206 600,196 760,206 750,262 450,262")
    cut(still, curve(inside), darker(colour, 50), puff=(20, -6), shadow=CONTACT)
    for side in (1, -1):
        _leg(still, colour, side)
    still.line(curve(traced("600,262 602,480 596,640 600,690"), closed=False), 3, 42, 2)
    still.line(curve(traced("640,276 640,470 604,560"), closed=False), 1, 34, 1)
    _waistband(still, colour)


def _leg(still: Still, colour: Colour, side: int) -> None:
    points = curve(both(shaken(still.rng, LEG, 2), side))
    cut(still, points, colour, falls(3, 20), folds(12), _twill, shadow=FALLEN, puff=(40, 15))
    crease = curve(both(traced("500,330 476,700 478,1100 478,1440"), side), closed=False)
    still.line([(x + 3, y) for x, y in crease], 4, 20, 3)
    pocket = both([(420, 300), (470, 460)], side)
    still.line(pocket, 2, 46, 1)
    still.line([(x + 4, y) for x, y in pocket], 6, 16, 4)


def _twill(rng: random.Random, size: Size) -> Image.Image:
    return cloth.weave(rng, size, thread=3, quiet=8)


def _waistband(still: Still, colour: Colour) -> None:
    points = curve(traced("428,214! 600,238 772,214! 778,264! 600,290 422,264!"))
    cut(still, points, colour, _twill, folds(5), puff=(9, 8), shadow=Shadow((2, 4), 5, 34))
    for x, y in ((470, 218), (548, 230), (652, 230), (730, 218)):
        loop = [(x - 9, y - 6), (x + 9, y - 6), (x + 9, y + 66), (x - 9, y + 66)]
        cut(still, loop, colour, _twill, puff=(5, 7), shadow=Shadow((3, 3), 4, 46))
    button(still, (606, 262), 12, darker(colour, 60))


def dress(still: Still, colour: Colour) -> None:
    """A slip dress cut on the bias: thin straps and a wide falling skirt."""
    _straps(still, darker(colour, 70), traced("536,186 540,300 528,400"))
    back = traced("480,372 600,392 720,372 700,480 500,480")
    cut(still, curve(back), darker(colour, 50), puff=(20, -5), shadow=CONTACT)
    neck = traced("694,372 660,440 600,484 540,440")
    sides = shaken(still.rng, mirror(SIDE_OF_DRESS, MIDDLE), 3)
    at, size, inside = boxed(curve([*sides, *neck]))
    mask = outline(size, inside)
    height = total(inflated(mask, 40, 15), _skirt(still.rng, size), folds(8)(still.rng, size))
    still.lay(Part(mask, height, at), colour, shadow=FALLEN, gloss=60)
    still.line(curve(traced("482,690 540,704 660,704 718,690"), closed=False), 2, 26, 2)
    edge = curve(traced("506,376 540,444 600,488 660,444 694,376"), closed=False)
    still.line(edge, 2, 34, 1)
    _straps(still, colour, traced("536,186 512,270 504,384"))


def _skirt(rng: random.Random, size: Size) -> Image.Image:
    """Folds that begin at the waist and open towards the hem."""
    below = Image.new("L", size)
    below.paste(255, (0, size[1] * 42 // 100, *size))
    below = below.filter(ImageFilter.GaussianBlur(110))
    hanging = fanned(cloth.drape(rng, size, folds=13, depth=26, fall=1), 60)
    return within(hanging, below)


def _straps(still: Still, colour: Colour, path: list[Point]) -> None:
    for side in (-1, 1):
        at, size, inside = boxed(curve(both(path, side), closed=False))
        mask = band(size, inside, 13)
        still.lay(Part(mask, inflated(mask, 4, 9), at), colour, edge=4, shadow=NEAR)
