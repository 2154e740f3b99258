"""A brand with a row of everything that a brand has, for tests that hold two of them apart."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from marketplace.db.brands import StoredFile
from marketplace.db.joining import BankDetails, ChecklistAnswer, ChecklistItem, KybFile
from marketplace.db.purchases import Purchase, PurchaseLine
from marketplace.db.releases import Release
from marketplace.db.sales import Sale, SaleItem
from marketplace.domain.brands.checklist import AnswerState
from marketplace.domain.brands.guard_rails import GuardRails
from marketplace.domain.conversations import Subject
from marketplace.domain.deals import Days
from marketplace.domain.deliveries import CHOSEN
from marketplace.domain.doors import BrandRole, Door
from marketplace.domain.keys import Scope
from marketplace.domain.sales import SaleState
from marketplace.gateways.outward import OutwardCalls
from marketplace.services import (
    brands,
    closures,
    conversations,
    deals,
    deliveries,
    endpoints,
    imports,
    keys,
    replies,
    reports,
)
from marketplace.toolbox import Upload
from tests import factories
from tests.architecture import brand_goods, brand_money

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.db.brands import BrandUser

LOT = "Style code;Style name;Colour;Size;SKU;Units\nK1;Knit;Navy;S;K1-NS;4\n"
NOTHING = 999_999_999
NO_REF = "s-no-such-sale"


@dataclass(frozen=True)
class House:
    """One brand, its people and the numbers of what it owns."""

    brand_id: int
    owner: BrandUser
    viewer: BrandUser
    ids: dict[str, Any]


class Rows(NamedTuple):
    """What a brand has in tables before anybody of it does anything."""

    brand: Any
    owner: BrandUser
    viewer: BrandUser
    style: Any
    deal: Any
    talks: Any
    sale: Any
    fresh: Any
    file_id: int


def furnished(database, tools, folder: Path, *, name: str) -> House:
    """A brand with a collection, a deal in talks, one agreed, a running sale, a file, reports and a thread."""
    made = _rows(database, name)
    brand, owner = made.brand, made.owner
    tools.files.put(f"uploads/{brand.id}", b"%PDF")
    at_door = tools.at_door(Door.BRAND, account_id=owner.account_id, brand_id=brand.id)
    import_id = _import(at_door, tools, made.fresh.id, folder / name)
    _talked(at_door, tools, made.deal, made.talks, folder / name)
    closed = database.value("SELECT house_now()::date + 400")
    closures.state(at_door, brand_id=brand.id, days=Days(closed, closed), note="")
    brands.set_guard_rails(at_door, brand_id=brand.id, said=GuardRails(avoided=("Rivale",)))
    replies.begin(at_door, key="deed", fingerprint=b"asked")
    reports.take_hourly(tools)
    report_id = database.value("SELECT max(id) FROM reports WHERE brand_id = :b", b=brand.id)
    ids = {
        "collection_id": made.fresh.id,
        "style_id": made.style.id,
        "import_id": import_id,
        "deal_id": made.talks.id,
        "ref": made.sale.ref,
        "order_ref": _ordered(database, sale_id=made.sale.id),
        "report_id": report_id,
        "account_id": made.viewer.account_id,
        **_endpoint(tools, owner),
        "key_id": keys.make(at_door, name="Machine", scopes=Scope, days=30).key_id,
        "file_id": made.file_id,
        "subject_id": made.fresh.id,
        "closure_id": database.value(
            "SELECT max(id) FROM closures WHERE brand_id = :b", b=brand.id
        ),
        **brand_money.settled(database, tools, brand.id),
        **brand_goods.left(database, tools, brand.id),
        "attachment_id": database.value(
            "SELECT max(file_id) FROM message_files WHERE brand_id = :b", b=brand.id
        ),
    }
    return House(brand.id, owner, made.viewer, ids)


def _rows(database, name: str) -> Rows:
    with database.session() as session:
        brand = factories.brand(session, name=name)
        owner = factories.brand_user(session, of=brand)
        viewer = factories.brand_user(session, of=brand, role=BrandRole.VIEWER)
        collection = factories.collection(session, of=brand)
        style = factories.style(session, of=collection)
        factories.photograph(session, of=style)
        factories.evidence(session, of=collection)
        small = factories.variant(session, of=style)
        deal = factories.deal(session, of=collection, variants=[small])
        talks = factories.deal(
            session,
            of=factories.collection(session, of=brand, name="Next"),
            variants=[],
            accepted=False,
        )
        sale = factories.sale(
            session, under=deal, opens_in=-timedelta(hours=3), state=SaleState.OPEN
        )
        sale.opened_at = sale.opens_at
        item = factories.sale_item(session, of=sale)
        member = factories.member(session)
        held = factories.hold(session, by=member, on=item)
        factories.sell(session, of=factories.order(session, by=member, hold_ids=[held]))
        session.add(
            Release(brand_id=brand.id, sale_id=sale.id, sale_item_id=item.id, key="r", units=1)
        )
        fresh = factories.collection(session, of=brand, name="Fresh")
        file_id = _joined(session, brand, owner)
        for row in (brand, owner, viewer, style, deal, talks, sale):
            session.refresh(row)
    return Rows(brand, owner, viewer, style, deal, talks, sale, fresh, file_id)


def _ordered(database, *, sale_id: int) -> str:
    """An order of the house that followed the sale; returns its reference."""
    with database.session() as session:
        sale = session.get_one(Sale, sale_id)
        item = session.scalars(select(SaleItem).where(SaleItem.sale_id == sale_id)).one()
        order = Purchase(
            brand_id=sale.brand_id,
            deal_id=sale.deal_id,
            sale_id=sale.id,
            ref=f"P{sale.id:010d}",
            deliver_by=(sale.closes_at + timedelta(days=14)).date(),
        )
        session.add(order)
        session.flush()
        session.add(
            PurchaseLine(
                brand_id=sale.brand_id,
                purchase_id=order.id,
                sale_item_id=item.id,
                lot_id=item.lot_id,
                variant_id=item.variant_id,
                ordered=1,
            )
        )
        return order.ref


def _talked(at_door, tools, agreed, talks, path: Path) -> None:
    """A clause spoken of, what was agreed on paper, and a word with a file in its thread."""
    deals.comment(at_door, deal_id=talks.id, number=1, clause="exit_on", said="Sooner.")
    deals.keep_paper(tools, deal_id=agreed.id)
    about = {"subject": Subject.DEAL, "subject_id": agreed.id}
    written = conversations.write(
        at_door, **about, body="Hello", key="k", files=(Upload("lot.csv", path),)
    )
    conversations.mark_read(at_door, **about, message_id=written.message_id)


def _joined(session, brand, owner) -> int:
    """The company's file, bank details, and a document given for the list; returns the document's number."""
    kept = StoredFile(
        brand_id=brand.id,
        storage_key=f"uploads/{brand.id}",
        filename="extract.pdf",
        bytes=4,
        sha256="0" * 64,
        uploaded_by_id=owner.account_id,
    )
    session.add_all([kept, KybFile(brand_id=brand.id, city="Nantes")])
    session.flush()
    session.add(
        ChecklistAnswer(
            brand_id=brand.id,
            item_id=session.scalar(select(ChecklistItem.id).order_by(ChecklistItem.id).limit(1)),
            state=AnswerState.SUBMITTED,
            file_id=kept.id,
        )
    )
    at = factories.house_now(session)
    session.add(
        BankDetails(
            brand_id=brand.id,
            holder=brand.legal_name,
            iban="FR7630006000011234567890189",
            last_four="0189",
            country="FR",
            asked_by_id=owner.account_id,
            asked_at=at,
            in_force_at=at + timedelta(days=2),
        )
    )
    session.flush()
    return kept.id


def _import(at_door, worker, collection_id: int, path: Path) -> int:
    path.write_text(LOT, encoding="utf-8")
    sheet = Upload("lot.csv", path)
    number = imports.upload(at_door, collection_id=collection_id, sheet=sheet)
    imports.read(worker, import_id=number)
    imports.confirm_mapping(at_door, import_id=number, columns={})
    imports.judge(worker, import_id=number)
    return number


def _endpoint(tools, owner: BrandUser) -> dict[str, int]:
    """An endpoint with a message that was tried; nobody answers at it."""
    worker = replace(tools, outward=OutwardCalls(anywhere=True))
    at_door = worker.at_door(Door.BRAND, account_id=owner.account_id, brand_id=owner.brand_id)
    made = endpoints.make(at_door, url="http://127.0.0.1:9/", told=CHOSEN)
    endpoints.ping(at_door, endpoint_id=made.endpoint_id)
    (claimed,) = deliveries.claim(worker)
    deliveries.send(worker, claimed=claimed)
    return {"endpoint_id": made.endpoint_id, "delivery_id": claimed.delivery_id}


def _sheet() -> dict[str, Any]:
    return {"sheet": (io.BytesIO(LOT.encode()), "lot.csv")}


PROPOSAL = {
    "do": "send",
    "answers": "1",
    "pay": "commission",
    "commission": "25",
    "payment_days": "30",
    "territories": "FR",
    "unsold_rule": "return",
    "exit_on": "2099-03-31",
    "valid_days": "14",
}

BODIES: dict[str, Callable[[], dict[str, Any]]] = {
    "brand.fill_in": lambda: {"fact": "origin", "said": "PT"},
    "brand.state_brief": lambda: {"problem": "Empty it.", "deadline": "2099-03-31"},
    "brand.submit": dict,
    "brand.send_file": _sheet,
    "brand.state_evidence": lambda: {
        "kind": "own_shop",
        "reference": "Our shop",
        "seen_on": "2026-11-01",
    },
    "brand.state_right": lambda: {
        "basis": "owner",
        "trademark": "EUIPO 018123456",
        "first_sale": "By us, France, 2025",
        "valid_until": "2099-03-31",
        "file": (io.BytesIO(b"%PDF-1.7"), "certificate.pdf"),
    },
    "brand.state_rights": lambda: {
        "basis": "owner",
        "trademark": "EUIPO 018123456",
        "first_sale": "By us, France, 2025",
        "file": (io.BytesIO(b"%PDF-1.7"), "certificate.pdf"),
    },
    "brand.complete_style": lambda: {"origin": "PT"},
    "brand.choose_sheet": lambda: {"sheet": "Sheet1"},
    "brand.turn_list": dict,
    "brand.confirm_mapping": lambda: {"column.0.field": "style_code"},
    "brand.confirm_import": dict,
    "brand.cancel_import": dict,
    "brand.retry_import": dict,
    "brand.undo_import": dict,
    "brand.counter_deal": lambda: dict(PROPOSAL),
    "brand.accept_deal": lambda: {"number": "1"},
    "brand.decline_deal": lambda: {"number": "1", "reason": "No."},
    "brand.comment_on_deal": lambda: {"number": "1", "clause": "exit_on", "said": "Too late."},
    "brand.release_units": lambda: {"variant": "1", "units": "1"},
    "brand.say_on_deal": lambda: {"body": "Hello", "key": "k2"},
    "brand.choose_exit": lambda: {"number": "1", "kind": "donate"},
    "brand.contest_charge": lambda: {"objection": "They were dry."},
    "brand.confirm_purchase": lambda: {"ships_on": "2099-03-31"},
    "brand.approve_sale": lambda: {"version": "1"},
    "brand.change_role": lambda: {"role": "viewer"},
    "brand.resend_invitation": dict,
    "brand.remove_person": dict,
    "brand.release_into_sale": lambda: {"item": "1", "units": "1", "key": "k3"},
    "brand.say_on_sale": lambda: {"body": "Hello", "key": "k2"},
    "brand.set_confidence": lambda: {"confidential": "1"},
    "brand.end_closure": dict,
    "brand.say": lambda: {"body": "Hello", "key": "k2"},
    "brand.replace_key": lambda: {"hours": "24", "days": "30"},
    "brand.revoke_key": dict,
    "brand.ping_endpoint": dict,
    "brand.sign_endpoint_anew": dict,
    "brand.remove_endpoint": dict,
    "brand.deliver_again": dict,
}
"""What a well-formed request to each of a brand's deeds carries."""

MACHINE_BODIES: dict[str, Callable[[], dict[str, Any]]] = {
    "api.send_file": _sheet,
    "api.confirm_mapping": lambda: {"columns": {"Style code": "style_code"}},
    "api.confirm_import": dict,
    "api.cancel_import": dict,
    "api.undo_import": dict,
}
"""The same for each deed at the machines' door."""

FILES_OF_MACHINES = frozenset({"api.send_file"})

FILES = frozenset(
    {
        "brand.send_file",
        "brand.say",
        "brand.say_on_deal",
        "brand.say_on_sale",
        "brand.state_evidence",
        "brand.state_right",
        "brand.state_rights",
    }
)
"""Deeds that carry files."""

EXTRA = {"ending": "csv", "subject": "collection", "language": "en"}
"""Parts of addresses that name no object of a brand."""
