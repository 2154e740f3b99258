"""Lines and areas in whole numbers: curves through points, and masks with soft edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

Point = tuple[int, int]
Size = tuple[int, int]
PAD = 48


def curve(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> list[Point]:
    """A smooth line through the points (Catmull-Rom), as short straight pieces."""
    count = len(points)
    spans = count if closed else count - 1
    line: list[Point] = []
    for span in range(spans):
        picks = [span - 1, span, span + 1, span + 2]
        if closed:
            four = [points[pick % count] for pick in picks]
        else:
            four = [points[min(max(pick, 0), count - 1)] for pick in picks]
        if four[1] == four[2]:  # a point given twice is a corner
            continue
        line += [_between(four, step, steps) for step in range(steps)]
    return line if closed else [*line, points[-1]]


def _between(four: list[Point], step: int, steps: int) -> Point:
    def along(a: int, b: int, c: int, d: int) -> int:
        t, full = step, steps
        cubic = (3 * b - a - 3 * c + d) * t * t * t
        square = (2 * a - 5 * b + 4 * c - d) * t * t * full
        linear = (c - a) * t * full * full
        return (2 * b * full**3 + linear + square + cubic) // (2 * full**3)

    return (
        along(*(point[0] for point in four)),
        along(*(point[1] for point in four)),
    )


def traced(*rows: str) -> list[Point]:
    """An outline as a tailor notes it: "x,y x,y …", a corner marked by "!"."""
    points: list[Point] = []
    for mark in " ".join(rows).split():
        x, _, y = mark.rstrip("!").partition(",")
        points += [(int(x), int(y))] * (2 if mark.endswith("!") else 1)
    return points


def cornered(points: Sequence[Point]) -> list[Point]:
    """Every point given twice, so that a curve through them has corners."""
    return [point for point in points for _ in range(2)]


def boxed(points: Sequence[Point], pad: int = PAD) -> tuple[Point, Size, list[Point]]:
    """The corner and the size of a box round the points, and the points inside it."""
    left, top = min(x for x, _ in points) - pad, min(y for _, y in points) - pad
    right, bottom = max(x for x, _ in points) + pad, max(y for _, y in points) + pad
    return (left, top), (right - left, bottom - top), [(x - left, y - top) for x, y in points]


def mirror(half: Sequence[Point], middle: int) -> list[Point]:
    """The half outline, from top to bottom, and back up along its mirror image."""
    return [*half, *((2 * middle - x, y) for x, y in reversed(half))]


def shaken(rng: random.Random, points: Sequence[Point], reach: int) -> list[Point]:
    """The points, each moved by up to `reach`: nothing made of cloth is symmetrical."""
    moved = {
        (x, y): (x + rng.randint(-reach, reach), y + rng.randint(-reach, reach)) for x, y in points
    }
    return [moved[point] for point in points]


def outline(size: Size, points: Sequence[Point]) -> Image.Image:
    """A filled shape with soft edges, white on black."""
    large = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(large).polygon([(x * 2, y * 2) for x, y in points], fill=255)
    return large.reduce(2)


def band(size: Size, path: Sequence[Point], width: int) -> Image.Image:
    """A line of the given width along the path, white on black, round at its ends."""
    large = Image.new("L", (size[0] * 2, size[1] * 2))
    draw = ImageDraw.Draw(large)
    doubled = [(x * 2, y * 2) for x, y in path]
    draw.line(doubled, fill=255, width=width * 2, joint="curve")
    for x, y in (doubled[0], doubled[-1]):
        draw.ellipse((x - width, y - width, x + width, y + width), fill=255)
    return large.reduce(2)


def disc(size: Size) -> Image.Image:
    """A filled ellipse touching all four sides."""
    large = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(large).ellipse((0, 0, size[0] * 2 - 1, size[1] * 2 - 1), fill=255)
    return large.reduce(2)
