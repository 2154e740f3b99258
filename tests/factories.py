"""Believable rows for tests: plain functions on an owner's session; each returns the row it made.

Counters are arranged together with the movements that explain them, so that the books are sound from the start.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.db.accounts import Account
from marketplace.db.brands import Brand, BrandUser, StoredFile
from marketplace.db.catalogue import Collection, Photograph, RrpEvidence, Style, Variant
from marketplace.db.deals import Deal, DealLine, DealVersion
from marketplace.db.holds import Hold
from marketplace.db.members import Address, Member
from marketplace.db.orders import Order, OrderLine
from marketplace.db.rights import RightToSell
from marketplace.db.sales import Sale, SaleItem
from marketplace.db.stock import Lot, Movement, StockMovement
from marketplace.domain.brands.states import BrandState
from marketplace.domain.deals import DealState, Mode, Side
from marketplace.domain.doors import BrandRole, Realm
from marketplace.domain.imports import compositions
from marketplace.domain.moments import wall_time
from marketplace.domain.rights import Basis, RightState
from marketplace.domain.sales import SaleState

if TYPE_CHECKING:
    from collections.abc import Sequence

NUMBERS = itertools.count(1)
PASSWORD = "a quiet boutique before dawn"
PASSWORD_HASH = "$argon2id$not-used-in-most-tests"


def _saved(session: Session, row):
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def house_now(session: Session) -> datetime:
    """The instant that the house believes it is."""
    return session.execute(text("SELECT house_now()")).scalar_one().astimezone(UTC)


def account(session: Session, *, realm: Realm = Realm.MEMBER, name: str = "", **more) -> Account:
    """A person; the password hash is a placeholder unless the test gives one."""
    number = next(NUMBERS)
    email = more.pop("email", f"person{number}@example.org")
    row = Account(
        realm=realm,
        email=email,
        email_key=email.lower(),
        name=name or f"Person {number}",
        password_hash=more.pop("password_hash", PASSWORD_HASH),
        **more,
    )
    return _saved(session, row)


def operator(session: Session, **more) -> Account:
    """Somebody of the house."""
    return account(session, realm=Realm.OPERATOR, **more)


def member(
    session: Session, *, sponsor: Member | None = None, territory: str = "FR", **more
) -> Member:
    """A member with an account."""
    person = account(session, realm=Realm.MEMBER, **more)
    return _saved(
        session,
        Member(
            account_id=person.id, sponsor_id=sponsor.id if sponsor else None, territory=territory
        ),
    )


def address(session: Session, *, of: Member, country: str = "FR") -> Address:
    """Where a member has parcels sent."""
    return _saved(
        session,
        Address(
            member_id=of.id,
            recipient="Camille Laurent",
            line_1="12 rue des Lilas",
            postcode="75020",
            city="Paris",
            country=country,
        ),
    )


def brand(session: Session, *, name: str = "", **more) -> Brand:
    """A brand with the facts that the law asks for."""
    number = next(NUMBERS)
    return _saved(
        session,
        Brand(
            name=name or f"Maison {number}",
            legal_name=f"Maison {number} SAS",
            country="FR",
            state=more.pop("state", BrandState.READY),
            manufacturer_address="3 quai de la Loire, 44000 Nantes",
            manufacturer_email="contact@maison.example",
            **more,
        ),
    )


def brand_user(
    session: Session, *, of: Brand, role: BrandRole = BrandRole.OWNER, **more
) -> BrandUser:
    """Somebody who speaks for a brand."""
    person = account(session, realm=Realm.BRAND, **more)
    return _saved(session, BrandUser(brand_id=of.id, account_id=person.id, role=role))


def collection(
    session: Session, *, of: Brand, by: Account | None = None, name: str = "Winter 2026", **more
) -> Collection:
    """A collection of a brand."""
    by = by or account(session, realm=Realm.BRAND)
    return _saved(session, Collection(brand_id=of.id, name=name, created_by_id=by.id, **more))


def style(session: Session, *, of: Collection, code: str = "", **more) -> Style:
    """A style with everything a sale will need."""
    number = next(NUMBERS)
    facts = {
        "name": f"Knit {number}",
        "composition": "100% wool",
        "composition_parts": compositions.as_plain(compositions.parsed("100% wool")),
        "origin": "PT",
        "manufacturer": "Maison SAS, 3 quai de la Loire, 44000 Nantes",
        "description": "A plain knit in extra-fine wool.",
        **more,
    }
    return _saved(
        session,
        Style(brand_id=of.brand_id, collection_id=of.id, code=code or f"ST{number}", **facts),
    )


def photograph(session: Session, *, of: Style, colour: str = "", position: int = 1) -> Photograph:
    """A photograph whose files are not stored: enough for whoever only counts them."""
    number = next(NUMBERS)
    return _saved(
        session,
        Photograph(
            brand_id=of.brand_id,
            style_id=of.id,
            colour=colour,
            position=position,
            filename=f"{of.code}-{number}.jpg",
            sha256=f"{number:064x}",
            width=1200,
            height=1600,
            widths={"400": f"p/{number}-400", "800": f"p/{number}-800", "1200": f"p/{number}-1200"},
        ),
    )


def variant(
    session: Session,
    *,
    of: Style,
    size: str = "M",
    colour: str = "Navy",
    rrp_minor: int = 12_000,
    units: int | None = 10,
    **more,
) -> Variant:
    """A SKU of a style."""
    number = next(NUMBERS)
    return _saved(
        session,
        Variant(
            brand_id=of.brand_id,
            collection_id=of.collection_id,
            style_id=of.id,
            sku=more.pop("sku", f"{of.code}-{number}"),
            colour=colour,
            size=size,
            size_system="INT",
            currency="EUR",
            rrp_minor=rrp_minor,
            units_offered=units,
            **more,
        ),
    )


def evidence(session: Session, *, of: Collection, by: Account | None = None) -> RrpEvidence:
    """Where and when the public price was seen."""
    by = by or account(session, realm=Realm.BRAND)
    return _saved(
        session,
        RrpEvidence(
            brand_id=of.brand_id,
            collection_id=of.id,
            kind="price_list",
            reference="Public price list, March 2026",
            seen_on=date(2026, 3, 1),
            stated_by_id=by.id,
        ),
    )


def right(
    session: Session, *, of: Collection, until: date = date(2099, 12, 31), accepted: bool = True
) -> RightToSell:
    """The proof of the right to sell a collection; accepted unless the test says otherwise."""
    by = account(session, realm=Realm.BRAND)
    file = _saved(
        session,
        StoredFile(
            brand_id=of.brand_id,
            storage_key=f"right-{of.id}-{by.id}",
            filename="certificate.pdf",
            bytes=1,
            sha256="0" * 64,
            uploaded_by_id=by.id,
        ),
    )
    reviewed = (
        {
            "state": RightState.ACCEPTED,
            "reviewed_by_id": operator(session).id,
            "reviewed_at": house_now(session),
        }
        if accepted
        else {}
    )
    return _saved(
        session,
        RightToSell(
            brand_id=of.brand_id,
            collection_id=of.id,
            basis=Basis.OWNER,
            trademark="EUIPO 018123456",
            first_sale="By us, France, 2025",
            file_id=file.id,
            valid_until=until,
            stated_by_id=by.id,
            **reviewed,
        ),
    )


def terms(**more) -> dict:
    """Terms of a consignment as they are stored."""
    return {
        "mode": "consignment",
        "currency": "EUR",
        "territories": ["FR"],
        "commission_bps": 2_500,
        "payment_days": 30,
        "unsold_rule": "return",
        "exit_on": "2027-03-31",
        "note": "",
        **more,
    }


def deal(
    session: Session,
    *,
    of: Collection,
    variants: Sequence[Variant],
    floor_minor: int = 3_000,
    accepted: bool = True,
    **more,
) -> Deal:
    """A deal about a collection, its right to sell proved; accepted unless the test says otherwise."""
    row = _saved(
        session, Deal(brand_id=of.brand_id, collection_id=of.id, mode=Mode.CONSIGNMENT, latest=1)
    )
    proposer = operator(session)
    version = _saved(
        session,
        DealVersion(
            brand_id=of.brand_id,
            deal_id=row.id,
            number=1,
            side=Side.HOUSE,
            proposed_by_id=proposer.id,
            terms=terms(**more),
            sha256="0" * 64,
            expires_at=house_now(session) + timedelta(days=14),
        ),
    )
    for each in variants:
        session.add(
            DealLine(
                brand_id=of.brand_id,
                version_id=version.id,
                variant_id=each.id,
                units=each.units_offered or 0,
                floor_minor=floor_minor,
            )
        )
    if accepted:
        acceptor = account(session, realm=Realm.BRAND)
        at = house_now(session)
        version.accepted_at, version.accepted_by_id = at, acceptor.id
        row.accepted_version_id = version.id
        row.state = DealState.AGREED
        right(session, of=of)
    session.flush()
    session.refresh(row)
    return row


def lot(
    session: Session, *, under: Deal, of: Variant, units: int = 10, accepted: int | None = None
) -> Lot:
    """Units of a variant in the house's care, all accepted unless the test says otherwise."""
    accepted = units if accepted is None else accepted
    row = _saved(
        session,
        Lot(
            brand_id=under.brand_id,
            deal_id=under.id,
            variant_id=of.id,
            offered=units,
            committed=units,
            received=accepted,
            accepted=accepted,
        ),
    )
    for movement in (Movement.COMMITTED, Movement.RECEIVED, Movement.ACCEPTED):
        moved = units if movement is Movement.COMMITTED else accepted
        if moved:
            session.add(
                StockMovement(brand_id=row.brand_id, lot_id=row.id, movement=movement, units=moved)
            )
    session.flush()
    return row


