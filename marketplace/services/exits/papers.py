"""Notes of exits on paper: a PDF in each language of the house, printed once from the sealed figures."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.db.brands import Brand
from marketplace.db.exits import Exit, ExitPaper
from marketplace.domain.exits import from_stored
from marketplace.toolbox import FILE_KEY_BYTES
from marketplace.words import LOCALES, leaving

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def keep_paper(tools: Toolbox, *, exit_id: int) -> None:
    """Print a note in every language and keep it; what is kept already stays as it is."""
    with tools.reading() as session:
        row = session.get_one(Exit, exit_id)
        known = set(session.scalars(select(ExitPaper.locale).where(ExitPaper.exit_id == exit_id)))
        brand = session.get_one(Brand, row.brand_id)
        noted = leaving.Noted(
            legal_name=brand.legal_name or brand.name,
            vat_number=brand.vat_number or "",
            figures=from_stored(row.figures),
            sha256=row.sha256,
        )
    for locale in LOCALES:
        if locale not in known:
            key = f"papers/{secrets.token_hex(FILE_KEY_BYTES)}"
            tools.files.put(key, leaving.printed(noted, locale))
            with tools.transaction() as session:
                session.execute(
                    insert(ExitPaper)
                    .values(brand_id=row.brand_id, exit_id=exit_id, locale=locale, storage_key=key)
                    .on_conflict_do_nothing(constraint="uq_exit_papers_exit_id_locale")
                )
