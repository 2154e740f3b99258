"""What the demo's brands send: a file as a brand would write it, and its photographs."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING

from marketplace.local import photographs
from marketplace.local.demo.houses import FRENCH, SHOES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from marketplace.local.demo.houses import House, Piece

GTIN_PREFIX = "376099900"
"""Digits of a company prefix that no company has; enough for a demo of less than a thousand variants."""

HEADER = (
    "Code article",
    "Libellé",
    "Description",
    "Couleur",
    "Taille",
    "Système taille",
    "EAN",
    "Composition",
    "Pays",
    "Nomenclature",
    "Fabricant",
    "Prix public",
    "Prix plancher",
    "Prix cible",
    "Qté",
    "État",
    "Image 1",
)


def write(of: House, folder: Path, *, first_number: int) -> tuple[Path, Path]:
    """The brand's file and its ZIP of photographs in ``folder``, as the brand would upload them."""
    sheet = folder / "collection.csv"
    sheet.write_text(_sheet(of, first_number), encoding="cp1252")
    images = folder / "photographs.zip"
    with zipfile.ZipFile(images, "w", zipfile.ZIP_STORED) as archive:
        for piece in of.pieces:
            for place, (_, colour) in enumerate(piece.colours):
                drawn = photographs.draw(piece.kind, colour, first_number + place)
                archive.writestr(_photograph(piece, place), drawn)
    return sheet, images


def _sheet(of: House, first_number: int) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    numbers = iter(range(first_number, first_number + 1_000))
    for piece in of.pieces:
        writer.writerows(_rows(of, piece, numbers))
    return text.getvalue()


def _rows(of: House, piece: Piece, numbers: Iterator[int]) -> Iterator[Sequence[str]]:
    system = "FR" if piece.sizes is FRENCH else "EU" if piece.sizes is SHOES else "INT"
    for place, (colour, _) in enumerate(piece.colours):
        for size in piece.sizes:
            yield (
                piece.code,
                piece.name,
                piece.said,
                colour,
                size,
                system,
                _gtin(next(numbers)),
                piece.composition,
                piece.origin,
                piece.cn_code,
                f"{of.legal_name}, {of.address}, {of.email}",
                f"{piece.public},00",
                f"{piece.floor},00",
                f"{piece.target},00",
                str(piece.units),
                "Neuf avec étiquette",
                _photograph(piece, place),
            )


def _photograph(piece: Piece, place: int) -> str:
    return f"{piece.code}-{place + 1}.jpg"


def _gtin(number: int) -> str:
    """An EAN-13 with its check digit (GS1 General Specifications, 7.9)."""
    digits = f"{GTIN_PREFIX}{number:03d}"
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"
