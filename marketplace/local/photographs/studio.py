"""A photographer's studio: light from the upper left, paper below, things laid on it part by part.

A part is a mask (where it is) and a height (how it bulges, folds and is woven). The slope of the height
turned to the light gives the shade, and the shade picks the tone of the part's colour. Everything
follows from a seed: same seed, same picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageFilter

from marketplace.local.photographs.heights import NEUTRAL, computed
from marketplace.local.photographs.shapes import Point, Size, band, boxed

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

Colour = tuple[int, int, int]
JPEG_QUALITY = 86
BRIGHT = 110  # from here on a printed cloth is lit less than twice
SHADE_OF_PAPER: Colour = (74, 62, 52)


def shade(height: Image.Image, lift: int) -> Image.Image:
    """How much light each point gets, 128 being a level surface; `lift` in thousandths."""
    slope = computed(
        lambda args: (args["e"] - args["w"]) * 2 + (args["s"] - args["n"]) * 3,
        e=ImageChops.offset(height, -1, 0),
        w=ImageChops.offset(height, 1, 0),
        s=ImageChops.offset(height, 0, -1),
        n=ImageChops.offset(height, 0, 1),
    )
    lit = computed(lambda args: args["s"] * lift / 1000 + NEUTRAL, s=slope)
    return lit.convert("L")


def tones(colour: Colour, gloss: int = 45) -> list[int]:
    """For each shade of each channel its tone: deep in the shadow, `gloss` per cent white in the light."""
    table: list[int] = []
    for channel, warmth in zip(colour, (31, 27, 27), strict=True):
        deep = channel * warmth // 100
        light = channel + (255 - channel) * gloss // 100
        for level in range(256):
            if level < NEUTRAL:
                table.append(deep + (channel - deep) * level // NEUTRAL)
            else:
                table.append(channel + (light - channel) * (level - NEUTRAL) // (255 - NEUTRAL))
    return table


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a thing: where it is and how it bulges, and where its box begins on the paper."""

    mask: Image.Image
    height: Image.Image
    at: Point = (0, 0)


def turned(part: Part, degrees: int, centre: Point) -> Part:
    """The part turned about its middle, which comes to lie on `centre`."""
    mask = part.mask.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    height = part.height.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    return Part(mask, height, (centre[0] - mask.width // 2, centre[1] - mask.height // 2))


@dataclass(frozen=True, slots=True)
class Shadow:
    """The shadow a part throws: how far it falls, how soft and how dark (per cent) it is."""

    fall: Point = (10, 14)
    blur: int = 16
    depth: int = 38


CONTACT = Shadow((3, 5), 6, 45)


class Still:
    """The picture being made."""

    def __init__(self, size: Size, paper: Colour, rng: random.Random) -> None:
        self.rng = rng
        self.size = size
        self.origin: Point = (0, 0)
        self.canvas = _backdrop(size, paper)

    def cast(self, mask: Image.Image, at: Point, shadow: Shadow) -> None:
        """Darken what lies below by the shadow of a mask."""
        room = shadow.blur * 3
        wide = Image.new("L", (mask.width + 2 * room, mask.height + 2 * room))
        wide.paste(mask, (room, room))
        depth = shadow.depth
        coarse = max(1, shadow.blur // 4)
        small = wide.reduce(coarse).filter(ImageFilter.GaussianBlur(shadow.blur // coarse))
        fallen = small.point(lambda value: value * depth // 100).resize(wide.size)
        corner = (at[0] - room + shadow.fall[0], at[1] - room + shadow.fall[1])
        self.canvas.paste(SHADE_OF_PAPER, self.placed(corner), fallen)

    def placed(self, point: Point) -> Point:
        """Where a point of the thing lies in the picture."""
        return point[0] + self.origin[0], point[1] + self.origin[1]

    def lay(
        self,
        part: Part,
        colour: Colour | Image.Image,
        *,
        lift: int = 92,
        gloss: int = 45,
        shadow: Shadow | None = CONTACT,
        edge: int = 14,
    ) -> None:
        """Light the part and lay it down. `edge` darkens its rim, where light comes from less far."""
        if shadow:
            self.cast(part.mask, part.at, shadow)
        lit = shade(part.height, lift)
        if edge:
            rim = part.mask.filter(ImageFilter.GaussianBlur(edge)).point(
                lambda value: 255 - (255 - value) * 3 // 5
            )
            lit = ImageChops.multiply(lit, rim)
        self.paint(lit, part.mask, part.at, colour, gloss)

    def paint(
        self,
        lit: Image.Image,
        mask: Image.Image,
        at: Point,
        colour: Colour | Image.Image,
        gloss: int,
    ) -> None:
        """Lay down what is lit already."""
        self.canvas.paste(_dyed(lit, colour, gloss), self.placed(at), mask)

    def line(self, path: Sequence[Point], width: int, depth: int, blur: int = 1) -> None:
        """A seam or a thin shadow drawn on what lies there; `depth` is its darkness in per cent."""
        (at, size, inside) = boxed(path, width + blur * 3 + 4)
        drawn = band(size, inside, width)
        if blur:
            drawn = drawn.filter(ImageFilter.GaussianBlur(blur))
        self.canvas.paste(
            (24, 18, 14), self.placed(at), drawn.point(lambda value: value * depth // 100)
        )

    def developed(self, width: int = 0) -> bytes:
        """The picture as a JPEG, with the fine grain of a photograph; made smaller to `width`."""
        picture = self.canvas
        if width:
            picture = picture.resize(
                (width, self.size[1] * width // self.size[0]), Image.Resampling.LANCZOS
            )
        grain = _grain(self.rng, picture.size)
        picture = ImageChops.add(picture, grain, scale=1, offset=-NEUTRAL)
        file = BytesIO()
        picture.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
        return file.getvalue()


def _grain(rng: random.Random, size: Size) -> Image.Image:
    half = (size[0] // 2, size[1] // 2)
    raw = Image.frombytes("L", half, rng.randbytes(half[0] * half[1]))
    grain = raw.resize(size, Image.Resampling.BICUBIC).point(
        lambda value: NEUTRAL + (value - NEUTRAL) // 40
    )
    return Image.merge("RGB", (grain, grain, grain))


def _dyed(lit: Image.Image, colour: Colour | Image.Image, gloss: int) -> Image.Image:
    """Shade turned into tones; a picture as colour (stripes, checks) is shaded by multiplication."""
    if isinstance(colour, Image.Image):
        light = lit.point(lambda value: min(255, value * 2 - (value - BRIGHT) * (value > BRIGHT)))
        return ImageChops.multiply(colour, Image.merge("RGB", (light, light, light)))
    return Image.merge("RGB", (lit, lit, lit)).point(tones(colour, gloss))


def _backdrop(size: Size, paper: Colour) -> Image.Image:
    """Paper under soft light from the upper left."""
    glow = ImageChops.invert(Image.radial_gradient("L")).resize(
        (size[0] * 2, size[1] * 2), Image.Resampling.BICUBIC
    )
    glow = glow.crop((size[0] * 5 // 8, size[1] * 5 // 8, size[0] * 13 // 8, size[1] * 13 // 8))
    channels = [
        glow.point(lambda value, tone=tone: min(255, tone - 30 + value * 36 // 255))
        for tone in paper
    ]
    return Image.merge("RGB", channels)
