"""What journeys that look at how a thing is done make short: a list of two styles, a brand's yes."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path

from marketplace.domain.doors import Door
from marketplace.services import sales
from tests.journeys.acts import Files

DATA = Path(__file__).resolve().parents[1] / "data"
OWN = Files(
    sheet=DATA / "magento-tops.csv",
    images=DATA / "magento-tops-images.zip",
    style="Brume Crew Neck",
    scarce="OR01-S-Ink",
    plenty="OR01-M-Ink",
    styles=12,
    variants=100,
    photographs=36,
)
"""The project's own file in Magento's layout."""

STYLES = ("OR01", "OR07")


def few(files, folder):
    """Two styles of a file in Magento's layout, with their photographs: a list that is read in moments."""
    rows = list(csv.reader(io.StringIO(files.sheet.read_text(encoding="utf-8"), newline="")))
    kept = [row for row in rows[1:] if row[0].startswith(STYLES)]
    with (folder / "tops.csv").open("w", newline="", encoding="utf-8") as sheet:
        csv.writer(sheet).writerows([rows[0], *kept])
    with zipfile.ZipFile(files.images) as whole, zipfile.ZipFile(folder / "tops.zip", "w") as part:
        names = [each for each in whole.namelist() if each[4:8].upper() in STYLES]
        for name in names:
            part.writestr(name, whole.read(name))
    return replace(
        files,
        sheet=folder / "tops.csv",
        images=folder / "tops.zip",
        styles=len(STYLES),
        variants=len(kept) - len(STYLES),
        photographs=len(names),
    )


def approved(place, desk, ref):
    """The brand says yes to a sale as it stands."""
    version = place.house.value("SELECT version FROM sales WHERE ref = :ref", ref=ref)
    brand = place.tools.at_door(
        Door.BRAND, account_id=desk.brand_account_id, brand_id=desk.brand_id
    )
    sales.approve(brand, ref=ref, version=version)
