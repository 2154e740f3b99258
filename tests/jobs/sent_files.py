"""Scenes of jobs that read brands' files."""

from __future__ import annotations

from pathlib import Path

from marketplace.domain.doors import Door
from marketplace.services import imports
from marketplace.toolbox import Upload
from tests import factories
from tests.jobs.stage import Stage

SHEET = """Style code;Style name;Colour;Size;SKU;Units;RRP;Origin;Season
K1;Knit;Navy;S;K1-NS;4;120,00;PT;FW25
K2;Coat;Camel;M;K2-CM;3;480,00;IT;FW25
"""
PHOTOGRAPHS = Path(__file__).resolve().parents[1] / "data" / "magento-tops-images.zip"
TOPS = Path(__file__).resolve().parents[1] / "data" / "magento-tops.csv"


def a_file(stage: Stage, *, photographs: bool = False) -> dict[str, int]:
    with stage.database.session() as session:
        of = factories.brand(session)
        speaker = factories.brand_user(session, of=of)
        offered = factories.collection(session, of=of)
    brand = stage.tools.at_door(Door.BRAND, account_id=speaker.account_id, brand_id=of.id)
    sheet = stage.folder / "lot.csv"
    sheet.write_bytes(TOPS.read_bytes() if photographs else SHEET.encode())
    images = Upload("images.zip", PHOTOGRAPHS) if photographs else None
    number = imports.upload(
        brand, collection_id=offered.id, sheet=Upload("lot.csv", sheet), images=images
    )
    return {"subject_id": number, "brand": (brand,)}


def a_file_that_was_read(stage: Stage, *, photographs: bool = False) -> dict[str, int]:
    found = a_file(stage, photographs=photographs)
    imports.read(stage.tools, import_id=found["subject_id"])
    (brand,) = found["brand"]
    imports.confirm_mapping(brand, import_id=found["subject_id"], columns={})
    return found


def a_file_that_was_judged(stage: Stage, *, photographs: bool = False) -> dict[str, int]:
    found = a_file_that_was_read(stage, photographs=photographs)
    imports.judge(stage.tools, import_id=found["subject_id"])
    (brand,) = found["brand"]
    imports.confirm(brand, import_id=found["subject_id"])
    return found


def a_file_whose_rows_are_in(stage: Stage) -> dict[str, int]:
    found = a_file_that_was_judged(stage, photographs=True)
    imports.apply(stage.tools, import_id=found["subject_id"])
    return found


def a_file_to_be_taken_back(stage: Stage) -> dict[str, int]:
    found = a_file_whose_rows_are_in(stage)
    imports.draw(stage.tools, import_id=found["subject_id"])
    imports.undo(stage.tools, import_id=found["subject_id"])
    return found
