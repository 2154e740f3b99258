"""Imports, and the rows of one in which something was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from marketplace.db import brands
from marketplace.db.brands import StoredFile
from marketplace.db.imports import Import, ImportRow
from marketplace.domain.imports.problems import from_kept
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.domain.imports.problems import Problem
    from marketplace.domain.imports.steps import ImportState, RowVerdict
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class ImportFed:
    """A file on its way into a collection, or that came into it."""

    import_id: int
    collection_id: int
    filename: str
    state: ImportState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RowFed:
    """A row as the spreadsheet numbers it, what would happen with it, and what was found in it."""

    number: int
    verdict: RowVerdict
    problems: tuple[Problem, ...]


def listed(tools: Toolbox, *, after: int | None, most: int) -> tuple[ImportFed, ...]:
    """Up to ``most`` of the brand's imports, the newest first, beginning after the one numbered ``after``."""
    wanted = (
        select(
            Import.id, Import.collection_id, StoredFile.filename, Import.state, Import.created_at
        )
        .join(StoredFile, StoredFile.id == Import.file_id)
        .where(brands.within(tools.brand_id, Import.brand_id))
        .order_by(Import.id.desc())
        .limit(most)
    )
    if after is not None:
        wanted = wanted.where(Import.id < after)
    with tools.reading() as session:
        return tuple(ImportFed(*row) for row in session.execute(wanted))


def problems(tools: Toolbox, *, import_id: int, after: int | None, most: int) -> tuple[RowFed, ...]:
    """Up to ``most`` rows in which something was found, beginning after the row numbered ``after``."""
    owned = brands.within(tools.brand_id, Import.brand_id)
    wanted = (
        select(ImportRow.number, ImportRow.verdict, ImportRow.problems)
        .where(
            ImportRow.import_id == import_id,
            ImportRow.problems != [],
            ImportRow.number > (-1 if after is None else after),
        )
        .order_by(ImportRow.number)
        .limit(most)
    )
    with tools.reading() as session:
        if not session.scalar(select(exists().where(Import.id == import_id, owned))):
            raise NotFound
        return tuple(
            RowFed(row.number, row.verdict, tuple(from_kept(each) for each in row.problems))
            for row in session.execute(wanted)
        )
