"""Photographs are looked at in a shut room, drawn anew, and refused one by one."""

from __future__ import annotations

import io
import os
import struct
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from marketplace.domain.brands.guard_rails import WATERMARK_LETTERS
from marketplace.domain.imports.codes import KINDS
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.gateways import images
from marketplace.gateways.confined import marks, pictures

SAMPLES = Path(__file__).resolve().parents[1] / "data"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (900, 1200), ink: str = "#A4502F", **how
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, ink).save(out, kind, **how)
    return out.getvalue()


def packed(folder: Path, entries: dict[str, bytes], name: str = "photographs.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for entry, content in entries.items():
            container.writestr(entry, content)
    return path


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def animated(kind: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), ink) for ink in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def only(path: Path, *, drawn: bool = False):
    look = images.drawn if drawn else images.inspected
    (found,) = look(path, name=path.name)
    return found


def test_a_photograph_is_drawn_anew_in_three_widths(tmp_path):
    path = packed(tmp_path, {"m/a.jpg": picture(size=(2000, 2500))})

    found = only(path, drawn=True)

    assert (found.name, found.kind, found.width, found.height) == ("m/a.jpg", "JPEG", 2000, 2500)
    assert sizes(found) == [(480, 600), (960, 1200), (1600, 2000)]
    assert found.paper == "#A4502E"
    for copy in found.copies:
        with Image.open(io.BytesIO(copy.content)) as back:
            assert (back.format, back.size) == (copy.kind, (copy.width, copy.height))


def test_a_copy_that_takes_fewer_bytes_as_avif_is_kept_beside_the_one_that_all_can_read(tmp_path):
    noise = Image.effect_noise((500, 400), 60).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    found = only(packed(tmp_path, {"a.jpg": out.getvalue()}), drawn=True)
    kept = {copy.name: len(copy.content) for copy in found.copies}

    assert set(kept) == {"480", "480.avif", "500", "500.avif"}
    assert kept["480.avif"] < kept["480"]
    assert kept["500.avif"] < kept["500"]


def sizes(found) -> list[tuple[int, int]]:
    """Of the copies that every browser reads."""
    return [(copy.width, copy.height) for copy in found.copies if copy.kind == "WEBP"]


def test_a_small_photograph_is_never_enlarged(tmp_path):
    found = only(packed(tmp_path, {"a.png": picture("PNG", (700, 500))}), drawn=True)

    assert sizes(found) == [(480, 343), (700, 500)]


@pytest.mark.parametrize(
    ("kind", "ending"), [("JPEG", "jpeg"), ("PNG", "PNG"), ("WEBP", "webp"), ("AVIF", "avif")]
)
def test_the_four_kinds_are_read(tmp_path, kind, ending):
    found = only(packed(tmp_path, {f"a.{ending}": picture(kind, (64, 64))}))

    assert (found.kind, found.code) == (kind, None)


