"""The mark of a brand on its photographs: its text, small, in the lower right corner, seen without being looked at.

The letters are the house's own typeface, in two files of which the second has what the first lacks. Everything is
loaded when a pen is made, for nothing can be loaded once the room is shut.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageStat

FOLDER = Path(__file__).resolve().parents[2] / "web" / "static" / "fonts"
TYPEFACES = ("inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2")
SIZES = (480, 960, 1600)
"""Widths for which letters are held ready; a picture takes those of the next one that is wide enough."""

LETTER_PER_MILLE = 26
LETTER_PIXELS_MIN = 11
MARGIN_PER_MILLE = 28
FOOT_PER_MILLE = 64
ROOM_PER_MILLE = 900
"""Of the picture's width: the height of a letter, the distance from the right and from below (cards show four by five
of a picture that is three by four), the most that a text may take."""

OPACITY = 150
SHADE_OPACITY = 90
"""Of 255. The shade is of the other tone, so that the letters are read on any ground."""

DARK_BELOW = 128
INK, PAPER = 24, 250
NOWHERE = "\uffff"


class Pen:
    """Draws one text on pictures."""

    def __init__(self, text: str) -> None:
        """Load the letters; one that neither file has is left out."""
        self._text = text
        contents = [(FOLDER / name).read_bytes() for name in TYPEFACES]
        self._fonts = {
            width: [ImageFont.truetype(io.BytesIO(each), _letter(width)) for each in contents]
            for width in SIZES
        }
        for width in SIZES:
            self._stencil(width)

    def marked(self, picture: Image.Image) -> Image.Image:
        """A copy of the picture (RGB) with the mark on it."""
        page = picture.copy()
        stencil = self._fitting(picture)
        margin = max(4, picture.width * MARGIN_PER_MILLE // 1000)
        left = max(0, picture.width - margin - stencil.width)
        foot = picture.width * FOOT_PER_MILLE // 1000
        top = max(0, picture.height - foot - stencil.height)
        ground = page.crop((left, top, left + stencil.width, top + stencil.height))
        is_dark = ImageStat.Stat(ground.convert("L")).mean[0] < DARK_BELOW
        tone, shade = (PAPER, INK) if is_dark else (INK, PAPER)
        for value, opacity, away in ((shade, SHADE_OPACITY, 1), (tone, OPACITY, 0)):
            veil = stencil.point([level * opacity // 255 for level in range(256)])
            page.paste((value,) * 3, (left + away, top + away), veil)
        return page

    def _fitting(self, picture: Image.Image) -> Image.Image:
        width = next((each for each in SIZES if each >= picture.width), SIZES[-1])
        stencil = self._stencil(width)
        room = max(1, picture.width * ROOM_PER_MILLE // 1000)
        if stencil.width > room:
            height = max(1, stencil.height * room // stencil.width)
            return stencil.resize((room, height), Image.Resampling.LANCZOS)
        return stencil

    def _stencil(self, width: int) -> Image.Image:
        """The text in white on black, each letter by the first file that has it."""
        fonts = self._fonts[width]
        drawn = [(letter, _having(fonts, letter)) for letter in self._text]
        pieces = [(letter, font) for letter, font in drawn if font is not None]
        height = sum(fonts[0].getmetrics())
        long = sum(int(font.getlength(letter)) + 1 for letter, font in pieces)
        page = Image.new("L", (max(1, long), height))
        pen, at = ImageDraw.Draw(page), 0
        for letter, font in pieces:
            pen.text((at, fonts[0].getmetrics()[0]), letter, fill=255, font=font, anchor="ls")
            at += int(font.getlength(letter)) + 1
        return page


def _letter(width: int) -> int:
    return max(LETTER_PIXELS_MIN, width * LETTER_PER_MILLE // 1000)


def _having(fonts: list[ImageFont.FreeTypeFont], letter: str) -> ImageFont.FreeTypeFont | None:
    """The font that draws ``letter`` otherwise than the sign for what it lacks."""
    if letter == " ":
        return fonts[0]
    lacking = (bytes(font.getmask(NOWHERE)) for font in fonts)
    drawn = (bytes(font.getmask(letter)) for font in fonts)
    found = zip(fonts, drawn, lacking, strict=True)
    return next((font for font, mask, none in found if mask != none), None)
