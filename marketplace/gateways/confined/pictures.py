"""The program that looks at photographs: one ZIP file or one picture on standard input, frames on standard output.

A frame is a line of JSON and then as many bytes as its ``widths`` say. The header of a picture is read before
its pixels; its metadata is dropped; what leaves is drawn anew, so nothing hidden in the file survives.
"""

from __future__ import annotations

import encodings.cp437
import hashlib
import io
import json
import re
import sys
import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from PIL import Image, ImageCms, ImageOps

from marketplace.gateways.confined import guard, marks, zips

if TYPE_CHECKING:
    from collections.abc import Callable
    from zipfile import ZipFile, ZipInfo

PICTURE_BYTES_MAX = 15 * 1024 * 1024
PIXELS_MAX = 40_000_000
PIXELS_OF_COSTLY_KINDS_MAX = 16_000_000
"""WebP's and AVIF's decoders hold a picture several times over; more would not fit the room."""

WIDTHS = (480, 960, 1600)
"""Pixels: a card on a telephone, a page on a telephone, a page on a desk. Never enlarged."""

DRAWN_AS: dict[str, dict[str, int]] = {
    "WEBP": {"quality": 82, "method": 4},
    "AVIF": {"quality": 50, "speed": 10},
}
"""Qualities that look alike; AVIF takes 40 % fewer bytes for photographs of garments."""
ZIP_ENTRIES_MAX = 5_000
ZIP_BYTES_MAX = 512 * 1024 * 1024
PICTURE_SECONDS_MAX = 20
PROCESSOR_SECONDS_MAX = 3_600
"""Of processor time: for one picture, and for all of one file."""

NAME_LENGTH_MAX = 200
BAND_ROWS = 128

ENDINGS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".avif": "AVIF",
}
_COSTLY_KINDS = ("WEBP", "AVIF")
_LEFT_OUT = ("thumbs.db", ".ds_store", "desktop.ini")
TALL_TIMES_MAX = 4
"""A picture more than this many times as tall as wide is made smaller than the widest width."""

_INTRUDERS = re.compile(rb"(?i)<script|<\?php|<!doctype|<html[ >]|%PDF-[0-9]")
_ZIP_START, _ZIP_END, _ZIP_END_BYTES = b"PK\x03\x04", b"PK\x05\x06", 65_557
_ORIENTATION = 0x0112
_TURNED_ON_ITS_SIDE = (5, 6, 7, 8)
_CODECS = (encodings.cp437,)
"""Loaded now, for nothing can be loaded once the room is shut."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the parent wants: one picture or a ZIP of them, looked at or drawn anew, with a ``mark`` unless empty.

    ``skip`` entries were done before; ``names``, unless empty, limits the work to these entries.
    """

    single: bool
    draw: bool
    mark: str
    skip: int
    names: tuple[str, ...]


class Refused(Exception):
    """This picture is refused; ``code`` is that of the brand's problem."""

    def __init__(self, code: str, **facts: object) -> None:
        """``facts`` fill the sentence of ``code``."""
        super().__init__(code)
        self.code = code
        self.facts = facts


def main(asked: Asked) -> None:
    """Look at what stands on standard input, shut in."""
    Image.init()
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    pen = marks.Pen(asked.mark) if asked.mark else None
    guard.shut_in(processor_seconds=PROCESSOR_SECONDS_MAX)
    try:
        if asked.single:
            _look(asked.names[0], _all_given, draw=asked.draw, pen=pen)
        else:
            _through_zip(asked, pen)
        _say({"end": True})
    except zips.Refused as no:
        _say({"refused": no.reason, "facts": no.facts})


def _say(line: dict[str, object], *payload: bytes) -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    for content in payload:
        out.write(content)
    out.flush()


def _all_given() -> bytes:
    return sys.stdin.buffer.read(PICTURE_BYTES_MAX + 1)


