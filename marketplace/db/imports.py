"""Imports: a brand's file on its way to a collection, kept row by row so that nothing is lost."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    HOUSE_NOW,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Pk,
    refers,
    states,
)
from marketplace.domain.imports.policies import Policy
from marketplace.domain.imports.rows import Row
from marketplace.domain.imports.steps import ImportState, RowVerdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session


class Import(Base):
    """One upload and all that was understood of it.

    ``withdraws``: what the collection holds and the file does not name is withdrawn; ``withdrawn``
    are the variants that were.
    """

    __tablename__ = "imports"
    __table_args__ = (CheckConstraint("rows_done >= 0 AND rows_total >= 0", name="progress"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    collection_id: Mapped[int] = refers("collections.id", index=True)
    file_id: Mapped[int] = refers("stored_files.id", index=True)
    images_file_id: Mapped[int | None] = refers("stored_files.id", index=True)
    state: Mapped[ImportState] = mapped_column(states(ImportState), server_default="uploaded")
    encoding: Mapped[str | None] = mapped_column(String(20))
    delimiter: Mapped[str | None] = mapped_column(String(4))
    sheet: Mapped[str | None] = mapped_column(String(NAME_LENGTH_MAX))
    sheets: Mapped[list[Any]] = mapped_column(server_default="[]")
    turned: Mapped[bool | None]
    layout: Mapped[str | None] = mapped_column(String(40))
    header_row: Mapped[int | None]
    header: Mapped[list[Any]] = mapped_column(server_default="[]")
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    guess: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    counts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    problems: Mapped[list[Any]] = mapped_column(server_default="[]")
    photographs: Mapped[list[Any]] = mapped_column(server_default="[]")
    rows_total: Mapped[int] = mapped_column(server_default="0")
    rows_done: Mapped[int] = mapped_column(server_default="0")
    policy: Mapped[Policy | None] = mapped_column(states(Policy))
    withdraws: Mapped[bool] = mapped_column(server_default="false")
    withdrawn: Mapped[list[Any]] = mapped_column(server_default="[]")
    error: Mapped[str] = mapped_column(String(1_000), server_default="")
    uploaded_by_id: Mapped[int] = refers("accounts.id", index=True)
    confirmed_by_id: Mapped[int | None] = refers("accounts.id")
    finished_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class ImportRow(Base):
    """One row as the spreadsheet shows it (``number``, header included), raw and judged.

    ``undo`` says what letting it in changed, until that is taken back.

    Where sizes stand side by side each of them is judged as a row of its own: ``part`` counts them
    from 1, and the raw cells stand with part 0.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        UniqueConstraint("brand_id", "import_id", "number", "part"),
        Index(
            "ix_import_rows_unapplied", "import_id", "number", postgresql_where="applied_at IS NULL"
        ),
        Index("ix_import_rows_verdict", "import_id", "verdict", "number"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    import_id: Mapped[int] = refers("imports.id")
    number: Mapped[int]
    part: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    cells: Mapped[list[Any]] = mapped_column(server_default="[]")
    verdict: Mapped[RowVerdict] = mapped_column(states(RowVerdict), server_default="pending")
    judged: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    changes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    problems: Mapped[list[Any]] = mapped_column(server_default="[]")
    undo: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    applied_at: Mapped[datetime | None]


class RememberedMapping(Base):
    """How a brand's header was read last time, by the header's fingerprint."""

    __tablename__ = "remembered_mappings"
    __table_args__ = (UniqueConstraint("brand_id", "fingerprint"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    fingerprint: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    mapping: Mapped[dict[str, Any]]
    used_at: Mapped[CreatedAt]


REMEMBERED_LOOKED_AT_MAX = 5
ENDED = (ImportState.FINISHED, ImportState.FAILED, ImportState.CANCELLED, ImportState.UNDONE)
TO_APPLY = (RowVerdict.NEW, RowVerdict.CHANGED)


def count_in_progress(session: Session, brand_id: int) -> int:
    """How many imports of the brand have not ended.

    Uploads of one brand pass here one after the other.
    """
    session.execute(_ONE_AT_A_TIME, {"brand": brand_id})
    wanted = select(func.count()).where(Import.brand_id == brand_id, Import.state.not_in(ENDED))
    return session.execute(wanted).scalar_one()


def write_rows(session: Session, of: Import, rows: Sequence[Row]) -> None:
    """Keep raw rows; those that are kept already stay as they are."""
    session.execute(
        insert(ImportRow).on_conflict_do_nothing(
            index_elements=("brand_id", "import_id", "number", "part")
        ),
        [
            {
                "brand_id": of.brand_id,
                "import_id": of.id,
                "number": row.number,
                "cells": list(row.cells),
            }
            for row in rows
        ],
    )


def rows_after(session: Session, import_id: int, number: int, *, most: int) -> list[Row]:
    """The next raw rows behind ``number``, in the file's order."""
    wanted = (
        select(ImportRow.number, ImportRow.cells)
        .where(ImportRow.import_id == import_id, ImportRow.number > number, ImportRow.part == 0)
        .order_by(ImportRow.number)
        .limit(most)
    )
    return [Row(each.number, tuple(each.cells)) for each in session.execute(wanted)]


def write_verdicts(session: Session, of: Import, verdicts: Sequence[Mapping[str, Any]]) -> None:
    """Write number, part, verdict, judged, changes and problems of each row.

    Whatever stood there is replaced; a size that stood beside others gets a row of its own.
    """
    told = {"brand": of.brand_id, "id": of.id, "verdicts": json.dumps(list(verdicts))}
    session.execute(_PARTS, told)
    session.execute(_VERDICTS, told)


def to_apply(session: Session, import_id: int, *, most: int) -> list[ImportRow]:
    """The next rows that are new or changed and not applied yet, in the file's order."""
    wanted = (
        select(ImportRow)
        .where(
            ImportRow.import_id == import_id,
            ImportRow.applied_at.is_(None),
            ImportRow.verdict.in_(TO_APPLY),
        )
        .order_by(ImportRow.number, ImportRow.part)
        .limit(most)
    )
    return list(session.scalars(wanted))


def let_in_without(session: Session, of: Import) -> None:
    """Take refused rows for what they are without the cells that are wrong, and count anew."""
    moved = session.execute(_WITHOUT, {"id": of.id}).all()
    came = [str(row.verdict) for row in moved]
    counts = dict(of.counts)
    for verdict in came:
        counts[verdict] += 1
    of.counts = {**counts, "refused": counts["refused"] - len(came), "spare": 0}


def later(session: Session, of: Import) -> bool:
    """Whether another file entered the collection after this one, or is about to."""
    wanted = select(Import.id).where(
        Import.collection_id == of.collection_id,
        Import.id != of.id,
        or_(
            Import.state == ImportState.APPLYING,
            and_(Import.state == ImportState.FINISHED, Import.finished_at > of.finished_at),
        ),
    )
    return session.execute(wanted.limit(1)).first() is not None


def to_take_back(session: Session, import_id: int, *, most: int) -> list[ImportRow]:
    """The next rows to be taken back, the last of the file first."""
    wanted = (
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.undo.is_not(None))
        .order_by(ImportRow.number.desc(), ImportRow.part.desc())
        .limit(most)
    )
    return list(session.scalars(wanted))


def withdraw_absent(session: Session, of: Import) -> None:
    """Withdraw what the collection holds and no row of the file speaks of."""
    of.withdrawn = list(
        session.scalars(_WITHDRAW_ABSENT, {"id": of.id, "collection": of.collection_id})
    )


def bring_back(session: Session, of: Import) -> None:
    """Offer again what the file had withdrawn."""
    session.execute(_BRING_BACK, {"ids": of.withdrawn})
    of.withdrawn = []


def absent(session: Session, of: Import, *, most: int) -> tuple[int, list[str]]:
    """How many variants the collection holds that no row of the file speaks of, and the first SKUs."""
    told = {"id": of.id, "collection": of.collection_id, "most": most}
    found = session.execute(_ABSENT, told).all()
    return (found[0].total if found else 0), [row.sku for row in found]


def mark_applied(session: Session, rows: Sequence[ImportRow]) -> None:
    """These rows have done their work."""
    session.execute(_APPLIED, {"ids": [row.id for row in rows]})


def forget_rows(session: Session, import_id: int) -> None:
    """Remove the raw rows of a sheet that is not the one to be read."""
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))


