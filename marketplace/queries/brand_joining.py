"""Where a brand stands before it begins: the list with its answers, the company's file, where money goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import joining
from marketplace.db.accounts import Account
from marketplace.db.brands import Brand, StoredFile, within
from marketplace.db.joining import BankDetails, ChecklistAnswer, ChecklistItem, KybFile
from marketplace.domain.brands import kyb
from marketplace.domain.brands.checklist import SETTLED, AnswerState, Gate, ItemKind
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from marketplace.domain.brands.kyb import Company, Part
    from marketplace.domain.brands.states import BrandState, OpenMatters
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Asked:
    """One item of the list and the brand's answer. ``lacking``: fields of the file that it still waits for."""

    item_id: int
    kind: ItemKind
    gate: Gate
    part: Part | None
    titles: Mapping[str, str]
    asks: Mapping[str, str]
    state: AnswerState | None
    said: str
    reason: str
    given_at: datetime | None
    decided_at: datetime | None
    file_id: int | None
    filename: str | None
    lacking: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether nothing more is asked for."""
        return self.state in SETTLED

    @property
    def with_the_brand(self) -> bool:
        """Whether the brand is the one to do something."""
        return self.state in {None, AnswerState.OPEN, AnswerState.SENT_BACK}


@dataclass(frozen=True, slots=True)
class Joining:
    """A brand before it begins: ``missing`` of ``total`` items of the first gate, and of both."""

    brand_id: int
    name: str
    state: BrandState
    state_reason: str
    company: Company
    certified_at: datetime | None
    items: tuple[Asked, ...]

    def of(self, gate: Gate) -> tuple[Asked, ...]:
        """The items of one gate."""
        return tuple(each for each in self.items if each.gate is gate)

    @property
    def settled(self) -> int:
        """How many items are settled."""
        return sum(each.settled for each in self.items)

    @property
    def waiting(self) -> int:
        """How many the brand itself can do something about."""
        return sum(each.with_the_brand for each in self.items)


@dataclass(frozen=True, slots=True)
class Details:
    """An account that money goes to, or will: its holder and its end."""

    details_id: int
    holder: str
    last_four: str
    country: str
    asked_at: datetime
    in_force_at: datetime
    asked_by: str


@dataclass(frozen=True, slots=True)
class Bank:
    """Where money goes now, and where it will go unless that is cancelled."""

    in_force: Details | None
    cooling: Details | None


def look(tools: Toolbox, *, brand_id: int) -> Joining:
    """The brand as it stands; NotFound where this door sees none of this number."""
    with tools.reading() as session:
        brand = _brand(tools, session, brand_id)
        file = session.scalars(select(KybFile).where(KybFile.brand_id == brand_id)).one_or_none()
        company = joining.company(brand, file)
        return Joining(
            brand_id=brand.id,
            name=brand.name,
            state=brand.state,
            state_reason=brand.state_reason,
            company=company,
            certified_at=file.certified_at if file else None,
            items=_items(session, brand_id, company),
        )


def open_matters(tools: Toolbox, *, brand_id: int) -> OpenMatters:
    """What is open between the brand and the house."""
    with tools.reading() as session:
        return joining.open_matters(session, _brand(tools, session, brand_id).id)


def bank(tools: Toolbox, *, brand_id: int) -> Bank:
    """Where the brand's money goes; of account numbers their end alone."""
    with tools.reading() as session:
        return Bank(
            _account(session, joining.bank_in_force(session, brand_id)),
            _account(session, joining.bank_cooling(session, brand_id)),
        )


def document(tools: Toolbox, *, brand_id: int, file_id: int) -> tuple[str, bytes]:
    """Name and content of a document that the brand gave for its list; NotFound for any other file."""
    with tools.reading() as session:
        found = session.execute(
            select(StoredFile.filename, StoredFile.storage_key)
            .join(ChecklistAnswer, ChecklistAnswer.file_id == StoredFile.id)
            .where(
                StoredFile.id == file_id,
                StoredFile.brand_id == brand_id,
                within(tools.brand_id, StoredFile.brand_id),
            )
        ).one_or_none()
    if found is None:
        raise NotFound
    return found.filename, tools.files.get(found.storage_key)


def _brand(tools: Toolbox, session: Session, brand_id: int) -> Brand:
    found = session.scalars(
        select(Brand).where(Brand.id == brand_id, within(tools.brand_id, Brand.id))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _items(session: Session, brand_id: int, company: Company) -> tuple[Asked, ...]:
    rows = session.execute(
        select(ChecklistItem, ChecklistAnswer, StoredFile.filename)
        .outerjoin(
            ChecklistAnswer,
            (ChecklistAnswer.item_id == ChecklistItem.id) & (ChecklistAnswer.brand_id == brand_id),
        )
        .outerjoin(StoredFile, StoredFile.id == ChecklistAnswer.file_id)
        .where(ChecklistItem.active)
        .order_by(ChecklistItem.position, ChecklistItem.id)
    )
    return tuple(_asked(item, answer, filename, company) for item, answer, filename in rows)


def _asked(
    item: ChecklistItem, answer: ChecklistAnswer | None, filename: str | None, company: Company
) -> Asked:
    return Asked(
        item_id=item.id,
        kind=item.kind,
        gate=item.gate,
        part=item.part,
        titles=item.titles,
        asks=item.asks,
        state=answer.state if answer else None,
        said=answer.said if answer else "",
        reason=answer.reason if answer else "",
        given_at=_utc(answer.given_at) if answer else None,
        decided_at=_utc(answer.decided_at) if answer else None,
        file_id=answer.file_id if answer else None,
        filename=filename,
        lacking=kyb.lacking(company, item.part) if item.part else (),
    )


def _account(session: Session, row: BankDetails | None) -> Details | None:
    if row is None:
        return None
    asked_by = session.scalar(select(Account.name).where(Account.id == row.asked_by_id))
    return Details(
        details_id=row.id,
        holder=row.holder,
        last_four=row.last_four,
        country=row.country,
        asked_at=row.asked_at.astimezone(UTC),
        in_force_at=row.in_force_at.astimezone(UTC),
        asked_by=asked_by or "",
    )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
