"""Sweaters and shirts, laid out flat with their arms at their sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.local.photographs import cloth
from marketplace.local.photographs.heights import inflated, total
from marketplace.local.photographs.shapes import (
    Point,
    Size,
    band,
    boxed,
    cornered,
    curve,
    mirror,
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

if TYPE_CHECKING:
    import random

    from PIL import Image

DARK = 240  # the sum of a colour's channels up to which a shirt gets dark buttons


def sweater(still: Still, colour: Colour) -> None:
    """A jumper with a round ribbed neck, arms at its sides."""
    gauge = still.rng.choice((12, 16, 20))

    def stitches(rng: random.Random, size: Size) -> Image.Image:
        return cloth.knit(rng, size, gauge=gauge, depth=40 + gauge)

    _back_of_neck(still, colour, 486, 336, 92)
    for side, degrees in ((-1, -16), (1, 16)):
        limb(
            still,
            colour,
            both([(282, 820)], side)[0],
            degrees,
            (176, 204, 190, 166, 144, 124),
            780,
            folds(13),
            stitches,
        )
        _cuff(still, colour, both([(157, 1238)], side)[0], degrees)
    half = traced("500,336 420,362 332,402 306,470 318,640 316,860 322,1110!")
    neck = traced("672,420 600,446 528,420")
    points = curve([*shaken(still.rng, mirror(half, MIDDLE), 2), *neck])
    cut(still, points, colour, folds(17), falls(3, 13), stitches, shadow=FALLEN, puff=(48, 15))
    for side in (-1, 1):
        still.line(curve(both(traced("338,404 352,500 330,640"), side), closed=False), 3, 26, 3)
    _welt(still, colour, (326, 874), 1096, 1196)
    _neck_band(still, colour)


def _back_of_neck(still: Still, colour: Colour, left: int, top: int, drop: int) -> None:
    right = 2 * MIDDLE - left
    points = curve(
        [
            (left, top),
            (MIDDLE, top - 16),
            (right, top),
            (right - 30, top + drop),
            (left + 30, top + drop),
        ]
    )
    cut(still, points, darker(colour, 55), _fine_rib, puff=(26, -8), shadow=CONTACT)


def _fine_rib(rng: random.Random, size: Size) -> Image.Image:
    return cloth.rib(rng, size, gauge=13, depth=70)


def _cuff(still: Still, colour: Colour, centre: Point, degrees: int) -> None:
    limb(still, colour, centre, degrees, (116, 122, 116), 92, cloth.rib, puff=(16, 9))


def _welt(still: Still, colour: Colour, sides: Point, top: int, bottom: int) -> None:
    left, right = sides
    points = curve(
        [
            (left, top),
            (left, top),
            (MIDDLE, top + 8),
            (right, top),
            (right, top),
            (right - 12, bottom),
            (right - 12, bottom),
            (MIDDLE, bottom + 10),
            (left + 12, bottom),
            (left + 12, bottom),
        ]
    )
    cut(still, points, colour, cloth.rib, folds(7), puff=(18, 9), shadow=Shadow((2, 6), 8, 34))


def _neck_band(still: Still, colour: Colour) -> None:
    path = curve(
        traced("494,340 508,392 548,434 600,448 652,434 692,392 706,340"),
        closed=False,
    )
    at, size, inside = boxed(path, 70)
    mask = band(size, inside, 38)
    still.lay(Part(mask, total(inflated(mask, 11, 8), _fine_rib(still.rng, size)), at), colour)


def shirt(still: Still, colour: Colour) -> None:
    """A buttoned shirt with a pointed collar and a rounded tail."""
    back = curve(traced("498,300 600,276 702,300 680,400 600,440 520,400"))
    cut(still, back, darker(colour, 78), _poplin, puff=(24, -6), shadow=CONTACT)
    for side, degrees in ((-1, -16), (1, 16)):
        limb(
            still,
            colour,
            both([(280, 790)], side)[0],
            degrees,
            (176, 204, 186, 162, 144, 132),
            790,
            folds(17),
            falls(1, 7),
            _poplin,
            puff=(30, 13),
        )
        limb(
            still,
            colour,
            both([(154, 1216)], side)[0],
            degrees,
            (132, 136, 134),
            96,
            folds(6),
            _poplin,
            puff=(10, 9),
        )
    half = traced(
        "516,306 420,330 330,366 302,440 324,640 328,900 316,1130 330,1196 420,1262 520,1296"
    )
    points = curve(
        [*shaken(still.rng, mirror(half, MIDDLE), 3), (640, 404), (600, 420), (560, 404)]
    )
    cut(still, points, colour, folds(17), falls(4, 14), _poplin, shadow=FALLEN, puff=(42, 12))
    for side in (-1, 1):
        still.line(curve(both(traced("336,370 352,480 334,640"), side), closed=False), 2, 24, 1)
    _placket(still, colour)
    if still.rng.random() * 2 < 1:
        _chest_pocket(still, colour)
    for side in (-1, 1):
        _collar_leaf(still, colour, side)
    _buttons(still, colour)


def _poplin(rng: random.Random, size: Size) -> Image.Image:
    return cloth.weave(rng, size, thread=3, quiet=16)


def _placket(still: Still, colour: Colour) -> None:
    points = traced("576,410 624,410 624,1290 576,1290")
    cut(still, points, colour, folds(11), _poplin, puff=(6, 5), shadow=Shadow((2, 2), 4, 22))
    for x in (583, 617):
        still.line([(x, 420), (x, 1284)], 1, 20, 1)


def _chest_pocket(still: Still, colour: Colour) -> None:
    points = traced("690,560 806,556 808,680 750,706 694,684")
    cut(still, points, colour, folds(10), _poplin, puff=(6, 4), shadow=Shadow((2, 3), 4, 22))
    still.line([(692, 580), (806, 576)], 1, 24, 1)


def _collar_leaf(still: Still, colour: Colour, side: int) -> None:
    stand = traced("512,300 498,330 590,424 604,410 530,320")
    sharp = cornered(both(stand, side))
    cut(still, curve(sharp), darker(colour, 94), _poplin, puff=(8, 6), shadow=CONTACT)
    leaf = traced("520,268 486,300 452,452 466,458 598,408 560,350 528,290")
    sharp = cornered(both(leaf, side))
    cut(still, curve(sharp), colour, _poplin, puff=(12, 8), shadow=NEAR)
    inner = traced("494,312 466,440 584,398")
    still.line(both(inner, side), 1, 18, 1)


def _buttons(still: Still, colour: Colour) -> None:
    pale: Colour = (238, 232, 222) if sum(colour) > DARK else (70, 66, 64)
    for y in (430, 540, 660, 780, 900, 1020, 1140):
        button(still, (600, y), 10, pale)
