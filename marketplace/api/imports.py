"""Imports: a file is sent, what its columns mean is confirmed, and its rows are let in."""

from __future__ import annotations

import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_smorest.fields import Upload as FileField
from marshmallow import Schema, fields, validate

from marketplace.api import cursors, shapes
from marketplace.api.cursors import Turning
from marketplace.api.hanging import NUMBER, deed, question
from marketplace.domain.imports.fields import BY_NAME
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.domain.keys import Scope
from marketplace.queries import feeds, import_desk
from marketplace.services import imports
from marketplace.services.imports.uploading import IMAGES_BYTES_MAX, SHEET_BYTES_MAX
from marketplace.toolbox import Upload
from marketplace.web import bearer
from marketplace.web.access import BODY_BYTES_MAX
from marketplace.words import _

if TYPE_CHECKING:
    from marketplace.queries.feeds.imports import RowFed
    from marketplace.queries.import_desk import Desk

TAG = "Imports"
ONE = f"/imports/<{NUMBER}:import_id>"
COLUMNS_MAX = 500
COLUMN_LENGTH_MAX = 200


class FilesSent(Schema):
    """The file with the rows, and a ZIP file of photographs where there is one."""

    sheet = FileField(required=True, metadata=shapes.noted(description=".xlsx, .csv, .tsv or .txt"))
    images = FileField(metadata=shapes.noted(description="A ZIP file of photographs."))


class MappingSent(Schema):
    """What each column means; columns that are not named stay as they were guessed."""

    columns = fields.Dict(
        keys=fields.String(validate=validate.Length(max=COLUMN_LENGTH_MAX)),
        values=fields.String(allow_none=True, validate=validate.OneOf(sorted(BY_NAME))),
        required=True,
        validate=validate.Length(max=COLUMNS_MAX),
        metadata=shapes.noted(
            description="By column: the name of a field, or null to leave it out."
        ),
    )
    point = fields.String(load_default=None, allow_none=True, validate=validate.OneOf((",", ".")))


@question(
    "/imports",
    scope=Scope.READ_IMPORTS,
    asks=Turning,
    gives=shapes.listing(shapes.ImportLineShape),
    tag=TAG,
)
def list_imports(asked: dict[str, Any]) -> dict[str, Any]:
    """Your imports, the newest first."""
    return cursors.page(
        "imports",
        asked,
        look=lambda after, most: feeds.imports.listed(bearer.tools(), after=after, most=most),
        number=lambda each: each.import_id,
    )


@deed(
    f"/collections/<{NUMBER}:collection_id>/imports",
    scope=Scope.WRITE_IMPORTS,
    takes=FilesSent,
    files=True,
    gives=shapes.ImportShape,
    status=HTTPStatus.CREATED,
    tag=TAG,
    bytes_max=SHEET_BYTES_MAX + IMAGES_BYTES_MAX + BODY_BYTES_MAX,
)
def send_file(
    sent: dict[str, Any], collection_id: int
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Send a file into a collection. It is read at once; ask for the import until its state is `mapping`."""
    with tempfile.TemporaryDirectory(prefix="aubaine-") as folder:
        kept = {name: _kept(file, Path(folder) / name) for name, file in sent.items()}
        number = imports.upload(
            bearer.tools(),
            collection_id=collection_id,
            sheet=kept["sheet"],
            images=kept.get("images"),
        )
    address = url_for("api.get_import", import_id=number)
    return _shown(number), HTTPStatus.CREATED, {"Location": address}


@question(ONE, scope=Scope.READ_IMPORTS, gives=shapes.ImportShape, tag=TAG)
def get_import(import_id: int) -> dict[str, Any]:
    """One import: where it stands, what its columns are taken for, and what would happen."""
    return _shown(import_id)


@question(
    f"{ONE}/problems",
    scope=Scope.READ_IMPORTS,
    asks=Turning,
    gives=shapes.listing(shapes.RowShape),
    tag=TAG,
)
def list_import_problems(asked: dict[str, Any], import_id: int) -> dict[str, Any]:
    """The rows in which something was found, in the order of the file."""
    found = cursors.page(
        f"problems:{import_id}",
        asked,
        look=lambda after, most: feeds.imports.problems(
            bearer.tools(), import_id=import_id, after=after, most=most
        ),
        number=lambda each: each.number,
    )
    return {**found, "data": [_row(each) for each in found["data"]]}


@deed(
    f"{ONE}/mapping",
    scope=Scope.WRITE_IMPORTS,
    takes=MappingSent,
    gives=shapes.ImportShape,
    status=HTTPStatus.ACCEPTED,
    tag=TAG,
)
def confirm_mapping(said: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Say what the columns mean, and have all rows checked; ask until the state is `previewed`."""
    imports.confirm_mapping(
        bearer.tools(), import_id=import_id, columns=said["columns"], point=said["point"]
    )
    return _shown(import_id)


@deed(
    f"{ONE}/confirm",
    scope=Scope.WRITE_IMPORTS,
    gives=shapes.ImportShape,
    status=HTTPStatus.ACCEPTED,
    tag=TAG,
)
def confirm_import(import_id: int) -> dict[str, Any]:
    """Let the checked rows into the collection; those that were refused stay out."""
    imports.confirm(bearer.tools(), import_id=import_id)
    return _shown(import_id)


@deed(f"{ONE}/cancel", scope=Scope.WRITE_IMPORTS, gives=shapes.ImportShape, tag=TAG)
def cancel_import(import_id: int) -> dict[str, Any]:
    """Put the file aside; nothing of it enters the collection."""
    imports.cancel(bearer.tools(), import_id=import_id)
    return _shown(import_id)


@deed(
    f"{ONE}/undo",
    scope=Scope.WRITE_IMPORTS,
    gives=shapes.ImportShape,
    status=HTTPStatus.ACCEPTED,
    tag=TAG,
)
def undo_import(import_id: int) -> dict[str, Any]:
    """Take a finished file back, the last of its collection, until the deal is agreed."""
    imports.undo(bearer.tools(), import_id=import_id)
    return _shown(import_id)


def _kept(file: Any, path: Path) -> Upload:  # noqa: ANN401 - what werkzeug hands over
    """The file as a local one; a name that no file system would take is none."""
    name = file.filename or ""
    if not name.isprintable():
        raise FileUnreadable("extension", name=path.name)
    file.save(path)
    return Upload(name, path)


def _shown(import_id: int) -> dict[str, Any]:
    desk: Desk = import_desk.desk(bearer.tools(), import_id=import_id)
    names = shapes.ImportShape().fields
    given = {name: getattr(desk, name) for name in names if hasattr(desk, name)}
    problems = [each.as_plain(_) for each in desk.file_problems]
    return {**given, "import_id": desk.import_id, "problems": problems}


def _row(row: RowFed) -> dict[str, Any]:
    problems = [each.as_plain(_) for each in row.problems]
    return {"number": row.number, "verdict": row.verdict, "problems": problems}
