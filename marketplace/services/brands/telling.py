"""Letters to those of a brand who must know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.db import contacts
from marketplace.db.accounts import NO_PASSWORD, Account, AccountState
from marketplace.db.brands import BrandUser
from marketplace.domain.doors import BrandRole

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.brands import Brand


def owners(session: Session, brand: Brand, *, kind: str, key: str, facts: dict[str, Any]) -> None:
    """A letter to every owner who has come in. ``key`` makes a second telling none."""
    for account_id in session.scalars(
        select(BrandUser.account_id)
        .join(Account, Account.id == BrandUser.account_id)
        .where(
            BrandUser.brand_id == brand.id,
            BrandUser.role == BrandRole.OWNER,
            Account.state == AccountState.ACTIVE,
            Account.password_hash != NO_PASSWORD,
        )
        .order_by(BrandUser.account_id)
    ):
        contacts.write(
            session,
            key=f"{key}:{account_id}",
            kind=kind,
            account_id=account_id,
            brand_id=brand.id,
            transactional=True,
            facts=facts,
        )
