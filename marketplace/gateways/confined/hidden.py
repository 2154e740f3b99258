"""Rows that a spreadsheet program does not show: the reader of cells does not tell them from others."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING

from marketplace.gateways.confined import zips

if TYPE_CHECKING:
    from zipfile import ZipFile

ROWS_TOLD_MAX = 1_000
PARTS_MAX = 200
TAG_BYTES_MAX = 1_024
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_SAID = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')
_HIDDEN = re.compile(rb'<(?:\w+:)?row\s(?=[^<>]*\bhidden="(?:1|true)")[^<>]*?\br="(\d{1,7})"')


def rows(content: bytes, sheet: str) -> list[int]:
    """The numbers of the rows that are hidden in ``sheet``, up to a limit; none where the workbook does not say."""
    container = zips.opened(io.BytesIO(content), entries_max=PARTS_MAX, damaged="damaged")
    part = _part(container, sheet)
    if part not in container.namelist():
        return []
    found: list[int] = []
    left = b""
    for piece in zips.inflated(container, container.getinfo(part)):
        text = left + piece
        end = max(text.rfind(b">") + 1, len(text) - TAG_BYTES_MAX)
        found += [int(number) for number in _HIDDEN.findall(text[:end])]
        left = text[end:]
        if len(found) >= ROWS_TOLD_MAX:
            break
    return found[:ROWS_TOLD_MAX]


def _part(container: ZipFile, sheet: str) -> str:
    """The part of the container that holds the sheet."""
    named = {
        said.get("name"): said.get("id", "") for said in _tags(container, "xl/workbook.xml", _SHEET)
    }
    relation = named.get(sheet, "")
    targets = _tags(container, "xl/_rels/workbook.xml.rels", _RELATION)
    target = next((said.get("Target", "") for said in targets if said.get("Id") == relation), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _tags(container: ZipFile, part: str, form: re.Pattern[str]) -> list[dict[str, str]]:
    """The attributes of every such tag, their namespaces left out."""
    if part not in container.namelist():
        return []
    text = b"".join(zips.inflated(container, container.getinfo(part))).decode("utf-8", "replace")
    return [
        {name.rpartition(":")[2]: html.unescape(value) for name, value in _SAID.findall(tag)}
        for tag in form.findall(text)
    ]