def _through_zip(asked: Asked, pen: marks.Pen | None) -> None:
    given = cast("io.BufferedReader", sys.stdin.buffer)
    container = zips.opened(given, entries_max=ZIP_ENTRIES_MAX, damaged="not_zip")
    if sum(entry.compress_size for entry in container.infolist()) > ZIP_BYTES_MAX:
        raise zips.Refused("too_large", most="512 MiB")
    entries = [entry for entry in container.infolist() if not _is_left_out(entry)]
    wanted = frozenset(asked.names)
    for place, entry in enumerate(entries):
        if place >= asked.skip and (not wanted or entry.filename in wanted):
            _say({"begun": entry.filename, "place": place})
            content = partial(_content, container, entry)
            _look(entry.filename, content, draw=asked.draw, pen=pen)


def _is_left_out(entry: ZipInfo) -> bool:
    """Folders, and the traces that file managers leave in ZIP files."""
    name = entry.filename.casefold()
    return entry.is_dir() or "__macosx/" in name or name.endswith(_LEFT_OUT)


def _content(container: ZipFile, entry: ZipInfo) -> bytes:
    if len(entry.filename) > NAME_LENGTH_MAX:
        raise Refused("photograph_kind")
    content = bytearray()
    try:
        for piece in zips.inflated(container, entry):
            content += piece
            if len(content) > PICTURE_BYTES_MAX:
                break
    except zips.Refused as no:
        bomb = no.reason == "bomb"
        raise Refused("photograph_disguised" if bomb else "photograph_damaged") from no
    return bytes(content)


def _look(name: str, content: Callable[[], bytes], *, draw: bool, pen: marks.Pen | None) -> None:
    """One picture: what it is and, where wanted, its copies; or why it is refused."""
    guard.allow(PICTURE_SECONDS_MAX)
    try:
        facts, copies = looked_at(name, content(), draw=draw, pen=pen)
    except Refused as no:
        _say({"name": name, "code": no.code, "facts": no.facts})
    except MemoryError:
        _say({"name": name, "code": "photograph_too_costly", "facts": {}})
    else:
        sizes = [[copy.width, copy.height, copy.kind, len(copy.content)] for copy in copies]
        _say({"name": name, **facts, "widths": sizes}, *(copy.content for copy in copies))


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture drawn anew as WebP or AVIF."""

    width: int
    height: int
    kind: str
    content: bytes


def looked_at(
    name: str, content: bytes, *, draw: bool, pen: marks.Pen | None = None
) -> tuple[dict[str, object], list[Copy]]:
    """Facts about a picture, and its copies if ``draw``, marked by ``pen``; raises :class:`Refused`."""
    if len(content) > PICTURE_BYTES_MAX:
        raise Refused("photograph_too_large", most="15 MiB")
    kind = _kind(name, content)
    _search_for_intruders(content)
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            width, height = _upright_size(picture)
            _check_pixels(kind, width * height)
            _check_frames(picture)
            drawn = _upright(picture) if draw else _decoded(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as no:
        raise Refused("photograph_too_large", most="40 megapixels") from no
    except (Refused, MemoryError):
        raise
    except Exception as no:
        raise Refused("photograph_damaged") from no
    digest = hashlib.sha256(content).hexdigest()
    facts: dict[str, object] = {"kind": kind, "width": width, "height": height, "sha256": digest}
    return ({**facts, "paper": _paper(drawn)}, _copies(drawn, pen)) if draw else (facts, [])


def _kind(name: str, content: bytes) -> str:
    """The format by its first bytes, which the name's ending must not contradict."""
    brands = content[8:64] if content[4:8] == b"ftyp" else b""
    found = (
        ("JPEG", content.startswith(b"\xff\xd8\xff")),
        ("PNG", content.startswith(b"\x89PNG\r\n\x1a\n")),
        ("WEBP", content.startswith(b"RIFF") and content[8:12] == b"WEBP"),
        ("AVIF", b"avif" in brands or b"avis" in brands),
    )
    kind = next((each for each, is_so in found if is_so), None)
    ending = name[name.rfind(".") :].casefold()
    if kind is None or ENDINGS.get(ending) != kind:
        raise Refused("photograph_kind")
    return kind


