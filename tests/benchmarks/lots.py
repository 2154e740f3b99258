"""A list of fifty thousand rows on its way to the preview, in a worker's process of its own.

The limit is the reading of the cells alone, without understanding them, from the same run.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from marketplace import bootstrap, config
from marketplace.domain.doors import Door
from marketplace.queries import import_desk
from marketplace.services import imports
from marketplace.toolbox import Toolbox, Upload
from tests import factories
from tests.benchmarks.stand import Stand

ROWS = 50_000
SIZES = ("34", "36", "38", "40", "42", "44", "46", "48", "50", "52")
COLOURS = ("Noir", "Écru", "Bleu nuit", "Rouge", "Ocre")
SECONDS_MAX = 60
MIB_MAX = 256
POOL_SIZE = 2
HEADER = (
    "Réf;Désignation;Description;Couleur;Taille;Système taille;EAN;Composition;Pays;Nomenclature;"
    "PVC TTC;Prix plancher;Prix cible;Qté;Poids (g);État"
)


@dataclass(frozen=True)
class Lot:
    """How long the list took to its preview, how much memory its worker held, and how long the cells alone took."""

    seconds: float
    mib: float
    cells_seconds: float
    accepted: int


def measured(stand: Stand) -> Lot:
    """Send the list to a new brand's collection and have it judged."""
    path = stand.folder / "lot.csv"
    path.write_text(written(), encoding="cp1252")
    with stand.session() as session:
        of = factories.brand(session)
        speaker = factories.brand_user(session, of=of)
        offered = factories.collection(session, of=of)
    child = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.benchmarks.lots",
            path,
            str(of.id),
            str(offered.id),
            str(speaker.account_id),
        ],
        env=stand.surroundings.of(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return Lot(**json.loads(child.stdout))


def written() -> str:
    """The list: a thousand styles in five colours and ten sizes, each row with its own barcode."""
    lines = [HEADER]
    for number, (style, colour, size) in enumerate(product(range(ROWS // 50), COLOURS, SIZES)):
        price = style % 900 + 100
        units = number % 40
        lines.append(
            f"AB-{style:04d};Pièce {style};Une pièce de la saison passée, coupée droite.;{colour};{size};FR;"
            f"{_ean(number)};80 % laine, 20 % soie;PT;62044200;1.{price},00;40,50;69,90;{units};310;Neuf"
        )
    return "\r\n".join(lines)


def _ean(number: int) -> str:
    digits = f"370123{number:06d}"
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"


def main(path: Path, brand_id: int, collection_id: int, account_id: int) -> None:
    """Be the worker."""
    worker = bootstrap.toolbox(
        config.from_environment(os.environ), pool_size=POOL_SIZE, process="bench"
    )
    brand = worker.at_door(Door.BRAND, account_id=account_id, brand_id=brand_id)
    cells_seconds = _cells(worker, path)
    number = imports.upload(brand, collection_id=collection_id, sheet=Upload(path.name, path))
    began = time.monotonic()
    imports.read(worker, import_id=number)
    imports.confirm_mapping(brand, import_id=number, columns={})
    imports.judge(worker, import_id=number)
    seconds = time.monotonic() - began
    counts = import_desk.desk(brand, import_id=number).counts
    told = Lot(
        seconds=round(seconds, 2),
        mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        cells_seconds=round(cells_seconds, 2),
        accepted=counts["new"],
    )
    assert told.accepted == ROWS, counts
    print(json.dumps(told.__dict__))


def _cells(worker: Toolbox, path: Path) -> float:
    began = time.monotonic()
    with worker.spreadsheets.opened(path, name=path.name) as sheet:
        assert sum(1 for _ in sheet.rows) == ROWS + 1
    return time.monotonic() - began


if __name__ == "__main__":
    file, *ids = sys.argv[1:]
    main(Path(file), *map(int, ids))
