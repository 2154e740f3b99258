"""Files that cannot be read at all: one reason, one clear sentence.

The sentences are English sources with named places, translated in ``imports.po``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

REASONS = {
    "missing": "%(name)s cannot be opened.",
    "empty": "%(name)s is empty. Send the file that holds your rows.",
    "too_large": "%(name)s is larger than %(most)s. Send it in several files, or make it smaller.",
    "extension": "%(name)s has an ending that is not read here. Send a .csv or an .xlsx file.",
    "not_csv": "%(name)s ends like a text file but holds something else. Save it as CSV or as .xlsx.",
    "not_xlsx": "%(name)s ends in .xlsx but is no Excel workbook. Save it again as .xlsx or as CSV.",
    "old_excel": "%(name)s is in the old Excel format or protected by a password. Save it as .xlsx "
    "without a password, or as CSV.",
    "encoding": "The letters of %(name)s cannot be read. Save it as CSV UTF-8.",
    "quote_open": "A quotation mark opened in row %(row)s of %(name)s is never closed.",
    "macros": "%(name)s holds macros. Save it as .xlsx without macros.",
    "external_links": "%(name)s has links to other workbooks. Break the links and save it again.",
    "bomb": "%(name)s unpacks to far more than it seems to hold and was not opened.",
    "entities": "%(name)s holds XML declarations that a workbook never needs and was not opened.",
    "parts": "%(name)s is made of more than %(most)s parts and was not opened.",
    "damaged": "%(name)s is damaged and cannot be opened.",
    "sheet": "%(name)s has no sheet named %(sheet)s. Its sheets are: %(sheets)s.",
    "no_cells": "%(name)s holds no filled cells.",
    "rows": "%(name)s has more than %(most)s rows. Send it in several files.",
    "variants": "%(name)s holds more than %(most)s variants. Send it in several files.",
    "columns": "%(name)s has more than %(most)s columns. Delete those that are not needed.",
    "cells": "%(name)s has more than %(most)s cells. Send it in several files.",
    "limits": "%(name)s needs more memory or time to read than a file may.",
    "not_zip": "%(name)s is no ZIP file. Put the photographs into one and send it.",
    "mapping": "%(name)s is no mapping: a JSON object from column to field name is expected.",
    "mapping_field": "%(field)s is not the name of a field. The names are listed in docs/import.md.",
    "mapping_column": "There is no column named %(column)s in the file. Choose one of those it has.",
    "mapping_twice": "The field %(field)s can be filled by one column only.",
    "mapping_size_twice": "The columns %(first)s and %(column)s say the same of one size. Leave one of them out.",
}


class FileUnreadable(Refusal):
    """The file cannot be read; ``reason`` is a key of :data:`REASONS`, the other facts fill its sentence."""

    code = "file_unreadable"

    def __init__(self, reason: str, **facts: object) -> None:
        """``facts`` name what the sentence of ``reason`` speaks of."""
        assert reason in REASONS, f"no sentence for {reason!r}"
        super().__init__(reason=reason, **facts)
        self.reason = reason

    def sentence(self, say: Callable[[str], str] = str) -> str:
        """The one sentence for the person who sent the file; ``say`` translates its English source."""
        return say(REASONS[self.reason]) % self.facts