def _search_for_intruders(content: bytes) -> None:
    """A file that is a picture to one program and something else to another is nobody's photograph."""
    hides_zip = _ZIP_END in content[-_ZIP_END_BYTES:] and _ZIP_START in content
    if hides_zip or _INTRUDERS.search(content):
        raise Refused("photograph_disguised")


def _check_pixels(kind: str, pixels: int) -> None:
    if kind in _COSTLY_KINDS and pixels > PIXELS_OF_COSTLY_KINDS_MAX:
        raise Refused("photograph_too_large", most="16 megapixels")


def _check_frames(picture: Image.Image) -> None:
    """One picture a file. Telephones append a second one to a JPEG (MPO); only the first is read."""
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) != 1:
        raise Refused("photograph_frames")


def _upright_size(picture: Image.Image) -> tuple[int, int]:
    width, height = picture.size
    on_its_side = picture.getexif().get(_ORIENTATION) in _TURNED_ON_ITS_SIDE
    return (height, width) if on_its_side else (width, height)


def _decoded(picture: Image.Image) -> Image.Image:
    """Every byte is decoded once, JPEG at an eighth of its size: a damaged picture shows itself."""
    picture.draft("RGB", (1, 1))
    picture.load()
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    """The picture at its largest wanted size: upright, in sRGB, on white, without metadata."""
    side = WIDTHS[-1]
    picture.draft("RGB", (side, side))
    turned = picture.getexif().get(_ORIENTATION)
    on_its_side = turned in _TURNED_ON_ITS_SIDE
    bounds = (side * TALL_TIMES_MAX, side) if on_its_side else (side, side * TALL_TIMES_MAX)
    small = _shrunk(picture)
    small.thumbnail(bounds, Image.Resampling.LANCZOS, reducing_gap=None)
    small.getexif()[_ORIENTATION] = turned or 1
    return ImageOps.exif_transpose(small)


def _shrunk(picture: Image.Image) -> Image.Image:
    """The picture in sRGB on white, a whole number of times smaller but no smaller than wanted.

    Band by band, so that a large picture is in memory only once.
    """
    times = max(1, min(picture.size) // WIDTHS[-1])
    width, height = (side // times for side in picture.size)
    page = Image.new("RGB", (width, height))
    step = BAND_ROWS * times
    for top in range(0, height * times, step):
        band = picture.crop((0, top, width * times, min(top + step, height * times)))
        plain = _on_white(_in_srgb(band, picture.info.get("icc_profile")))
        page.paste(plain.reduce(times) if times > 1 else plain, (0, top // times))
    return page


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or picture.mode not in {"RGB", "CMYK"}:
        return picture
    try:
        stated = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        ours = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(picture, stated, ours, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return turned or picture


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    see_through = picture.convert("RGBA")
    page = Image.new("RGB", picture.size, "white")
    page.paste(see_through, mask=see_through.getchannel("A"))
    return page


def _paper(picture: Image.Image) -> str:
    """The mean colour, shown while the photograph loads."""
    mean = picture.resize((1, 1), Image.Resampling.BOX).tobytes()
    return f"#{mean.hex().upper()}"


def _copies(picture: Image.Image, pen: marks.Pen | None) -> list[Copy]:
    """The picture in each width, the widest in its own where it is smaller: never enlarged.

    As WebP, which every browser reads, and as AVIF where that takes fewer bytes.
    """
    copies = []
    for width in dict.fromkeys(min(width, picture.width) for width in WIDTHS):
        height = max(1, (picture.height * width + picture.width // 2) // picture.width)
        small = picture.resize((width, height), Image.Resampling.LANCZOS)
        small = pen.marked(small) if pen else small
        plain, dense = (_copy(small, kind) for kind in DRAWN_AS)
        copies += [plain, dense] if len(dense.content) < len(plain.content) else [plain]
    return copies


def _copy(small: Image.Image, kind: str) -> Copy:
    out = io.BytesIO()
    small.save(out, kind, **DRAWN_AS[kind])
    return Copy(*small.size, kind, out.getvalue())


if __name__ == "__main__":
    single, draw, mark, skip, *names = sys.argv[1:]
    main(Asked(single == "one", draw == "draw", mark, int(skip), tuple(names)))