def forget_parts(session: Session, import_id: int) -> None:
    """Remove what sizes side by side were taken for, before they are taken for something else."""
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_id, ImportRow.part > 0))


def remembered(session: Session, brand_id: int, fingerprint: str) -> dict[str, Any] | None:
    """How the brand had a file with these columns read the last time; None if it is the first."""
    wanted = select(RememberedMapping.mapping).where(
        RememberedMapping.brand_id == brand_id, RememberedMapping.fingerprint == fingerprint
    )
    return session.scalar(wanted)


def remembered_newest(session: Session, brand_id: int, fingerprints: Sequence[str]) -> str | None:
    """Which of ``fingerprints`` the brand confirmed last; None where it knows neither."""
    wanted = (
        select(RememberedMapping.fingerprint)
        .where(
            RememberedMapping.brand_id == brand_id,
            RememberedMapping.fingerprint.in_(fingerprints),
        )
        .order_by(RememberedMapping.used_at.desc(), RememberedMapping.id.desc())
        .limit(1)
    )
    return session.scalar(wanted)


def remembered_last(session: Session, brand_id: int) -> dict[str, Any]:
    """What the brand's last files took their columns for, the newest of them having the last word."""
    wanted = (
        select(RememberedMapping.mapping)
        .where(RememberedMapping.brand_id == brand_id)
        .order_by(RememberedMapping.used_at.desc(), RememberedMapping.id.desc())
        .limit(REMEMBERED_LOOKED_AT_MAX)
    )
    known: dict[str, Any] = {}
    for mapping in reversed(session.scalars(wanted).all()):
        known |= mapping
    return known


