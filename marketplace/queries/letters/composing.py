"""What a letter says.

Its facts looked up at the moment it is sent, in the hands of the reader it goes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db.accounts import Account
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, Style, Variant
from marketplace.db.contacts import Letter
from marketplace.db.conversations import Thread, answer_by
from marketplace.db.deals import Deal, DealVersion
from marketplace.db.joining import Application, ChecklistItem
from marketplace.db.orders import Order, OrderLine, Withdrawal
from marketplace.db.payments import Refund
from marketplace.db.promises import Promise
from marketplace.db.purchases import Purchase, PurchaseLine
from marketplace.db.reminders import Reminder
from marketplace.db.reports import Report, ReportKind
from marketplace.db.sales import Sale
from marketplace.domain.brands.applying import answer_due
from marketplace.domain.conversations import ParticipantRole
from marketplace.domain.money import Money
from marketplace.domain.promises import PromiseKind
from marketplace.domain.reminders import STOPPING
from marketplace.domain.reports import Snapshot, from_stored
from marketplace.queries.letters import collecting, leaving, offering, pieces, settling
from marketplace.queries.letters.pieces import LetterLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

    Look = Callable[[Session, "Letter", Toolbox], dict[str, Any]]

FALLBACK_ZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """An order as a letter tells it."""

    ref: str
    url: str
    lines: tuple[LetterLine, ...]
    shipping: Money
    total: Money
    promised_on: date
    carrier: str
    tracking: str


@dataclass(frozen=True, slots=True)
class Composed:
    """All that is needed to put one letter into words and send it.

    ``report`` only for a report's letter.
    """

    letter_id: int
    key: str
    kind: str
    to_address: str
    to_name: str
    locale: str
    zone: str
    facts: dict[str, Any]
    report: Snapshot | None = None


def composed(tools: Toolbox, *, letter_id: int) -> Composed:
    """The letter with its reader's address and its facts as they are now."""
    with tools.reading() as session:
        letter = session.get_one(Letter, letter_id)
        account = None if letter.account_id is None else session.get_one(Account, letter.account_id)
        zone = account.zone if account else FALLBACK_ZONE
        facts = {"zone": zone, **_LOOKS[letter.kind](session, letter, tools)}
        report = facts.pop("report", None)
        return Composed(
            letter_id=letter.id,
            key=letter.key,
            kind=letter.kind,
            to_address=account.email if account else letter.address or "",
            to_name=account.name if account else "",
            locale=account.locale if account else str(letter.facts.get("locale", "en")),
            zone=zone,
            facts=facts,
            report=report,
        )


def _order(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    order = session.get_one(Order, letter.facts["order_id"])
    rows = session.execute(
        select(Style.name, Variant.colour, Variant.size, OrderLine.units, OrderLine.price_minor)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.id)
    )
    lines = tuple(
        LetterLine(
            ", ".join(part for part in (name, colour, size) if part),
            units,
            Money(price, order.currency) * units,
        )
        for name, colour, size, units, price in rows
    )
    return {
        "order": LetterOrder(
            ref=order.ref,
            url=f"{tools.public_url}/orders/{order.ref}",
            lines=lines,
            shipping=Money(order.shipping_minor, order.currency),
            total=Money(order.total_minor, order.currency),
            promised_on=order.promised_on,
            carrier=order.carrier,
            tracking=order.tracking,
        )
    }


