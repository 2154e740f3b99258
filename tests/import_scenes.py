"""A brand's own desk for its files, with the worker behind it: what tests of imports start from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from marketplace.domain.doors import Door
from marketplace.services import imports
from marketplace.toolbox import Toolbox, Upload
from tests import factories

HEADER = "Style code;Style name;Colour;Size;SKU;Units;RRP;Origin;Season"
SMALL = f"""{HEADER}
K1;Knit;Navy;S;K1-NS;4;120,00;PT;FW25
K1;Knit;Navy;M;K1-NM;6;120,00;PT;FW25
K2;Coat;Camel;M;K2-CM;3;480,00;IT;FW25
"""


@dataclass(frozen=True)
class Desk:
    """A brand's own desk, the worker behind it, and a place to write files."""

    collection_id: int
    brand: Toolbox
    worker: Toolbox
    folder: Path

    def file(self, text: str, name: str = "lot.csv") -> Upload:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return Upload(name, path)

    def uploaded(self, given: Upload, images: Upload | None = None) -> int:
        return imports.upload(
            self.brand, collection_id=self.collection_id, sheet=given, images=images
        )

    def previewed(self, given: Upload, images: Upload | None = None) -> int:
        number = self.uploaded(given, images)
        imports.read(self.worker, import_id=number)
        self.mapped(number)
        return number

    def mapped(self, number: int, columns: dict[str, str | None] | None = None) -> None:
        imports.confirm_mapping(self.brand, import_id=number, columns=columns or {})
        imports.judge(self.worker, import_id=number)

    def imported(self, given: Upload, images: Upload | None = None) -> int:
        number = self.previewed(given, images)
        self.finish(number)
        return number

    def finish(self, number: int) -> None:
        imports.confirm(self.brand, import_id=number)
        imports.apply(self.worker, import_id=number)
        imports.draw(self.worker, import_id=number)


def opened(database, tools: Toolbox, folder: Path) -> Desk:
    """A new brand with a collection, at its desk."""
    with database.session() as session:
        of = factories.brand(session)
        speaker = factories.brand_user(session, of=of)
        offered = factories.collection(session, of=of)
    brand = tools.at_door(Door.BRAND, account_id=speaker.account_id, brand_id=of.id)
    return Desk(offered.id, brand, tools, folder)


def counts(database, number: int) -> dict[str, int]:
    """What would happen, or did, with the rows of an import."""
    found = database.value("SELECT counts FROM imports WHERE id = :id", id=number)
    return {name: found[name] for name in ("new", "changed", "same", "refused")}


def state(database, number: int) -> str:
    """Where an import stands."""
    return database.value("SELECT state FROM imports WHERE id = :id", id=number)
