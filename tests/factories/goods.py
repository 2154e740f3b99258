"""What a brand offers and agrees on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from marketplace.db.accounts import Account
from marketplace.db.brands import Brand, StoredFile
from marketplace.db.catalogue import Collection, Photograph, RrpEvidence, Style, Variant
from marketplace.db.deals import Deal, DealLine, DealVersion
from marketplace.db.rights import RightToSell
from marketplace.db.stock import Lot, Movement, StockMovement
from marketplace.domain.deals import DealState, Mode, Side
from marketplace.domain.doors import Realm
from marketplace.domain.imports import compositions
from marketplace.domain.rights import Basis, RightState

if TYPE_CHECKING:
    from collections.abc import Sequence

from tests.factories.kin import NUMBERS, house_now, saved
from tests.factories.people import account, operator


def collection(
    session: Session, *, of: Brand, by: Account | None = None, name: str = "Winter 2026", **more
) -> Collection:
    """A collection of a brand."""
    by = by or account(session, realm=Realm.BRAND)
    return saved(session, Collection(brand_id=of.id, name=name, created_by_id=by.id, **more))


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
    return saved(
        session,
        Style(brand_id=of.brand_id, collection_id=of.id, code=code or f"ST{number}", **facts),
    )


def photograph(session: Session, *, of: Style, colour: str = "", position: int = 1) -> Photograph:
    """A photograph whose files are not stored: enough for whoever only counts them."""
    number = next(NUMBERS)
    return saved(
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
    return saved(
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
    return saved(
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
    file = saved(
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
    return saved(
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
    mode = Mode(more.get("mode", Mode.CONSIGNMENT))
    row = saved(session, Deal(brand_id=of.brand_id, collection_id=of.id, mode=mode, latest=1))
    proposer = operator(session)
    version = saved(
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
    """Units of a variant in the house's care, all accepted unless the test says otherwise.

    Under a conditional deal they are with the brand instead, all of them.
    """
    pledged = units if under.mode is Mode.CONDITIONAL else 0
    accepted = units - pledged if accepted is None else accepted
    row = saved(
        session,
        Lot(
            brand_id=under.brand_id,
            deal_id=under.id,
            variant_id=of.id,
            offered=units,
            committed=units,
            received=accepted,
            accepted=accepted,
            pledged=pledged,
            conditional=under.mode is Mode.CONDITIONAL,
        ),
    )
    for movement, moved in (
        (Movement.COMMITTED, units),
        (Movement.RECEIVED, accepted),
        (Movement.ACCEPTED, accepted),
        (Movement.PLEDGED, pledged),
    ):
        if moved:
            session.add(
                StockMovement(brand_id=row.brand_id, lot_id=row.id, movement=movement, units=moved)
            )
    session.flush()
    return row
