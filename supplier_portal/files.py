"""Sending files: a sheet with its photographs into a collection, and evidence for public prices."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import request

from marketplace.domain.catalogue import Evidence, EvidenceKind, EvidenceRefused
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.queries import collections as asked
from marketplace.queries import styles
from marketplace.services import catalogue, imports
from marketplace.services.catalogue import EVIDENCE_BYTES_MAX, EVIDENCE_ENDINGS
from marketplace.services.imports.uploading import (
    IMAGES_BYTES_MAX,
    SHEET_BYTES_MAX,
    SHEET_ENDINGS,
    TooManyImports,
)
from marketplace.toolbox import Upload
from marketplace.web import errors, fields, identity, inputs, pages
from marketplace.web.access import accepts, brand
from marketplace.words import _, importing
from supplier_portal import door, frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response

    from marketplace.domain.refusals import Refusal

MIB = 1024 * 1024
FORM_BYTES = MIB
REFERENCE_LENGTH_MAX = 1_000
STYLE_ID_MAX = 2**53


class EvidenceForm(inputs.Schema):
    """Where and when a public price was asked."""

    kind = fields.Choice(EvidenceKind, required=True)
    reference = fields.Trimmed(required=True, max=REFERENCE_LENGTH_MAX, lines=True)
    seen_on = fields.Day(required=True)
    style = fields.Whole(load_default=None, max=STYLE_ID_MAX)


class StyleQuery(inputs.Schema):
    """Which style the evidence is for; none: the whole collection."""

    style = fields.Whole(load_default=None, max=STYLE_ID_MAX)


@contextmanager
def received(*names: str) -> Iterator[dict[str, Upload]]:
    """The files that were sent under ``names``, as local ones while the block lasts.

    Blank ones are left out.
    """
    with tempfile.TemporaryDirectory(prefix="aubaine-") as folder:
        found = {}
        for place, name in enumerate(names):
            sent = request.files.get(name)
            if sent is not None and sent.filename:
                path = Path(folder) / f"sent-{place}"
                sent.save(path)
                found[name] = Upload(sent.filename, path)
        yield found


@door.get("/collections/<int:collection_id>/files")
@brand(*frame.WRITERS)
def new_file(collection_id: int) -> Response:
    """The form for a file."""
    return _file(collection_id, {})


@door.post("/collections/<int:collection_id>/files")
@brand(*frame.WRITERS)
@accepts(bytes_max=SHEET_BYTES_MAX + IMAGES_BYTES_MAX + FORM_BYTES)
def send_file(collection_id: int) -> Response:
    """Take the files in and begin the import."""
    inputs.form(inputs.Schema())
    with received("sheet", "images") as sent:
        if "sheet" not in sent:
            return _file(collection_id, {"sheet": [_("Choose a file first.")]})
        try:
            number = imports.upload(
                identity.tools(),
                collection_id=collection_id,
                sheet=sent["sheet"],
                images=sent.get("images"),
            )
        except FileUnreadable as no:
            place = "images" if no.reason == "not_zip" else "sheet"
            return _file(collection_id, {place: [no.sentence(_)]})
        except TooManyImports as no:
            return _file(collection_id, {"_schema": [errors.sentence(no)]})
    return pages.go("brand.import_", import_id=number)


def _file(collection_id: int, wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/file_new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        collection=asked.one(identity.tools(), collection_id=collection_id),
        errors=wrong,
        endings=",".join(SHEET_ENDINGS),
        sheet_mib=SHEET_BYTES_MAX // MIB,
        images_mib=IMAGES_BYTES_MAX // MIB,
    )


@door.get("/collections/<int:collection_id>/evidence")
@brand(*frame.WRITERS)
def new_evidence(collection_id: int) -> Response:
    """The form for evidence; of a style it proposes what the brand's file says of its public price."""
    style = inputs.query(StyleQuery())["style"]
    if not style:
        return _evidence(collection_id, {}, {})
    said = styles.one(identity.tools(), style_id=style).details
    given = {
        "style": str(style),
        "reference": said.get("rrp_reference", ""),
        "seen_on": said.get("rrp_date", ""),
    }
    return _evidence(collection_id, given, {})


@door.post("/collections/<int:collection_id>/evidence")
@brand(*frame.WRITERS)
@accepts(bytes_max=EVIDENCE_BYTES_MAX + FORM_BYTES)
def state_evidence(collection_id: int) -> Response:
    """Keep it."""
    tried = inputs.attempt(EvidenceForm())
    if tried.values is None:
        return _evidence(collection_id, tried.given, tried.errors)
    values = tried.values
    stated = Evidence(values["kind"], values["reference"], values["seen_on"])
    with received("file") as sent:
        try:
            catalogue.evidence(
                identity.tools(),
                collection_id=collection_id,
                style_id=values["style"],
                stated=stated,
                file=sent.get("file"),
            )
        except EvidenceRefused as no:
            return _evidence(collection_id, tried.given, _place(no))
    notice = _("Kept. Prices may now be shown beside the public price it stands for.")
    if values["style"]:
        return pages.go("brand.style", style_id=values["style"], notice=notice)
    return pages.go("brand.collection", collection_id=collection_id, notice=notice)


def _place(no: Refusal) -> dict[str, list[str]]:
    places = {"no_place": "reference", "kind_of_file": "file", "size_of_file": "file"}
    return {places.get(str(no.facts.get("reason")), "seen_on"): [errors.sentence(no)]}


def _evidence(collection_id: int, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/evidence_new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        collection=asked.one(identity.tools(), collection_id=collection_id),
        given=given,
        errors=wrong,
        kinds=[(str(kind), str(label)) for kind, label in importing.EVIDENCE.items()],
        endings=",".join(EVIDENCE_ENDINGS),
    )