def sale(
    session: Session,
    *,
    under: Deal,
    opens_in: timedelta = -timedelta(hours=1),
    length: timedelta = timedelta(days=2),
    state: SaleState = SaleState.SCHEDULED,
    **more,
) -> Sale:
    """A sale that has been open for an hour, unless the test says otherwise."""
    number = next(NUMBERS)
    opens_at = house_now(session) + opens_in
    closes_at = opens_at + length
    return _saved(
        session,
        Sale(
            ref=more.pop("ref", f"s{number:06d}"),
            brand_id=under.brand_id,
            deal_id=under.id,
            title=more.pop("title", "The winter house"),
            territory="FR",
            currency="EUR",
            state=state,
            zone="Europe/Paris",
            opens_wall=wall_time(opens_at, "Europe/Paris"),
            closes_wall=wall_time(closes_at, "Europe/Paris"),
            teaser_at=opens_at - timedelta(days=3),
            opens_at=opens_at,
            closes_at=closes_at,
            **more,
        ),
    )


def sale_item(
    session: Session,
    *,
    of: Sale,
    units: int = 5,
    price_minor: int = 6_000,
    variant: Variant | None = None,
    lot: Lot | None = None,
    **more,
) -> SaleItem:
    """Units of a variant offered in a sale; a variant and a lot are made where none is given."""
    under = session.get_one(Deal, of.deal_id)
    if variant is None:
        home = session.get_one(Collection, under.collection_id)
        variant = _variant(session, of=style(session, of=home), units=units)
        session.add(
            DealLine(
                brand_id=under.brand_id,
                version_id=under.accepted_version_id,
                variant_id=variant.id,
                units=units,
                floor_minor=1_000,
            )
        )
    lot = lot or _lot(session, under=under, of=variant, units=units)
    row = _saved(
        session,
        SaleItem(
            brand_id=of.brand_id,
            sale_id=of.id,
            variant_id=variant.id,
            lot_id=lot.id,
            price_minor=price_minor,
            units=units,
            available=units,
            **more,
        ),
    )
    lot.allocated += units
    session.add(
        StockMovement(
            brand_id=of.brand_id,
            lot_id=lot.id,
            sale_item_id=row.id,
            movement=Movement.ALLOCATED,
            units=units,
        )
    )
    session.flush()
    return row


