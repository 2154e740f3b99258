"""Files that go with a message are what their content says."""

from __future__ import annotations

import io
import zipfile

import pytest

from marketplace.domain.attachments import (
    FILE_BYTES_MAX,
    FILES_MAX,
    AttachmentKind,
    AttachmentRefused,
    check_number,
    check_size,
    kind_of,
)

TYPES = "[Content_Types].xml"


def packed(*names: str, **said: str) -> bytes:
    """A ZIP with parts of these names; ``types`` and ``mimetype`` say what is in the parts that name the kind."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as folder:
        for name in names:
            folder.writestr(
                name,
                {TYPES: said.get("types"), "mimetype": said.get("mimetype")}.get(name) or "<part/>",
            )
    return into.getvalue()


WORKBOOK = packed(TYPES, "xl/workbook.xml")
PROGRAMS = '<Override PartName="/xl/else.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
ODS = "application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("terms.PDF", b"%PDF-1.7\n", AttachmentKind.PDF),
        ("coat.png", b"\x89PNG\r\n\x1a\n\0\0", AttachmentKind.PNG),
        ("coat.jpeg", b"\xff\xd8\xff\xe0\0\0", AttachmentKind.JPEG),
        ("coat.webp", b"RIFF\0\0\0\0WEBPVP8 ", AttachmentKind.WEBP),
        ("lot.xlsx", WORKBOOK, AttachmentKind.XLSX),
        ("lot.ods", packed("mimetype", "content.xml", mimetype=ODS), AttachmentKind.ODS),
        ("lot.csv", "Style;Größe\n".encode("cp1252"), AttachmentKind.CSV),
        ("lot.csv", "Style;Größe\n".encode("utf-16"), AttachmentKind.CSV),
    ],
)
def test_a_file_is_what_its_content_says(name, content, kind):
    assert kind_of(name, content) is kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("terms.pdf", b"MZ\x90\0"),
        ("terms.pdf", b"<html><script>"),
        ("page.html", b"<html><script>"),
        ("coat.png", b"%PDF-1.7\n"),
        ("coat.svg", b"<svg onload='x'/>"),
        ("lot.xlsx", packed("word/document.xml")),
        ("lot.xlsx", packed(TYPES, "xl/workbook.xml", "xl/else.bin", types=PROGRAMS)),
        ("lot.xlsx", packed("xl/workbook.xml")),
        ("lot.xlsx", WORKBOOK[:60]),
        ("lot.ods", packed("mimetype", "Basic/Standard/Module1.xml", mimetype=ODS)),
        ("lot.zip", WORKBOOK),
        ("run.csv", b"\x7fELF\0\0"),
    ],
)
def test_what_is_something_else_is_not_taken(name, content):
    with pytest.raises(AttachmentRefused) as no:
        kind_of(name, content)

    assert no.value.facts == {"reason": "kind", "name": name}


@pytest.mark.parametrize("size", [0, FILE_BYTES_MAX + 1])
def test_an_empty_file_and_one_too_large_are_not_taken(size):
    with pytest.raises(AttachmentRefused):
        check_size("lot.csv", size_bytes=size)


def test_more_files_than_go_with_one_message_are_not_taken():
    check_number(FILES_MAX)
    with pytest.raises(AttachmentRefused):
        check_number(FILES_MAX + 1)
