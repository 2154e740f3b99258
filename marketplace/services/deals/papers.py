"""Papers of deals: the accepted version as a PDF in each language of the house, kept once and never made anew."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from marketplace.db import brands, deals
from marketplace.db.accounts import Account
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, Style, Variant
from marketplace.db.deals import Deal, DealPaper, DealVersion
from marketplace.domain.deals import Brief, terms_from
from marketplace.domain.refusals import NotFound
from marketplace.toolbox import FILE_KEY_BYTES
from marketplace.words import LOCALES, agreements
from marketplace.words.agreements import Agreed, Goods

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


def keep_paper(tools: Toolbox, *, deal_id: int) -> None:
    """Print the accepted version in every language and keep it; what is kept already stays as it is.

    The first paper of a language counts: another one made at the same moment is dropped. Refuses a
    deal that is not there or not agreed as not found.
    """
    with tools.reading() as session:
        deal = _deal(tools, session, deal_id)
        known = set(
            session.scalars(
                select(DealPaper.locale).where(DealPaper.version_id == deal.accepted_version_id)
            )
        )
        agreed = _agreed(session, deal)
    for locale in LOCALES:
        if locale not in known:
            _keep(tools, deal, locale, agreements.printed(agreed, locale))


def _keep(tools: Toolbox, deal: Deal, locale: str, content: bytes) -> None:
    key = f"papers/{secrets.token_hex(FILE_KEY_BYTES)}"
    tools.files.put(key, content)
    with tools.transaction() as session:
        session.execute(
            insert(DealPaper)
            .values(
                brand_id=deal.brand_id,
                version_id=deal.accepted_version_id,
                locale=locale,
                storage_key=key,
                sha256=hashlib.sha256(content).hexdigest(),
                bytes=len(content),
            )
            .on_conflict_do_nothing(constraint="uq_deal_papers_brand_id_version_id_locale")
        )


def _deal(tools: Toolbox, session: Session, deal_id: int) -> Deal:
    owned = brands.within(tools.brand_id, Deal.brand_id)
    deal = session.scalars(
        select(Deal).where(Deal.id == deal_id, Deal.accepted_version_id.is_not(None), owned)
    ).one_or_none()
    if deal is None:
        raise NotFound
    return deal


def _agreed(session: Session, deal: Deal) -> Agreed:
    proposer, acceptor = aliased(Account), aliased(Account)
    version, proposed_by, accepted_by, collection, brand = session.execute(
        select(DealVersion, proposer.name, acceptor.name, Collection, Brand.name)
        .outerjoin(proposer, proposer.id == DealVersion.proposed_by_id)
        .outerjoin(acceptor, acceptor.id == DealVersion.accepted_by_id)
        .join(Collection, Collection.id == deal.collection_id)
        .join(Brand, Brand.id == DealVersion.brand_id)
        .where(DealVersion.id == deal.accepted_version_id)
    ).one()
    assert version.accepted_at is not None, "an accepted version says when"
    brief = Brief(collection.brief_problem, collection.brief_deadline, collection.brief_never)
    return Agreed(
        brand=brand,
        collection=collection.name,
        number=version.number,
        terms=terms_from(version.terms),
        brief=brief,
        goods=_goods(session, version.id),
        proposed_by=proposed_by or brand,
        proposed_side=version.side,
        proposed_at=version.created_at,
        accepted_by=accepted_by or brand,
        accepted_at=version.accepted_at,
        sha256=version.sha256,
    )


def _goods(session: Session, version_id: int) -> tuple[Goods, ...]:
    lines = {line.variant_id: line for line in deals.lines(session, version_id)}
    wanted = (
        select(Variant.id, Style.code, Variant.colour, Variant.size, Variant.sku)
        .join(Style, Style.id == Variant.style_id)
        .where(Variant.id.in_(lines))
        .order_by(Style.code, Variant.colour, Variant.size_rank, Variant.size, Variant.id)
    )
    return tuple(Goods(lines[row[0]], *row[1:]) for row in session.execute(wanted))