def test_a_photograph_stands_upright_and_keeps_no_metadata(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[1] = "N"
    turned = Image.new("RGB", (1000, 500), "#5E6B4A")
    out = io.BytesIO()
    turned.save(out, "JPEG", exif=exif)

    found = only(packed(tmp_path, {"a.jpg": out.getvalue()}), drawn=True)

    assert (found.width, found.height) == (500, 1000)
    assert sizes(found) == [(480, 960), (500, 1000)]
    with Image.open(io.BytesIO(found.copies[0].content)) as back:
        assert not back.getexif()
    assert b"camera" not in found.copies[0].content


def test_a_transparent_picture_lies_on_white(tmp_path):
    out = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")

    assert only(packed(tmp_path, {"a.png": out.getvalue()}), drawn=True).paper == "#FFFFFF"


def test_grey_palette_and_print_colours_are_drawn(tmp_path):
    entries = {}
    for mode, kind, ending in (
        ("L", "JPEG", "jpg"),
        ("P", "PNG", "png"),
        ("CMYK", "JPEG", "jpg"),
        ("1", "PNG", "png"),
    ):
        out = io.BytesIO()
        Image.new(mode, (60, 60)).save(out, kind)
        entries[f"{mode}.{ending}"] = out.getvalue()

    found = list(images.drawn(packed(tmp_path, entries), name="z.zip"))

    assert [each.code for each in found] == [None] * 4


REFUSED = {
    "photograph_kind": {
        "vector.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "a.gif": b"GIF89a",
        "a.tiff": b"II*\x00",
        "renamed.png": picture("JPEG", (40, 40)),
        "renamed.jpg": picture("PNG", (40, 40)),
        "text.jpg": b"hello",
        "none": picture("JPEG", (40, 40)),
    },
    "photograph_damaged": {
        "half.jpg": picture("JPEG", (400, 400), quality=95)[:-400],
        "broken.png": b"\x89PNG\r\n\x1a\n" + b"x" * 100,
    },
    "photograph_too_large": {
        "bomb.png": png_that_claims(50_000, 50_000),
        "wide.png": png_that_claims(40_000_001, 1),
        "large.webp": picture("WEBP", (4_500, 4_000), method=0, quality=1),
        "heavy.jpg": picture("JPEG", (40, 40)) + os.urandom(15 * 1024 * 1024),
    },
    "photograph_frames": {"moving.webp": animated("WEBP"), "moving.png": animated("PNG")},
    "photograph_disguised": {
        "zip.jpg": picture("JPEG", (40, 40)) + b"PK\x03\x04 hidden PK\x05\x06" + bytes(18),
        "script.jpg": picture("JPEG", (40, 40)) + b"<script>alert(1)</script>",
        "php.png": picture("PNG", (40, 40)) + b"<?php system($_GET[0]);",
        "page.png": picture("PNG", (40, 40)) + b"<html ><body>",
    },
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_picture_that_is_none_is_refused_and_the_others_are_kept(tmp_path, code):
    sound = picture("JPEG", (50, 50))
    path = packed(tmp_path, {"first.jpg": sound, **REFUSED[code], "last.jpg": sound})
    begun = time.monotonic()

    found = {each.name: each.code for each in images.inspected(path, name=path.name)}

    assert found == {"first.jpg": None, **dict.fromkeys(REFUSED[code], code), "last.jpg": None}
    assert time.monotonic() - begun < 10


def test_an_entry_that_swells_is_refused(tmp_path):
    path = packed(tmp_path, {"a.jpg": bytes(14_000_000), "b.jpg": picture("JPEG", (50, 50))})

    found = [each.code for each in images.inspected(path, name=path.name)]

    assert found == ["photograph_disguised", None]


def test_a_picture_that_ends_the_child_is_refused_and_the_work_goes_on(tmp_path, monkeypatch):
    murderous = tmp_path / "murderous.py"
    murderous.write_text(
        "import os, sys\n"
        "from marketplace.gateways.confined import pictures\n"
        "real = pictures.looked_at\n"
        "def looked_at(name, content, *, draw, pen):\n"
        "    if name.startswith('fatal'): os.abort()\n"
        "    return real(name, content, draw=draw, pen=pen)\n"
        "pictures.looked_at = looked_at\n"
        "single, draw, mark, skip, *names = sys.argv[1:]\n"
        "asked = pictures.Asked(single == 'one', draw == 'draw', mark, int(skip), tuple(names))\n"
        "pictures.main(asked)\n"
    )
    monkeypatch.setattr(
        images.starting,
        "command",
        lambda _program, arguments: [sys.executable, str(murderous), *arguments],
    )
    small = picture("JPEG", (50, 50))
    path = packed(
        tmp_path, {"a.jpg": small, "fatal.jpg": small, "b.jpg": small, "fatal-too.jpg": small}
    )

    found = {each.name: each.code for each in images.inspected(path, name=path.name)}

    assert found == {
        "a.jpg": None,
        "fatal.jpg": "photograph_too_costly",
        "b.jpg": None,
        "fatal-too.jpg": "photograph_too_costly",
    }


def test_only_the_photographs_asked_for_are_drawn(tmp_path):
    path = packed(tmp_path, {f"{n}.jpg": picture("JPEG", (50, 50)) for n in range(4)})

    found = [each.name for each in images.drawn(path, name=path.name, names=("2.jpg", "0.jpg"))]

    assert found == ["0.jpg", "2.jpg"]


def test_traces_of_file_managers_are_left_out(tmp_path):
    small = picture("JPEG", (50, 50))
    path = packed(
        tmp_path,
        {"__MACOSX/._a.jpg": b"x", ".DS_Store": b"x", "m/Thumbs.db": b"x", "m/a.jpg": small},
    )

    assert only(path).name == "m/a.jpg"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "not_zip"), (b"hello", "not_zip"), (b"PK\x03\x04 hello", "not_zip")],
)
def test_what_is_no_zip_file_is_refused(tmp_path, content, reason):
    path = tmp_path / "photographs.zip"
    path.write_bytes(content)

    with pytest.raises(FileUnreadable) as no:
        list(images.inspected(path, name=path.name))

    assert no.value.reason == reason


