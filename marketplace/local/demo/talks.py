"""The demo's talks: brands prove their right to sell, and the house answers each brief with a proposal."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typst
from sqlalchemy import select

from marketplace.db.catalogue import Variant
from marketplace.domain.deals import (
    Bearer,
    Charge,
    ChargeReason,
    Line,
    Mode,
    Terms,
    Tier,
    UnsoldRule,
)
from marketplace.domain.purchases import is_ordered_later
from marketplace.domain.rights import Basis, Right
from marketplace.local.demo import found
from marketplace.local.demo.acts import now
from marketplace.services import deals, rights
from marketplace.toolbox import Upload

if TYPE_CHECKING:
    from datetime import date

    from marketplace.local.demo.houses import House
    from marketplace.toolbox import Toolbox

COMMISSION_BPS = 2_800
DELIVER_IN = timedelta(days=25)
LEAVE_IN = timedelta(days=75)


def proved(house: Toolbox, brand: Toolbox, of: House, collection_id: int) -> None:
    """The brand proves its right to sell, and the house accepts the proof."""
    right_id = found.right(house, collection_id)
    if right_id is None:
        right_id = _stated(brand, of, collection_id)
    if not found.right_accepted(house, right_id):
        rights.accept(house, right_id=right_id)


def _stated(brand: Toolbox, of: House, collection_id: int) -> int:
    number = f"EUIPO 018 {collection_id:03d} 417"
    right = Right(
        Basis.OWNER,
        f"{of.name.upper()}, {number}",
        f"By {of.legal_name} to its own shops in France, from 2024.",
        now(brand).date() + timedelta(days=4 * 365),
    )
    certificate = f'#set document(title: "Certificate")\n= {of.name}\n{number}\n\n{of.legal_name}'
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pdf"
        path.write_bytes(typst.compile(certificate.encode()))
        return rights.state(
            brand, collection_id=collection_id, right=right, file=Upload(path.name, path)
        )


def proposed(
    house: Toolbox, of: House, collection_id: int, *, leave_in: timedelta = LEAVE_IN
) -> int:
    """The house answers with a proposal for the whole lot; returns the deal's id.

    What is not sold leaves the house within ``leave_in``.
    """
    known = found.deal(house, collection_id)
    if known is not None:
        return known
    with house.reading() as session:
        variants = session.execute(
            select(
                Variant.id, Variant.units_offered, Variant.floor_minor, Variant.target_minor
            ).where(Variant.collection_id == collection_id)
        ).all()
    today = now(house).date()
    lines = tuple(
        Line(
            row.id,
            row.units_offered or 0,
            row.floor_minor or 0,
            target_minor=_target(row.target_minor, row.floor_minor),
            hard_stop=row.units_offered,
        )
        for row in variants
    )
    usual = usual_terms(today + leave_in, of.mode, deliver_by=today + DELIVER_IN)
    terms = replace(usual, problem_answer=of.solved, never_answer=of.kept)
    proposed = deals.propose(
        house,
        collection_id=collection_id,
        terms=terms,
        lines=lines,
        note="The whole lot, as you asked. Tell us what you would change, clause by clause.",
    )
    return proposed.deal_id


def _target(target_minor: int | None, floor_minor: int | None) -> int | None:
    return None if target_minor is None else max(target_minor, floor_minor or 0)


def usual_terms(exit_on: date, mode: Mode, *, deliver_by: date) -> Terms:
    """What the demo's house proposes: less commission as more sells, and nothing exclusive."""
    return Terms(
        mode=mode,
        currency="EUR",
        territories=("FR",),
        commission_bps=COMMISSION_BPS,
        payment_days=30,
        unsold_rule=UnsoldRule.RETURN,
        exit_on=exit_on,
        tiers=(Tier(6_000, 2_400), Tier(8_500, 2_000)),
        discounts_by=Bearer.BOTH,
        returns_by=Bearer.HOUSE,
        freight_by=Bearer.BOTH,
        freight_minor=18_000,
        reserve_bps=1_000,
        chargebacks=(Charge(ChargeReason.UNLABELLED, 60), Charge(ChargeReason.NOT_AS_NAMED, 150)),
        deliver_by=None if is_ordered_later(mode) else deliver_by,
        deliver_to="Aubaine, 8 rue des Magasins\n59100 Roubaix\nFrance",
        photographs_until=exit_on + timedelta(days=180),
    )