_variant, _lot = variant, lot


def open_sale(
    session: Session, *, units: int = 5, items: int = 1, **more
) -> tuple[Sale, list[SaleItem]]:
    """A whole open sale of a new brand with ``items`` items of ``units`` each."""
    of = brand(session)
    offered = collection(session, of=of)
    agreed = deal(session, of=offered, variants=())
    running = sale(session, under=agreed, **more)
    return running, [sale_item(session, of=running, units=units) for _ in range(items)]


def hold(session: Session, *, by: Member, on: SaleItem, units: int = 1) -> int:
    """A hold, taken as a member takes it; returns its id."""
    row = session.execute(
        text("SELECT outcome, hold_id FROM take_holds(ARRAY[:m], ARRAY[:i], ARRAY[:u], ARRAY[:k])"),
        {"m": by.id, "i": on.id, "u": units, "k": uuid4()},
    ).one()
    assert row.outcome == "held", row.outcome
    return row.hold_id


def order(session: Session, *, by: Member, hold_ids: Sequence[int]) -> Order:
    """An order for these holds that waits for its payment."""
    held = [session.get_one(Hold, each) for each in hold_ids]
    items = sum(each.units * each.price_minor for each in held)
    at = house_now(session)
    row = _saved(
        session,
        Order(
            ref=f"o{next(NUMBERS):06d}",
            member_id=by.id,
            territory="FR",
            currency="EUR",
            items_minor=items,
            shipping_minor=590,
            vat_minor=0,
            vat_bps=2_000,
            total_minor=items + 590,
            address={},
            promised_on=at.date() + timedelta(days=12),
            pay_by=at + timedelta(minutes=30),
        ),
    )
    for each in held:
        line = session.get_one(SaleItem, each.sale_item_id)
        session.add(
            OrderLine(
                order_id=row.id,
                brand_id=each.brand_id,
                sale_id=each.sale_id,
                sale_item_id=line.id,
                variant_id=line.variant_id,
                hold_id=each.id,
                units=each.units,
                price_minor=each.price_minor,
                vat_bps=2_000,
                commission_bps=2_500,
            )
        )
    session.flush()
    return row


def sell(session: Session, *, of: Order) -> str:
    """The payment of an order came, as far as the shelf is concerned; returns what the shelf answered."""
    answer = session.execute(text("SELECT sell_order(:id)"), {"id": of.id}).scalar_one()
    session.expire_all()
    return answer