def test_too_many_entries_are_refused_before_they_are_listed(tmp_path):
    path = packed(tmp_path, {f"{n}.jpg": b"" for n in range(pictures.ZIP_ENTRIES_MAX + 1)})

    with pytest.raises(FileUnreadable) as no:
        list(images.inspected(path, name=path.name))

    assert no.value.reason == "parts"


def test_a_zip_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileUnreadable) as no:
        list(images.inspected(tmp_path / "gone.zip", name="gone.zip"))

    assert no.value.sentence() == "gone.zip cannot be opened."


def test_one_picture_alone_is_drawn(tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(picture("JPEG", (500, 400)))

    assert sizes(images.drawn_single(path, name="teaser.jpg")) == [(480, 384), (500, 400)]
    assert images.drawn_single(path, name="teaser.png").code == "photograph_kind"


def test_whoever_stops_listening_leaves_no_child(tmp_path):
    path = packed(tmp_path, {f"{n}.jpg": picture("JPEG", (50, 50)) for n in range(20)})
    found = images.inspected(path, name=path.name)

    next(found)
    found.close()

    assert list(found) == []


def test_our_own_photographs_are_sound():
    path = SAMPLES / "magento-tops-images.zip"

    found = list(images.inspected(path, name=path.name))

    assert len(found) == 36
    assert {(each.code, each.kind, each.width) for each in found} == {(None, "JPEG", 400)}


def test_real_photographs_are_sound(shared_data):
    path = shared_data / "magento-mens-hoodies-images.zip"

    found = list(images.inspected(path, name=path.name))

    assert len(found) == 60
    assert {each.code for each in found} == {None}


def test_every_refusal_of_the_room_has_its_sentence():
    named = {
        part.split('"')[0] for part in Path(pictures.__file__).read_text().split('"photograph_')[1:]
    }

    assert {f"photograph_{name}" for name in named} <= set(KINDS)


def test_a_mark_is_on_every_copy_in_the_lower_right_corner_and_nowhere_else(tmp_path):
    path = packed(tmp_path, {"7.jpg": picture(size=(1700, 2000))})

    (found,) = images.marked(path, name=path.name, mark="Maison \u0141\u00f3d\u017a")

    assert {(copy.width, copy.kind) for copy in found.copies} >= {
        (width, "WEBP") for width in (480, 960, 1600)
    }
    for copy in found.copies:
        with Image.open(io.BytesIO(copy.content)) as back:
            plain, width, height = back.convert("L"), *back.size
        corner = plain.crop((width // 2, height * 9 // 10, width, height))
        rest = plain.crop((0, 0, width, height * 9 // 10))
        assert spread(corner) > 40
        assert spread(rest) < 24


def spread(picture_of_one_colour):
    low, high = picture_of_one_colour.getextrema()
    return high - low


def test_every_letter_that_a_watermark_may_have_can_be_drawn():
    letters = [chr(each) for each in range(0x3000) if WATERMARK_LETTERS.fullmatch(chr(each))]

    pen = marks.Pen("".join(letters))

    fonts = pen._fonts[480]
    assert [each for each in letters if marks._having(fonts, each) is None] == []
    assert len(letters) > 300


@pytest.mark.parametrize("size", [(60, 80), (480, 20), (1, 1)])
def test_a_mark_fits_on_the_smallest_picture(size):
    pen = marks.Pen("W" * 40)

    drawn = pen.marked(Image.new("RGB", size, "#102030"))

    assert drawn.size == size
