"""Brands: what the house writes down about one, and who of the house answers for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from marketplace.db import locks
from marketplace.db.accounts import Account
from marketplace.db.brands import Brand
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Profile:
    """What the house knows of a brand; what the brand wants kept in its sales it sets itself.

    Manufacturer: who answers for the goods in law (Regulation (EU) 2023/988, art. 19).
    """

    name: str
    legal_name: str
    country: str
    vat_number: str
    manufacturer_address: str
    manufacturer_email: str
    story: str
    account_manager_id: int | None


def change(tools: Toolbox, *, brand_id: int, profile: Profile) -> None:
    """Write the profile of a brand. Refuses an account manager who is not of the house."""
    with tools.transaction() as session:
        row = locks.one(session, Brand, brand_id)
        _check_manager(session, profile.account_manager_id)
        written = asdict(profile)
        changed = sorted(name for name, value in written.items() if getattr(row, name) != value)
        for name in changed:
            setattr(row, name, written[name])
        if changed:
            tools.record(
                session,
                Fact(
                    Event.BRAND_CHANGED,
                    "brand",
                    row.id,
                    brand_id=row.id,
                    data={"changed": changed},
                ),
            )


def _check_manager(session: Session, account_id: int | None) -> None:
    if account_id is None:
        return
    person = session.get(Account, account_id)
    if person is None or person.realm is not Realm.OPERATOR:
        raise Invalid(field="account_manager_id", reason="not_of_the_house")