def remember(
    session: Session, brand_id: int, fingerprint: str, mapping: Mapping[str, str | None]
) -> None:
    """Read the brand's next file with these columns in the same way."""
    statement = insert(RememberedMapping).values(
        brand_id=brand_id, fingerprint=fingerprint, mapping=dict(mapping)
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=("brand_id", "fingerprint"),
            set_={"mapping": statement.excluded.mapping, "used_at": HOUSE_NOW},
        )
    )


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('imports'), CAST(:brand AS integer))")
_TOLD = (
    "jsonb_to_recordset(CAST(:verdicts AS jsonb)) AS"
    " v(number bigint, part smallint, verdict text, judged jsonb, changes jsonb, problems jsonb)"
)
_PARTS = text(
    "INSERT INTO import_rows (brand_id, import_id, number, part)"  # noqa: S608 - fixed text
    f" SELECT :brand, :id, v.number, v.part FROM {_TOLD} WHERE v.part > 0"
    " ON CONFLICT (brand_id, import_id, number, part) DO NOTHING"
)
_VERDICTS = text(
    "UPDATE import_rows r SET verdict = v.verdict, judged = v.judged, changes = v.changes,"  # noqa: S608 - fixed text
    f" problems = v.problems FROM {_TOLD}"
    " WHERE r.import_id = :id AND r.number = v.number AND r.part = v.part"
)
_WITHOUT = text(
    "UPDATE import_rows SET verdict = judged->>'would', judged = judged->'spare'"
    " WHERE import_id = :id AND verdict = 'refused' AND jsonb_exists(judged, 'would')"
    " RETURNING verdict"
)
_NOT_SPOKEN_OF = (
    " collection_id = :collection AND withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM import_rows r"
    " WHERE r.import_id = :id AND (r.judged->>'variant_id')::bigint = variants.id)"
    " AND NOT EXISTS (SELECT FROM import_rows r WHERE r.import_id = :id"
    " AND (r.undo->>'variant_id')::bigint = variants.id)"
)
_ABSENT = text(
    "SELECT sku, count(*) OVER () AS total FROM variants WHERE"  # noqa: S608 - fixed text
    f"{_NOT_SPOKEN_OF} ORDER BY sku LIMIT :most"
)
_WITHDRAW_ABSENT = text(
    "UPDATE variants SET withdrawn_at = house_now() WHERE"  # noqa: S608 - fixed text
    f"{_NOT_SPOKEN_OF} RETURNING id"
)
_BRING_BACK = text("UPDATE variants SET withdrawn_at = NULL WHERE id = ANY (:ids)")
_APPLIED = text("UPDATE import_rows SET applied_at = house_now() WHERE id = ANY (:ids)")
