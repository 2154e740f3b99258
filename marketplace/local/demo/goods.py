"""What the demo's brands send: invented houses, invented goods, in a file as a brand would write it."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.local import photographs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

GTIN_PREFIX = "376099900"
"""Digits of a company prefix that no company has; enough for a demo of less than a thousand variants."""

CLOTHES = ("XS", "S", "M", "L", "XL")
FRENCH = ("36", "38", "40", "42")
SHOES = ("39", "40", "41", "42", "43")
ONE = ("TU",)

INK, CHALK, RUST, MOSS, SAND, SMOKE, WINE, NIGHT, CAMEL, SKY = (
    (46, 56, 78),
    (222, 214, 200),
    (150, 82, 54),
    (96, 104, 76),
    (196, 178, 148),
    (112, 114, 118),
    (104, 44, 50),
    (34, 36, 44),
    (172, 130, 90),
    (134, 156, 176),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One style: how it is drawn, what is said of it, its colours and sizes, and its prices in whole euros."""

    code: str
    kind: str
    name: str
    said: str
    composition: str
    origin: str
    cn_code: str
    colours: tuple[tuple[str, tuple[int, int, int]], ...]
    sizes: tuple[str, ...]
    public: int
    target: int
    floor: int
    units: int


@dataclass(frozen=True, slots=True)
class House:
    """A brand of the demo, its people, its collection and what it asks of the house."""

    name: str
    legal_name: str
    address: str
    email: str
    person: str
    story: str
    collection: str
    problem: str
    never: str
    cost_total: int
    pieces: tuple[Piece, ...]


VERRIER = House(
    name="Maison Verrier",
    legal_name="Maison Verrier SAS",
    address="14 quai des Chartrons, 33000 Bordeaux",
    email="atelier@verrier.example",
    person="Hélène Verrier",
    story="Knitwear from one workshop on the Garonne, since 1931.",
    collection="Winter 2025",
    problem="Two hundred pieces too many after a mild winter, and shelves needed for spring in six weeks.",
    never="Our name in no subject line and on no billboard.",
    cost_total=9_800,
    pieces=(
        Piece(
            "MV-101",
            "sweater",
            "Garonne crew neck",
            "A crew neck in extra-fine merino, knitted in one piece, without a side seam.",
            "100 % laine mérinos",
            "FR",
            "61101130",
            (("Encre", INK), ("Rouille", RUST)),
            CLOTHES,
            190,
            89,
            70,
            3,
        ),
        Piece(
            "MV-114",
            "sweater",
            "Estuaire roll neck",
            "A roll neck in lambswool and cashmere, brushed by hand.",
            "90 % laine d'agneau, 10 % cachemire",
            "FR",
            "61101210",
            (("Craie", CHALK),),
            CLOTHES,
            240,
            115,
            90,
            3,
        ),
        Piece(
            "MV-120",
            "scarf",
            "Brume scarf",
            "Two metres of brushed alpaca with a hand-rolled edge.",
            "100 % alpaga",
            "PE",
            "61171000",
            (("Fumée", SMOKE), ("Vin", WINE)),
            ONE,
            110,
            49,
            40,
            8,
        ),
        Piece(
            "MV-133",
            "coat",
            "Pavé coat",
            "A straight coat in boiled wool, unlined, with horn buttons.",
            "80 % laine, 20 % polyamide",
            "PT",
            "62022000",
            (("Camel", CAMEL),),
            FRENCH,
            480,
            229,
            190,
            2,
        ),
    ),
)

SOREL = House(
    name="Atelier Sorel",
    legal_name="Sorel Maroquinerie SARL",
    address="7 rue du Château, 87000 Limoges",
    email="bonjour@sorel.example",
    person="Antoine Sorel",
    story="Vegetable-tanned leather, cut and sewn by nine people in Limoges.",
    collection="Archive 2024",
    problem="Colours that we no longer make, and a workshop that needs the room.",
    never="Never more than one sale in six months, never beside a competitor's.",
    cost_total=7_400,
    pieces=(
        Piece(
            "AS-01",
            "bag",
            "Vienne day bag",
            "A day bag in full-grain calf that stands by itself, with one inner pocket.",
            "100 % cuir de vachette",
            "FR",
            "42022100",
            (("Cognac", RUST), ("Nuit", NIGHT)),
            ONE,
            420,
            199,
            160,
            6,
        ),
        Piece(
            "AS-07",
            "belt",
            "Taurion belt",
            "Thirty millimetres of bridle leather with a solid brass buckle.",
            "100 % cuir de vachette",
            "FR",
            "42033000",
            (("Cognac", RUST),),
            ONE,
            95,
            42,
            34,
            12,
        ),
        Piece(
            "AS-12",
            "boot",
            "Briance boot",
            "An ankle boot, Goodyear-welted, that can be resoled twice.",
            "Dessus : 100 % cuir ; doublure : 100 % cuir",
            "FR",
            "64035195",
            (("Nuit", NIGHT),),
            SHOES,
            340,
            165,
            135,
            2,
        ),
    ),
)

RIVAGE = House(
    name="Rivage",
    legal_name="Rivage Textile SAS",
    address="22 rue de la Criée, 29900 Concarneau",
    email="equipe@rivage.example",
    person="Maëlle Le Goff",
    story="Linen and cotton for the house and for those who live in it.",
    collection="Summer 2026",
    problem="A cancelled order of a department store: four hundred pieces, complete in sizes.",
    never="No units beyond what we commit, and nothing in Brittany's own shops' postcodes.",
    cost_total=11_200,
    pieces=(
        Piece(
            "RV-210",
            "shirt",
            "Étale shirt",
            "A shirt in washed linen with a narrow collar.",
            "100 % lin",
            "PT",
            "62059010",
            (("Ciel", SKY), ("Craie", CHALK)),
            CLOTHES,
            130,
            59,
            48,
            5,
        ),
        Piece(
            "RV-224",
            "dress",
            "Jusant dress",
            "A midi dress in linen and cotton, with pockets.",
            "70 % lin, 30 % coton",
            "PT",
            "62044200",
            (("Mousse", MOSS),),
            FRENCH,
            210,
            98,
            80,
            4,
        ),
        Piece(
            "RV-231",
            "trousers",
            "Jetée trousers",
            "Straight trousers in cotton drill, cut high.",
            "100 % coton",
            "PT",
            "62034231",
            (("Sable", SAND),),
            CLOTHES,
            140,
            64,
            52,
            4,
        ),
    ),
)

HOUSES = (VERRIER, SOREL, RIVAGE)

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