def _to_confirm(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    return {**_order(session, letter, tools), **collecting.refused(session, letter)}


@dataclass(frozen=True, slots=True)
class LetterRefund:
    """A refund as a letter tells it."""

    amount: Money


def _refund(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    refund = session.get_one(Refund, letter.facts["refund_id"])
    amount = Money(refund.amount_minor, refund.currency)
    return {**_order(session, letter, tools), "refund": LetterRefund(amount)}


def _short(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    """A refund for what did not come, with the pieces it is for."""
    refund = session.get_one(Refund, letter.facts["refund_id"])
    lines = {int(line_id): units for line_id, units in refund.lines.items()}
    missing = tuple(told for _, told in pieces.told(session, lines, refund.currency))
    return {**_refund(session, letter, tools), "missing": missing}


def _not_taken(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    """Pieces that came back and were not taken, each with the reason that the order's page tells."""
    refused = session.get_one(Withdrawal, letter.facts["withdrawal_id"]).refused
    currency = session.get_one(Order, letter.facts["order_id"]).currency
    lines = {int(line_id): each["units"] for line_id, each in refused.items()}
    found = tuple(
        (told, refused[str(line_id)]["reason"])
        for line_id, told in pieces.told(session, lines, currency)
    )
    return {**_order(session, letter, tools), "pieces": found}


def _withdrawal(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    withdrawal = session.get_one(Withdrawal, letter.facts["withdrawal_id"])
    until = session.scalars(
        select(Promise.due_at).where(
            Promise.kind == PromiseKind.REFUND,
            Promise.subject_type == "withdrawal",
            Promise.subject_id == withdrawal.id,
        )
    ).one()
    return {
        **_order(session, letter, tools),
        "received": withdrawal.created_at,
        "acknowledgement": withdrawal.acknowledgement,
        "until": until,
    }


def _sealed_link(_: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    facts = letter.facts
    return {"link": f"{tools.public_url}{facts['path']}{tools.sealed(facts['seed'])}"}


def _member_invitation(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    return {
        **_sealed_link(session, letter, tools),
        "sponsor": _name(session, letter.facts["sponsor_account_id"]),
    }


def _member_already(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    return {"link": tools.public_url, "sponsor": _name(session, letter.facts["sponsor_account_id"])}


def _brand_invitation(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    assert letter.brand_id is not None, "an invitation to a brand names it"
    return {
        **_sealed_link(session, letter, tools),
        "inviter": _name(session, letter.facts.get("inviter_account_id")),
        "brand_name": session.get_one(Brand, letter.brand_id).name,
    }


def _password_changed(_: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    door = {"brand": "/brand", "operator": "/admin"}.get(str(letter.facts.get("realm")), "")
    return {"link": f"{tools.public_url}{door}/reset"}


def _report(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    report = session.get_one(Report, letter.facts["report_id"])
    sale = session.get_one(Sale, report.sale_id)
    path = f"/brand/reports/{report.id}"
    if report.kind is ReportKind.HOURLY:
        path = f"/brand/sales/{sale.ref}/live"
    return {
        "report": from_stored(report.figures),
        "as_of": report.as_of,
        "days": (report.as_of - sale.closes_at).days,
        "zone": sale.zone,
        "link": f"{tools.public_url}{path}",
    }


def _deal(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    version, collection, brand = session.execute(
        select(DealVersion, Collection.name, Brand)
        .join(Deal, Deal.id == DealVersion.deal_id)
        .join(Collection, Collection.id == Deal.collection_id)
        .join(Brand, Brand.id == Deal.brand_id)
        .where(DealVersion.id == letter.facts["version_id"])
    ).one()
    return {
        "named": brand.name if brand.name_in_subject else "",
        "collection": collection,
        "number": version.number,
        "until": version.expires_at,
        "link": f"{tools.public_url}/brand/deals/{version.deal_id}",
    }


def _message(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    thread = session.get_one(Thread, letter.facts["thread_id"])
    door = "admin" if letter.facts["role"] == ParticipantRole.OPERATOR else "brand"
    until = session.scalar(select(answer_by()).where(Thread.id == thread.id))
    return {
        "link": f"{tools.public_url}/{door}/messages/{thread.subject}/{thread.subject_id}",
        "answer_by": until if door == "admin" else None,
    }


def _purchase(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    order, sale, brand = session.execute(
        select(Purchase, Sale.title, Brand)
        .join(Sale, Sale.id == Purchase.sale_id)
        .join(Brand, Brand.id == Purchase.brand_id)
        .where(Purchase.id == letter.facts["purchase_id"])
    ).one()
    units = select(func.sum(PurchaseLine.ordered)).where(PurchaseLine.purchase_id == order.id)
    return {
        "named": brand.name if brand.name_in_subject else "",
        "sale": sale,
        "ref": order.ref,
        "units": int(session.execute(units).scalar_one()),
        "until": order.deliver_by,
        "link": f"{tools.public_url}/brand/orders/{order.ref}",
    }


def _reminder(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    """The brand's name where it lets it be read before the opening; and in the subject only where it says so."""
    reminder_id = letter.facts["reminder_id"]
    sale, brand = session.execute(
        select(Sale, Brand)
        .join(Brand, Brand.id == Sale.brand_id)
        .join(Reminder, Reminder.sale_id == Sale.id)
        .where(Reminder.id == reminder_id)
    ).one()
    told = brand.name if brand.show_in_teaser else ""
    word = tools.sealed(f"{STOPPING}{reminder_id}")
    return {
        "named": told if brand.name_in_subject else "",
        "brand": told,
        "opens_at": sale.opens_at,
        "link": f"{tools.public_url}/sales/{sale.ref}",
        "stop": f"{tools.public_url}/reminders/{reminder_id}/{word}",
    }


def _application(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    row = session.get_one(Application, letter.facts["application_id"])
    page = "/brand/apply" if row.reason else "/brand/apply/received"
    return {
        "name": row.name,
        "due_at": answer_due(row.created_at),
        "reason": row.reason,
        "link": f"{tools.public_url}{page}",
    }


def _house(path: str) -> Look:
    """The brand, and a page of its own about itself."""

    def look(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
        assert letter.brand_id is not None, "a letter about a brand names it"
        brand = session.get_one(Brand, letter.brand_id).name
        known = {"reason": letter.facts.get("reason", "")}
        return {**known, "brand": brand, "link": f"{tools.public_url}{path}"}

    return look


def _state(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    return {**_house("/brand/joining")(session, letter, tools), "state": letter.facts["state"]}


def _sent_back(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    item = session.get_one(ChecklistItem, letter.facts["item_id"])
    assert letter.account_id is not None, "what was sent back is told to people of the brand"
    locale = session.get_one(Account, letter.account_id).locale
    title = item.titles.get(locale) or item.titles["en"]
    return {**_house("/brand/joining")(session, letter, tools), "item": title}


def _bank(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    facts = letter.facts
    found = {**_house("/brand/bank")(session, letter, tools), "was": facts["was"]}
    found["last_four"] = facts["last_four"]
    if "in_force_at" in facts:
        found["takes_effect"] = datetime.fromisoformat(facts["in_force_at"])
        found["person"] = _name(session, facts["asked_by_id"])
    return found


def _name(session: Session, account_id: int | None) -> str:
    return "Aubaine" if account_id is None else session.get_one(Account, account_id).name


_LOOKS: dict[str, Look] = {
    "order_paid": _order,
    "order_paid_late": _order,
    "order_to_confirm": _to_confirm,
    "order_uncollected": _order,
    "order_short": _short,
    "order_paid_twice": _order,
    "order_shipped": _order,
    "refund_paid": _refund,
    "return_not_taken": _not_taken,
    "withdrawal_received": _withdrawal,
    "password_reset": _sealed_link,
    "password_changed": _password_changed,
    "member_invitation": _member_invitation,
    "member_already": _member_already,
    "brand_invitation": _brand_invitation,
    "deal_proposed": _deal,
    "deal_expiring": _deal,
    "deal_accepted": _deal,
    "message_waits": _message,
    "purchase_ordered": _purchase,
    "statement_ready": settling.statement,
    "payout_paid": settling.statement,
    "charge_proposed": settling.charge,
    "charge_ended": settling.charge,
    "exit_asked": leaving.asked,
    "exit_due": leaving.asked,
    "exit_done": leaving.done,
    "exit_corrected": leaving.corrected,
    "application_declined": _application,
    "application_received": _application,
    "bank_changes": _bank,
    "bank_stays": _bank,
    "brand_ready": _house("/brand/joining"),
    "brand_state": _state,
    "item_sent_back": _sent_back,
    "sale_opens": _reminder,
    "wait_offer": offering.offered,
    "report_hourly": _report,
    "report_closing": _report,
    "report_later": _report,
}
KINDS = tuple(sorted(_LOOKS))
